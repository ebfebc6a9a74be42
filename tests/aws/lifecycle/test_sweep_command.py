"""A platform made and removed by the real Terraform, and what was made behind its back in between."""

from __future__ import annotations

import json
from typing import Any

import pytest

from launchbook.local import control
from tests.aws.lifecycle.test_apply import Tool, tool
from tests.support.terraform import available

__all__ = ["tool"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(available()), reason=available()),
]


def data_of(tool: Tool, command: str, *arguments: str, code: int = 0) -> dict[str, Any]:
    """What a command prints as JSON, with the exit code that it must have."""
    return dict(json.loads(tool.run(command, *arguments, "--json", code=code).stdout))


def test_nothing_is_left_of_a_destroyed_platform_but_what_was_made_behind_its_back(
    tool: Tool, aws, embedded
) -> None:
    tool.run("apply")
    standing = data_of(tool, "sweep", code=1)
    assert {left["type"] for left in standing["left"]} >= {"aws_s3_bucket", "aws_sns_topic", "aws_iam_role"}
    assert all("in a saved state of this platform" in left["why"] for left in standing["left"])
    tool.run("destroy", "--yes")
    empty = data_of(tool, "sweep")
    assert (empty["verdict"], empty["proven_empty"], empty["left"]) == ("PROVEN EMPTY", True, [])

    aws("ec2").allocate_address(Domain="vpc")
    aws("logs").create_log_group(logGroupName="/forgotten")
    found = data_of(tool, "sweep", "--plan", str(tool.folder / "leftovers.json"), code=1)
    assert {left["type"]: left["monthly_cost"] for left in found["left"]} == {
        "aws_eip": 3.65,
        "aws_cloudwatch_log_group": 0.0,
    }
    assert empty["queries"] == [
        {**one, "listed": other["listed"]}
        for one, other in zip(found["queries"], empty["queries"], strict=True)
    ]
    approved(tool)


def approved(tool: Tool) -> None:
    """The list is deleted after a yes, and not before."""
    refused = tool.run("sweep", "--apply", str(tool.folder / "leftovers.json"), code=3)
    assert "a deletion needs a yes" in refused.stderr
    done = data_of(tool, "sweep", "--apply", str(tool.folder / "leftovers.json"), "--yes")
    assert (done["verdict"], done["left"]) == ("PROVEN EMPTY", [])


def test_a_read_that_is_not_allowed_leaves_the_certificate_open(tool: Tool, embedded) -> None:
    control.ask(embedded, "faults", body={
        "kind": "deny", "operation": "logs:DescribeLogGroups", "rate": 1.0, "seconds": 1.0, "times": None,
    })  # fmt: skip
    try:
        unproven = data_of(tool, "sweep", code=3)
    finally:
        control.ask(embedded, "faults", {}, method="DELETE")
    assert (unproven["proven_empty"], unproven["verdict"]) == (None, "UNPROVEN")
    assert "allow logs:DescribeLogGroups" in json.dumps(unproven["gaps"])
    page = next((tool.folder / ".launchbook/runs").glob(f"{unproven['run']}/certificate.md")).read_text(
        "utf-8"
    )
    assert page.startswith("# UNPROVEN: small")


def test_a_list_that_was_changed_deletes_nothing(tool: Tool, aws) -> None:
    queue = aws("sqs").create_queue(QueueName="small-left")["QueueUrl"]
    path = tool.folder / "leftovers.json"
    tool.run("sweep", "--plan", str(path), code=1)
    path.write_text(path.read_text("utf-8").replace("small-left", "small-other"), "utf-8")
    refused = tool.run("sweep", "--apply", str(path), "--yes", code=2)
    assert "was changed after it was written" in refused.stderr
    assert aws("sqs").get_queue_attributes(QueueUrl=queue)["ResponseMetadata"]["HTTPStatusCode"] == 200
    aws("sqs").delete_queue(QueueUrl=queue)
