"""A second, different platform lives its whole life by its launchbook.toml alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.terraform import available
from tests.support.tool import REPOSITORY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(available()), reason=available()),
]
PHASES = ["plan", "apply", "verify", "validate", "release", "destroy", "sweep"]


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    """`launchbook demo FOLDER --json`, with nothing of Terraform or AWS in its environment."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
    return subprocess.run(
        [sys.executable, "-m", "launchbook.cli", "demo", str(folder), "--json"],
        env=given, capture_output=True, text=True, timeout=800, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def committed(folder: Path) -> None:
    """A repository with one commit: a release is named after one."""
    who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    for arguments in (("init", "--quiet"), ("add", "."), (*who, "commit", "--quiet", "-m", "start")):
        subprocess.run(["git", *arguments], cwd=folder, check=True, timeout=60)


def files(folder: Path) -> set[Path]:
    """What is in the platform's own folders."""
    return {
        path for path in folder.rglob("*") if path.is_file() and not {".launchbook", ".git"} & set(path.parts)
    }


def test_its_whole_life_ends_in_proven_empty(tmp_path: Path) -> None:
    folder = tmp_path / "visits"
    shutil.copytree(
        REPOSITORY / "examples/visits", folder, ignore=shutil.ignore_patterns(".launchbook", "__pycache__")
    )
    unreleasable = demo(folder)
    assert unreleasable.returncode == 2
    assert "has no commit" in unreleasable.stderr
    committed(folder)
    before = files(folder)
    done = demo(folder)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    told = json.loads(done.stdout)

    assert list(told["seconds"]) == PHASES
    assert {one["status"] for one in told["steps"]} == {"done"}
    assert (told["proven_empty"], told["left"], told["gaps"]) == (True, [], [])
    notes = {one["name"]: one["note"] for one in told["steps"]}
    assert (
        notes["verify: queues"]
        == notes["verify: data"]
        == notes["verify: bootstrap"]
        == "this platform has none"
    )
    statuses = {one["check"]: one["status"] for step in told["steps"] for one in step["findings"]}
    assert statuses["second-plan-empty"] == statuses["health"] == statuses["proof-counted"] == "PASS"
    assert statuses["rollout-completed"] == statuses["released-image-runs"] == "PASS"

    (certificate,) = folder.glob(".launchbook/runs/*/certificate.md")
    assert certificate.read_text("utf-8").startswith("# PROVEN EMPTY: visits\n")
    assert files(folder) == before, "nothing was written into the platform's own folders"
