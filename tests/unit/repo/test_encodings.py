"""Files in whatever encoding an editor saved them in."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchbook.repo import discover

FILES = {
    "stack.yaml": "Resources:\r\n  Jobs:\r\n    Type: AWS::SQS::Queue\r\n    Properties: {QueueName: jobs-é}\r\n",
    "other.json": '{"Resources": {"Mail": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "mail"}}}}',
    "main.tf": 'resource "aws_s3_bucket" "b" {\n  bucket = "things"\n}\n',
    ".env.example": "DATABASE_URL=\n",
    "app.py": 'import os\nos.environ["API_URL"]\n',
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_every_reader_reads_text_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    for name, text in FILES.items():
        mark = "\ufeff" if encoding == "utf-16-be" else ""
        (tmp_path / name).write_bytes((mark + text).encode(encoding))

    found = discover(tmp_path)

    names = {(fact.type, fact.name) for fact in found.facts}
    assert not found.facts.gaps
    assert {("aws_sqs_queue", "jobs-é"), ("aws_sns_topic", "mail"), ("aws_s3_bucket", "things")} <= names
    assert {("setting", "DATABASE_URL"), ("setting", "API_URL")} <= names


def test_what_only_begins_like_such_text_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_bytes(b"\xff\xfe\x00\xd8\x00" * 3)
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "b" {}\n')

    assert [fact.type for fact in discover(tmp_path).facts if fact.type.startswith("aws_")] == [
        "aws_s3_bucket"
    ]
