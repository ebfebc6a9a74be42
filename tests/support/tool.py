"""`launchbook` as a user has it, on a copy of the order platform and one embedded AWS."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
#: What the platform of this repository is made of.
_PARTS = ("infra/aws-v3", "services/orders")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".terraform*", "*.tfstate*", "tests", ".pytest_cache")
Clients = Callable[..., Any]


@dataclass
class Tool:
    """Commands on one platform's folder and one embedded AWS."""

    folder: Path
    port: int
    aws: Clients = field(repr=False)

    def run(
        self, command: str, *arguments: str, code: int | None = 0, seconds: float = 600
    ) -> subprocess.CompletedProcess[str]:
        """Run `launchbook COMMAND` on the platform; ``code`` is the exit code it must end with."""
        argv = [
            *(sys.executable, "-m", "launchbook.cli", command),
            *(str(self.folder), "--port", str(self.port)),
            *arguments,
        ]
        given = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
        done = subprocess.run(
            argv, env=given, capture_output=True, text=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL
        )  # fmt: skip
        assert code is None or done.returncode == code, (
            f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        return done

    def data(self, command: str, *arguments: str, code: int = 0) -> dict[str, Any]:
        """What a command prints with --json."""
        return dict(json.loads(self.run(command, *arguments, "--json", code=code).stdout))

    def outputs(self, root: str) -> dict[str, Any]:
        """The outputs of a root, as the platform's home keeps them."""
        (path,) = self.folder.glob(".launchbook/state/local-*/outputs.json")
        return dict(json.loads(path.read_text("utf-8"))[root])

    def beside(self, folder: Path) -> Tool:
        """The same platform as it stands, described by another copy of its folder: to change its sources."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("runs"), symlinks=True)
        return Tool(folder, self.port, self.aws)


def copied(folder: Path) -> None:
    """This repository's platform, with what its file names."""
    for part in _PARTS:
        shutil.copytree(REPOSITORY / part, folder / part, ignore=_LEFT_OUT)
    shutil.copy(REPOSITORY / "launchbook.toml", folder)


def findings(run: dict[str, Any], step: str) -> dict[str, dict[str, Any]]:
    """The findings of a step of a run's JSON, by check (the last of each)."""
    (found,) = [one for one in run["steps"] if one["name"] == step]
    return {one["check"]: one for one in found["findings"]}


def replaced(path: Path, pattern: str, by: str) -> None:
    """Change a file; the pattern must be there."""
    text = path.read_text("utf-8")
    assert re.search(pattern, text), f"{path.name} does not hold {pattern!r}"
    path.write_text(re.sub(pattern, by, text, count=1), encoding="utf-8")
