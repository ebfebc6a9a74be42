"""What goes wrong at three in the morning, done for real: one clear message each, a hint, and nothing left unsaid."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launchbook.local import control
from launchbook.local.instance import Instance
from tests.aws.conftest import Clients
from tests.support.eventually import eventually
from tests.support.small import SMALL, SmallTool, left, remove
from tests.support.terraform import available

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(available()), reason=available()),
]
#: More than a run asks for before it begins.
DISK = "1700m"


class OnASmallDisk(SmallTool):
    """The small platform on a disk of its own, which only it sees, and which goes when its holder ends."""

    def __init__(self, folder: Path, port: int) -> None:
        self.holder = subprocess.Popen(
            [
                *("unshare", "--mount", *(("--map-root-user",) if os.geteuid() else ()), "sh", "-c"),
                f"mount -t tmpfs -o size={DISK} tmpfs '{folder}' && echo mounted && exec sleep 900",
            ],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.holder.stdout is not None
        assert self.holder.stderr is not None
        if self.holder.stdout.readline() != "mounted\n":
            raise OSError(self.holder.stderr.read().strip())
        self.disk = Path(f"/proc/{self.holder.pid}/root{folder}")
        shutil.copytree(SMALL, self.disk / "small")
        super().__init__(folder / "small", port)

    def argv(self, command: str, *arguments: str) -> list[str]:
        user = ("--user", "--preserve-credentials") if os.geteuid() else ()
        return [
            "nsenter",
            f"--target={self.holder.pid}",
            "--mount",
            *user,
            *super().argv(command, *arguments),
        ]

    def fill(self) -> None:
        """All but a few pages at once: who went on filling would take the room that is given back for the state."""
        with (self.disk / "filler").open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, shutil.disk_usage(self.disk).free - 100_000)

    def empty(self) -> None:
        (self.disk / "filler").unlink()


@pytest.fixture
def small_disk(embedded: Instance, aws: Clients, tmp_path: Path) -> Iterator[OnASmallDisk]:
    try:
        tool = OnASmallDisk(tmp_path, embedded.port)
    except OSError as error:
        pytest.skip(f"nobody may mount a disk here: {error}")
    yield tool
    tool.holder.kill()
    tool.holder.communicate()
    control.ask(embedded, "faults", method="DELETE")
    remove(aws)


def test_a_disk_that_fills_up_loses_nothing_and_then_the_state_bucket_goes(
    small_disk: OnASmallDisk, embedded: Instance, aws: Clients
) -> None:
    tool = small_disk
    control.ask(
        embedded,
        "faults",
        body={"kind": "delay", "operation": "dynamodb:CreateTable", "rate": 1, "seconds": 10},
    )
    applying = tool.start("apply")
    eventually(lambda: "small-state" in left(aws), seconds=600)
    tool.fill()
    _, said = applying.communicate(timeout=600)
    assert applying.returncode == 3, said
    assert "the disk is full: what Terraform makes now is stored in room kept for that" in said
    assert re.search(r"^the disk is full: \d+ MB are free beside ", said, re.M)
    assert "hint: free some space and run the same command again" in said
    assert "Traceback" not in said

    full = tool.run("apply", code=3)
    assert "the disk is nearly full" in full.stderr
    tool.empty()
    control.ask(embedded, "faults", method="DELETE")
    assert "the same command goes on from there" in tool.run("status").stdout
    again = tool.run("apply")
    assert re.search(r"had  terraform apply bootstrap +\S+ s  3 to add", again.stderr), "all of it was stored"
    assert len(left(aws)) == 5
    a_state_bucket_that_is_gone_is_said(tool, aws)


def a_state_bucket_that_is_gone_is_said(tool: SmallTool, aws: Clients) -> None:
    """Deleted behind its back: what stood in its state is named, found by a sweep, and deleted by an approved list."""
    remove_bucket(aws)
    verified = tool.data("verify", code=1)
    missing = [
        one for step in verified["steps"] for one in step["findings"] if one["check"] == "backend-exists"
    ]
    assert [(one["status"], one["why"]) for one in missing] == [("FAIL", "missing: small-state")]
    destroyed = tool.run("destroy", "--yes", code=1)
    assert "state-kept  stack: its state is gone, so this was not destroyed: " in destroyed.stdout
    for name in ("aws_iam_role small-task", "aws_cloudwatch_log_group /small/task", "aws_sns_topic arn:"):
        assert name in destroyed.stdout
    assert "next: launchbook sweep" in destroyed.stderr
    listed = f"{tool.folder}/leftovers.json"
    swept = tool.data("sweep", "--plan", listed, code=1)
    assert len(swept["left"]) == 3
    assert tool.data("sweep", "--apply", listed, "--yes")["verdict"] == "PROVEN EMPTY"
    assert left(aws) == []


def remove_bucket(aws: Clients) -> None:
    found = aws("s3").list_object_versions(Bucket="small-state")
    for one in found.get("Versions", []) + found.get("DeleteMarkers", []):
        aws("s3").delete_object(Bucket="small-state", Key=one["Key"], VersionId=one["VersionId"])
    aws("s3").delete_bucket(Bucket="small-state")


def test_a_provider_that_nobody_gives_is_one_message_and_makes_nothing(tool: SmallTool, aws: Clients) -> None:
    nothing = tool.folder.parent / "empty-mirror"
    nothing.mkdir()
    config = tool.folder.parent / "terraformrc"
    config.write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{nothing}" }}\n}}\n')
    tool.env["TF_CLI_CONFIG_FILE"] = str(config)
    said = tool.run("plan", code=3).stderr
    assert f"providers from your {config}" in said
    assert "bootstrap: no source of the Terraform provider was reached: " in said
    assert "hint: check the network, or keep a filesystem mirror: terraform providers mirror " in said
    assert left(aws) == []


def test_without_terraform_it_says_where_to_get_it(tool: SmallTool, aws: Clients) -> None:
    tool.env["PATH"] = "/nowhere"
    said = tool.run("apply", code=2).stderr
    assert "Terraform is not on PATH" in said
    assert "hint: install one: developer.hashicorp.com/terraform/install" in said
    assert left(aws) == []


#: A sitecustomize.py: what is asked of the network, into a file.
WRITTEN_DOWN = """
import sys
asked = open({path!r}, "w", buffering=1)
asked.write("watched\\n")
sys.addaudithook(
    lambda event, given: event in ("socket.connect", "socket.getaddrinfo") and asked.write(repr(given) + "\\n") and None
)
"""


@pytest.mark.parametrize("command", ["plan", "apply", "destroy", "verify", "release", "sweep"])
def test_without_credentials_an_account_is_not_asked_and_nothing_is_begun(
    command: str, tmp_path: Path
) -> None:
    """Every address that Python looks up or connects to is written down: there is none."""
    folder, asked = tmp_path / "small", tmp_path / "asked"
    shutil.copytree(SMALL, folder)
    (tmp_path / "sitecustomize.py").write_text(WRITTEN_DOWN.format(path=str(asked)), encoding="utf-8")
    given = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
    given |= {"HOME": str(tmp_path), "PYTHONPATH": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        [sys.executable, "-m", "launchbook.cli", command, str(folder), "--target", "aws", "--json"],
        env=given, capture_output=True, text=True, timeout=600, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    assert done.stderr == (
        "there are no working AWS credentials: Unable to locate credentials\n\n"
        "hint: aws sts get-caller-identity   (must work first: sign in, or choose --profile)\n"
    )
    assert asked.read_text("utf-8") == "watched\n"
    assert list((folder / ".launchbook/runs").iterdir()) == []
