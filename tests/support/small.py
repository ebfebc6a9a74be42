"""`launchbook` as a user has it, on a small platform of two roots and an embedded AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SMALL = Path(__file__).parents[1] / "aws/lifecycle/small"
Clients = Callable[..., Any]


class SmallTool:
    """`launchbook` as a user has it, on one copy of the platform and one embedded AWS."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}

    def argv(self, command: str, *arguments: str) -> list[str]:
        return [
            sys.executable,
            "-m",
            "launchbook.cli",
            command,
            str(self.folder),
            "--port",
            str(self.port),
            *arguments,
        ]

    def run(self, command: str, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.argv(command, *arguments),
            env=self.env,
            capture_output=True,
            text=True,
            timeout=800,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def data(self, command: str, *arguments: str, code: int = 0) -> dict[str, Any]:
        return dict(json.loads(self.run(command, *arguments, "--json", code=code).stdout))

    def start(self, command: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.argv(command, *arguments), env=self.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def until_logged(self, words: str, *, run: int = 1) -> str:
        """Wait until a Terraform of the n-th run has logged something; all that it has logged then."""
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            folders = sorted((self.folder / ".launchbook/runs").glob("*"))
            for log in folders[run - 1].glob("terraform-*.log") if len(folders) >= run else ():
                if words in (said := log.read_text("utf-8")):
                    return said
            time.sleep(0.05)
        raise AssertionError(f"nobody logged {words!r}")

    def files(self) -> set[str]:
        """What is in the user's own folders."""
        return {
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if ".launchbook" not in path.parts and path.is_file()
        }


def left(aws: Clients) -> list[str]:
    """What there is of the platform."""
    found = [one["Name"] for one in aws("s3").list_buckets()["Buckets"]]
    found += aws("dynamodb").list_tables()["TableNames"]
    found += [one["RoleName"] for one in aws("iam").list_roles()["Roles"]]
    found += [one["logGroupName"] for one in aws("logs").describe_log_groups()["logGroups"]]
    found += [one["TopicArn"] for one in aws("sns").list_topics()["Topics"]]
    return [name for name in found if "small" in name]


def remove(aws: Clients) -> None:
    """What a failed test left, so that the next one starts from nothing."""
    for name in left(aws):
        if name == "small-state":
            versions = aws("s3").list_object_versions(Bucket=name)
            for one in versions.get("Versions", []) + versions.get("DeleteMarkers", []):
                aws("s3").delete_object(Bucket=name, Key=one["Key"], VersionId=one["VersionId"])
            aws("s3").delete_bucket(Bucket=name)
        elif name == "small-lock":
            aws("dynamodb").delete_table(TableName=name)
        elif name == "small-task":
            aws("iam").delete_role(RoleName=name)
        elif name.startswith("arn:"):
            aws("sns").delete_topic(TopicArn=name)
        else:
            aws("logs").delete_log_group(logGroupName=name)
