"""A small platform through its life with the real Terraform: made, looked at, stopped in the middle, removed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from launchbook.local import control
from tests.support.terraform import available

SMALL = Path(__file__).parent / "small"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(available()), reason=available()),
]


class Tool:
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
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def data(self, command: str, *arguments: str) -> dict:
        return dict(json.loads(self.run(command, *arguments, "--json").stdout))

    def start(self, command: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.argv(command, *arguments), env=self.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def until_logged(self, words: str, *, run: int = 1) -> str:
        """Wait until a Terraform of the n-th run has logged something; all that it has logged then."""
        deadline = time.monotonic() + 120
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


@pytest.fixture
def tool(embedded, aws, tmp_path):
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    yield Tool(folder, embedded.port)
    control.ask(embedded, "faults", method="DELETE")
    remove(aws)


def left(aws) -> list[str]:
    """What there is of the platform."""
    found = [one["Name"] for one in aws("s3").list_buckets()["Buckets"]]
    found += aws("dynamodb").list_tables()["TableNames"]
    found += [one["RoleName"] for one in aws("iam").list_roles()["Roles"]]
    found += [one["logGroupName"] for one in aws("logs").describe_log_groups()["logGroups"]]
    found += [one["TopicArn"] for one in aws("sns").list_topics()["Topics"]]
    return [name for name in found if "small" in name]


def remove(aws) -> None:
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


def delay(embedded, operation: str, seconds: float) -> None:
    """Make an operation slow, so that a moment can be hit."""
    control.ask(
        embedded, "faults", body={"kind": "delay", "operation": operation, "rate": 1, "seconds": seconds}
    )


def test_a_platform_is_made_looked_at_and_removed(tool, aws):
    before = tool.files()
    planned = tool.data("plan")
    assert {root: len(changes) for root, changes in planned["changes"].items()} == {
        "bootstrap": 3,
        "stack": 3,
    }
    assert left(aws) == [], "a plan makes nothing"

    applied = tool.data("apply")
    assert [(one["name"], one["status"]) for one in applied["steps"]] == [
        ("preflight", "done"), ("before", "done"), ("bootstrap", "done"), ("stack", "done"), ("second-plan", "done"),
    ]  # fmt: skip
    assert [one["status"] for one in applied["steps"][-1]["findings"]] == ["PASS", "PASS"]
    assert len(left(aws)) == 5
    tags = aws("iam").list_role_tags(RoleName="small-task")["Tags"]
    assert {"Key": "LaunchbookRun", "Value": applied["run"]} in tags
    assert {root["name"]: len(root["resources"]) for root in tool.data("status")["roots"]} == {
        "bootstrap": 3, "stack": 3,
    }  # fmt: skip

    aws("iam").untag_role(RoleName="small-task", TagKeys=["LaunchbookRun"])
    locks_are_told_apart(tool, aws)
    assert tags == aws("iam").list_role_tags(RoleName="small-task")["Tags"], "put right"

    foreign = aws("s3").put_object(Bucket="small-state", Key="other/terraform.tfstate", Body=b"{}")
    refused = tool.run("destroy", "--yes", code=3)
    assert "other/terraform.tfstate" in refused.stderr
    assert len(left(aws)) == 5
    aws("s3").delete_object(
        Bucket="small-state", Key="other/terraform.tfstate", VersionId=foreign["VersionId"]
    )
    assert tool.data("destroy", "--yes")["steps"][-1]["status"] == "done"
    assert left(aws) == []
    assert tool.files() == before, "nothing was written into the user's folders"
    made = json.loads(next(tool.folder.glob(".launchbook/state/local-*/made.json")).read_text("utf-8"))
    assert {one["type"] for one in made} >= {"aws_iam_role", "aws_s3_bucket", "aws_sns_topic"}, (
        "kept for a sweep"
    )


def locks_are_told_apart(tool: Tool, aws) -> None:
    """Somebody else's lock is theirs; what a Terraform of ours left when it was killed is mended."""
    put_lock(aws, "somebody@elsewhere")
    said = tool.run("apply", code=3).stderr
    assert "somebody@elsewhere" in said
    assert "force-unlock 11111111-2222-3333-4444-555555555555" in said
    put_lock(aws, f"{os.environ.get('USER', 'root')}@{socket.gethostname()}")
    assert "is locked" in tool.run("apply", code=3).stderr, (
        "ours by name, but no Terraform of ours was killed"
    )
    work = next(tool.folder.glob(".launchbook/state/local-*/roots/stack/stack"))
    since = datetime.now(UTC).isoformat()
    (work / "running.launchbook.json").write_text(json.dumps({"since": since}), encoding="utf-8")
    put_lock(aws, f"root@{socket.gethostname()}")
    unstored = json.loads(
        aws("s3").get_object(Bucket="small-state", Key="stack/terraform.tfstate")["Body"].read()
    )
    (work / "errored.tfstate").write_text(
        json.dumps(unstored | {"serial": unstored["serial"] + 1}), encoding="utf-8"
    )
    said = tool.run("apply").stderr
    assert "removing the lock" in said
    assert "storing the state" in said
    assert not (work / "errored.tfstate").exists()


def put_lock(aws, who: str) -> None:
    info = {
        "ID": "11111111-2222-3333-4444-555555555555", "Operation": "OperationTypeApply", "Info": "", "Who": who,
        "Version": "1.11.4", "Created": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "Path": "small-state/stack/terraform.tfstate",
    }  # fmt: skip
    item = {"LockID": {"S": "small-state/stack/terraform.tfstate"}, "Info": {"S": json.dumps(info)}}
    aws("dynamodb").put_item(TableName="small-lock", Item=item)


def test_a_run_that_is_stopped_at_any_moment_goes_on(tool, aws, embedded):
    delay(embedded, "iam:GetRole", 3)  # Terraform has made the role and looks at it
    first = tool.start("apply")
    until(lambda: "small-task" in left(aws))
    os.kill(first.pid, signal.SIGINT)
    _, said = first.communicate(timeout=60)
    assert first.returncode == 130, said
    assert tool.until_logged("Interrupt received").count("Interrupt received") == 1, (
        "one Ctrl-C reaches Terraform once"
    )

    second = tool.start("apply")
    tool.until_logged("aws_iam_role.task: Refreshing state")
    os.kill(second.pid, signal.SIGKILL)
    second.communicate(timeout=60)
    control.ask(embedded, "faults", method="DELETE")
    third = json.loads(tool.run("apply", "--json").stdout)
    steps = {one["name"]: one["status"] for one in third["steps"]}
    assert (steps["bootstrap"], steps["stack"], steps["second-plan"]) == ("skipped", "done", "done")
    assert len(list((tool.folder / ".launchbook/runs").iterdir())) == 1, "it is one run"

    delay(embedded, "iam:DeleteRole", 15)
    fourth = tool.start("destroy", "--yes")
    tool.until_logged("aws_iam_role.task: Destroying", run=2)
    os.kill(fourth.pid, signal.SIGKILL)
    fourth.communicate(timeout=60)
    last = tool.run("destroy", "--yes")
    assert "still works" in last.stderr, "the Terraform that outlived its tool is waited for"
    assert left(aws) == []


def until(found, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.1)
