"""What files declare and a pasted listing, whole, does not hold: nobody has seen it, so nothing of it is good."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from launchbook.audit import Answer, Question, audit

QUEUES = """
provider "aws" {
  region = "eu-west-1"
}
resource "aws_sqs_queue" "jobs" {
  name           = "jobs"
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 5 })
}
resource "aws_sqs_queue" "dead" {
  name = "jobs-dead"
}
"""
NONE = '$ aws sqs list-queues --region eu-west-1 --output json\n{"QueueUrls": []}\n'


def asked(folder: Path, **pasted: str) -> Answer:
    (folder / "main.tf").write_text(QUEUES)
    return audit(Question(path=folder, pasted=pasted, pasted_at=datetime.now(UTC) if pasted else None))


def told(answer: Answer, check: str = "sqs-dead-letter-queue") -> dict[str, tuple[str, str]]:
    found = [one for one in answer.report.findings if one.check == check]
    return {one.subject: (one.status, one.why) for one in found}


def test_what_a_whole_pasted_listing_lacks_is_unknown_and_says_where_it_was_looked_for(
    tmp_path: Path,
) -> None:
    jobs = "main.tf#aws_sqs_queue.jobs"
    assert told(asked(tmp_path))[jobs][0] == "PASS"
    answer = asked(tmp_path, answers=NONE)
    status, why = told(answer)[jobs]
    assert status == "UNKNOWN"
    assert "the account has no aws_sqs_queue jobs (looked at eu-west-1)" in why
    assert answer.report.regions == ["eu-west-1"]


@pytest.mark.parametrize(
    "pasted",
    [
        NONE + "$ aws sqs list-queues --region eu-west-2\nAn error occurred (AccessDenied) when calling it\n",
        NONE.replace("list-queues", "list-queues --queue-name-prefix shop"),
    ],
    ids=["refused in another region", "a part alone"],
)
def test_a_listing_that_is_not_whole_says_nothing_of_what_it_lacks(pasted: str, tmp_path: Path) -> None:
    answer = asked(tmp_path, answers=pasted)
    assert [why for _, why in told(answer).values() if "has no aws_sqs_queue" in why] == []
    assert [line.status for line in answer.report.requirements if line.id == "monitoring"] != ["OK"]
    assert "UNKNOWN" in {status for status, _ in told(answer).values()}, "what may be hidden is open"
