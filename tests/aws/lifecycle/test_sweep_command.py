"""A sweep that may not read everything, and a list of deletions that was changed. Its life is in test_apply."""

from __future__ import annotations

import json

import pytest

from launchbook.local import control
from tests.support.small import SmallTool
from tests.support.terraform import available

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(available()), reason=available()),
]


def test_a_read_that_is_not_allowed_leaves_the_certificate_open(tool: SmallTool, embedded) -> None:
    control.ask(embedded, "faults", body={
        "kind": "deny", "operation": "logs:DescribeLogGroups", "rate": 1.0, "seconds": 1.0, "times": None,
    })  # fmt: skip
    try:
        unproven = tool.data("sweep", code=3)
    finally:
        control.ask(embedded, "faults", {}, method="DELETE")
    assert (unproven["proven_empty"], unproven["verdict"]) == (None, "UNPROVEN")
    assert "allow logs:DescribeLogGroups" in json.dumps(unproven["gaps"])
    page = next((tool.folder / ".launchbook/runs").glob(f"{unproven['run']}/certificate.md")).read_text(
        "utf-8"
    )
    assert page.startswith("# UNPROVEN: small")


def test_a_list_that_was_changed_deletes_nothing(tool: SmallTool, aws) -> None:
    queue = aws("sqs").create_queue(QueueName="small-left")["QueueUrl"]
    path = tool.folder / "leftovers.json"
    tool.run("sweep", "--plan", str(path), code=1)
    path.write_text(path.read_text("utf-8").replace("small-left", "small-other"), "utf-8")
    refused = tool.run("sweep", "--apply", str(path), "--yes", code=2)
    assert "was changed after it was written" in refused.stderr
    assert aws("sqs").get_queue_attributes(QueueUrl=queue)["ResponseMetadata"]["HTTPStatusCode"] == 200
    aws("sqs").delete_queue(QueueUrl=queue)
