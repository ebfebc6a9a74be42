"""A small platform through its life with the real Terraform: made, looked at, stopped in the middle, removed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from launchbook.local import control
from tests.support.small import SmallTool, left
from tests.support.terraform import available

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(available()), reason=available()),
]


def delay(embedded, operation: str, seconds: float) -> None:
    """Make an operation slow, so that a moment can be hit."""
    control.ask(
        embedded, "faults", body={"kind": "delay", "operation": operation, "rate": 1, "seconds": seconds}
    )


def test_a_platform_is_made_looked_at_stopped_in_the_middle_and_removed(tool, aws, embedded, tmp_path):
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
    what_stands_is_left(tool)
    a_home_without_a_state_of_it_says_so(tool, tmp_path, aws)
    assert tool.data("destroy", "--yes")["steps"][-1]["status"] == "done"
    assert left(aws) == []
    assert tool.files() == before, "nothing was written into the user's folders"
    asked = what_was_made_behind_its_back_is_swept(tool, aws)
    a_second_life_goes_on_wherever_it_is_stopped(tool, aws, embedded, asked)


def locks_are_told_apart(tool: SmallTool, aws) -> None:
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


def what_stands_is_left(tool: SmallTool) -> None:
    """A sweep before the destroy says what there is."""
    standing = tool.data("sweep", code=1)
    assert {one["type"] for one in standing["left"]} >= {"aws_s3_bucket", "aws_sns_topic", "aws_iam_role"}
    assert all("in a saved state of this platform" in one["why"] for one in standing["left"])


def a_home_without_a_state_of_it_says_so(tool: SmallTool, tmp_path: Path, aws) -> None:
    """Another checkout of a platform that stands: no command takes what it does not know for nothing."""
    other = SmallTool(tmp_path / "checkout/small", tool.port)
    shutil.copytree(tool.folder, other.folder, ignore=shutil.ignore_patterns(".launchbook"))
    unknown = "this home has no state of small"
    status = other.run("status")
    assert f"{unknown}, and " in status.stdout
    assert "next: launchbook sweep" in status.stderr
    assert f"{unknown}: " in other.run("verify", code=3).stderr
    destroyed = other.data("destroy", "--yes", code=1)
    (finding,) = destroyed["steps"][-1]["findings"]
    assert (finding["check"], finding["status"], finding["subject"]) == (
        "state-known", "FAIL", "bootstrap and stack",
    )  # fmt: skip
    assert "aws_s3_bucket small-state" in finding["why"]
    assert len(left(aws)) == 5
    applied = other.data("apply", "--yes", code=3)
    assert f"{unknown}, and " in applied["steps"][0]["note"]
    backend = next(tool.folder.glob(".launchbook/state/local-*/roots/stack/stack/backend.launchbook.hcl"))
    shutil.copyfile(backend, other.folder / "stack/backend.hcl")
    shutil.rmtree(other.folder / ".launchbook")
    verified = other.data("verify", code=1)["steps"]  # the small one has weaknesses of its own
    findings = verified[0]["findings"]
    assert {one["subject"]: one["status"] for one in findings} == {"bootstrap": "PASS", "stack": "PASS"}
    assert "says all that is taken from it" in findings[0]["why"]
    (bucket,) = [one for step in verified for one in step["findings"] if one["check"] == "backend-exists"]
    assert bucket["status"] == "PASS"


def what_was_made_behind_its_back_is_swept(tool: SmallTool, aws) -> list[dict]:
    """After the destroy nothing is left, until something is made; what is approved then is deleted, and not before.

    What the first certificate lists as asked.
    """
    made = json.loads(next(tool.folder.glob(".launchbook/state/local-*/made.json")).read_text("utf-8"))
    assert {one["type"] for one in made} >= {"aws_iam_role", "aws_s3_bucket", "aws_sns_topic"}, (
        "kept for a sweep"
    )
    empty = tool.data("sweep")
    assert (empty["verdict"], empty["proven_empty"], empty["left"]) == ("PROVEN EMPTY", True, [])
    aws("ec2").allocate_address(Domain="vpc")
    aws("logs").create_log_group(logGroupName="/forgotten")
    listed = str(tool.folder / "leftovers.json")
    found = tool.data("sweep", "--plan", listed, code=1)
    assert {one["type"]: one["monthly_cost"] for one in found["left"]} == {
        "aws_eip": 3.65,
        "aws_cloudwatch_log_group": 0.0,
    }
    assert empty["queries"] == [
        {**one, "listed": other["listed"]}
        for one, other in zip(found["queries"], empty["queries"], strict=True)
    ]
    assert "a deletion needs a yes" in tool.run("sweep", "--apply", listed, code=3).stderr
    done = tool.data("sweep", "--apply", listed, "--yes")
    assert (done["verdict"], done["left"]) == ("PROVEN EMPTY", [])
    return list(empty["queries"])


def a_second_life_goes_on_wherever_it_is_stopped(tool: SmallTool, aws, embedded, asked: list[dict]) -> None:
    """Stopped and killed it is one run; PROVEN EMPTY again, its certificate lists the same queries and types."""
    before = len(list((tool.folder / ".launchbook/runs").iterdir()))
    delay(embedded, "iam:GetRole", 3)  # Terraform has made the role and looks at it
    first = tool.start("apply")
    until(lambda: "small-task" in left(aws))
    os.kill(first.pid, signal.SIGINT)
    _, said = first.communicate(timeout=600)
    assert first.returncode == 130, said
    assert tool.until_logged("Interrupt received", run=before + 1).count("Interrupt received") == 1, (
        "one Ctrl-C reaches Terraform once"
    )

    second = tool.start("apply")
    tool.until_logged("aws_iam_role.task: Refreshing state", run=before + 1)
    os.kill(second.pid, signal.SIGKILL)
    second.communicate(timeout=600)
    control.ask(embedded, "faults", method="DELETE")
    third = json.loads(tool.run("apply", "--json").stdout)
    steps = {one["name"]: one["status"] for one in third["steps"]}
    assert (steps["bootstrap"], steps["stack"], steps["second-plan"]) == ("skipped", "done", "done")
    assert len(list((tool.folder / ".launchbook/runs").iterdir())) == before + 1, "it is one run"

    delay(embedded, "iam:DeleteRole", 20)
    fourth = tool.start("destroy", "--yes")
    tool.until_logged("aws_iam_role.task: Destroying", run=before + 2)
    os.kill(fourth.pid, signal.SIGKILL)
    fourth.communicate(timeout=600)
    last = tool.run("destroy", "--yes")
    assert "still works" in last.stderr, "the Terraform that outlived its tool is waited for"
    assert left(aws) == []
    again = tool.data("sweep")
    assert (again["verdict"], again["proven_empty"], again["left"]) == ("PROVEN EMPTY", True, [])
    questions = [(one["type"], one["operations"], one["region"], one["answered"]) for one in asked]
    assert len(questions) > 50
    assert questions == [
        (one["type"], one["operations"], one["region"], one["answered"]) for one in again["queries"]
    ]


def put_lock(aws, who: str) -> None:
    info = {
        "ID": "11111111-2222-3333-4444-555555555555", "Operation": "OperationTypeApply", "Info": "", "Who": who,
        "Version": "1.11.4", "Created": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "Path": "small-state/stack/terraform.tfstate",
    }  # fmt: skip
    item = {"LockID": {"S": "small-state/stack/terraform.tfstate"}, "Info": {"S": json.dumps(info)}}
    aws("dynamodb").put_item(TableName="small-lock", Item=item)


def until(found, seconds: float = 600.0) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.1)
