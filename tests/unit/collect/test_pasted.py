"""Saved AWS CLI output gives the same facts as a live read, or fewer: never a fact that was not shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from launchbook.collect import collectors
from launchbook.collect.pasted import read_pasted
from launchbook.model import Facts, NotKnown
from launchbook.model.aws import Queue

ALL = list(collectors().values())

TABLE = """
me@host:~$ aws rds describe-db-instances --region us-east-1 \\
  --query 'DBInstances[].{id:DBInstanceIdentifier,multiAZ:MultiAZ,backupRetention:BackupRetentionPeriod}' --output table
------------------------------------------
|           DescribeDBInstances          |
+------------------+----------+----------+
|  backupRetention |   id     | multiAZ  |
+------------------+----------+----------+
|  7               |  shop-db |  False   |
|  0               |  other   |  True    |
+------------------+----------+----------+
logout
"""
RAW = """
$ aws sqs list-queues --region eu-west-1
{ "QueueUrls": ["https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"] }
some noise between
PS C:\\> aws sqs get-queue-attributes --region eu-west-1 --attribute-names All \\
  --queue-url https://sqs.eu-west-1.amazonaws.com/123456789012/jobs
{ "Attributes": {
    "QueueArn": "arn:aws:sqs:eu-west-1:123456789012:jobs", "VisibilityTimeout": "90", "Planted": "planted-secret" } }
"""


def read(text: str) -> Facts:
    return read_pasted({"paste.txt": text}, ALL, datetime(2026, 1, 2, tzinfo=UTC))


def only(facts: Facts, kind: str) -> list[str]:
    return [fact.name for fact in facts.seen(kind)]


def test_raw_json_gives_the_facts_of_a_live_read() -> None:
    facts = read(RAW)
    (queue,) = facts.seen(Queue)
    assert (queue.name, queue.visibility_timeout) == ("jobs", 90)
    assert (queue.level, queue.at("visibility_timeout_seconds").value) == ("pasted", "90")
    assert "aws_sqs_queue" in facts.complete


def test_attributes_that_the_command_did_not_ask_for_are_unread() -> None:
    asked = RAW.replace("--attribute-names All", "--attribute-names QueueArn VisibilityTimeout")
    (queue,) = read(asked).seen(Queue)
    assert queue.visibility_timeout == 90
    with pytest.raises(NotKnown, match="did not ask for it") as unread:
        queue.get("redrive_policy")
    assert "--attribute-names All" in unread.value.settle
    (queue,) = read(RAW).seen(Queue)
    assert queue.get("redrive_policy") is None


def test_what_no_collector_keeps_never_comes_in() -> None:
    assert "planted-secret" not in str([fact.attributes for fact in read(RAW)])


def test_a_table_of_the_runbooks_own_query_goes_back_to_its_attributes() -> None:
    facts = read(TABLE)
    assert only(facts, "aws_db_instance") == ["shop-db", "other"]
    database = facts.seen("aws_db_instance")[0]
    assert (database.get("multi_az"), database.get("backup_retention_period")) == (False, 7)


def test_a_column_that_the_query_left_out_is_unread_and_says_what_to_paste() -> None:
    database = read(TABLE).seen("aws_db_instance")[0]
    with pytest.raises(NotKnown) as unknown:
        database.get("storage_encrypted")
    assert unknown.value.settle.startswith(
        "paste the output of: aws rds describe-db-instances --region us-east-1"
    )


def test_a_filter_is_a_scope_and_so_a_gap() -> None:
    facts = read(TABLE.replace("DBInstances[]", "DBInstances[?contains(DBInstanceIdentifier, `shop`)]"))
    assert only(facts, "aws_db_instance") == ["shop-db", "other"]
    with pytest.raises(NotKnown, match="kept a part"):
        facts.of("aws_db_instance")


def test_an_output_that_is_cut_off_is_a_gap() -> None:
    facts = read(RAW[: RAW.index('"VisibilityTimeout"')])
    (queue,) = facts.seen(Queue)
    with pytest.raises(NotKnown, match="Partial"):
        _ = queue.visibility_timeout
    table = read(TABLE[: TABLE.index("|  0  ")])
    with pytest.raises(NotKnown, match="cut off"):
        table.of("aws_db_instance")


@pytest.mark.parametrize("end", range(TABLE.index("DescribeDBInstances"), TABLE.index("logout") - 3, 7))
def test_a_table_that_is_cut_off_anywhere_tells_of_nothing_and_says_so(end: int) -> None:
    facts = read(TABLE[:end])
    assert facts.seen("aws_db_instance") == []
    with pytest.raises(NotKnown, match="the table is cut off"):
        facts.of("aws_db_instance")


def test_what_was_not_pasted_is_a_gap_that_names_the_command() -> None:
    gaps = [gap for gap in read(RAW).gaps if gap.hides == ("aws_sns_topic",)]
    assert [gap.hint for gap in gaps] == [
        "paste the output of: aws sns list-topics --region eu-west-1 --output json"
    ]


def test_a_failed_command_is_a_gap_with_its_error() -> None:
    text = "$ aws sqs list-queues --region eu-west-1\nAn error occurred (AccessDenied) when calling ListQueues: no\n"
    with pytest.raises(NotKnown, match="AccessDenied"):
        read(text).of(Queue)


def test_a_description_without_its_listing_is_read_and_not_taken_for_all() -> None:
    facts = read(RAW[RAW.index("PS C:") :])
    assert only(facts, "aws_sqs_queue") == ["jobs"]
    assert "aws_sqs_queue" not in facts.complete


def test_json_without_a_command_is_told_by_what_it_holds() -> None:
    text = '{"DBInstances": [{"DBInstanceIdentifier": "shop-db", "MultiAZ": true, "Engine": "postgres"}]}'
    assert only(read(text), "aws_db_instance") == ["shop-db"]


def test_names_of_variables_alone_are_read_of_a_branch() -> None:
    text = (
        "$ aws amplify get-branch --app-id d1 --branch-name main --region us-east-1 "
        "--query 'keys(branch.environmentVariables)' --output json\n"
        '["DATABASE_URL", "API_KEY"]\n'
        "$ aws amplify list-branches --app-id d1 --region us-east-1 "
        "--query 'branches[].{branchName:branchName,stage:stage}' --output json\n"
        '[{"branchName": "main", "stage": "PRODUCTION"}]\n'
    )
    (branch,) = read(text).seen("aws_amplify_branch")
    assert branch.get("environment_names") == ["API_KEY", "DATABASE_URL"]


@pytest.mark.parametrize(
    "text", ["", "hello", "{", "$ aws", "$ aws x y", "[[[[", "| |\n+-+", "\x1b[31m$ aws s3 ls\x1b[0m"]
)
def test_nothing_useful_is_gaps_and_never_a_crash(text: str) -> None:
    facts = read(text)
    assert len(facts) == 0
    with pytest.raises(NotKnown):
        facts.of(Queue)


def test_lines_without_identity_are_a_gap_that_says_what_was_pasted() -> None:
    facts = read("Status: available\nMultiAZ: false\nBackupRetention: 0\nSendingEnabled: true\n")
    assert len(facts) == 0
    for kind in ("aws_db_instance", "ses_account"):
        with pytest.raises(NotKnown, match="MultiAZ false, BackupRetention 0"):
            facts.of(kind)
    below = read("$ aws rds describe-db-instances --region us-east-1\nMultiAZ: false\n")
    with pytest.raises(NotKnown, match=r"MultiAZ false.*do not say of what"):
        below.of("aws_db_instance")


def test_a_secret_is_redacted_on_the_way_in_and_names_stay() -> None:
    secret = "ghp_" + "a1B2" * 9
    facts = read(
        f"DB_PASSWORD: {secret}\n$ aws cloudwatch describe-alarms --alarm-types MetricAlarm --region eu-west-1 "
        f"--query 'MetricAlarms[?x==`{secret}`]'\n"
        f'[{{"AlarmName": "cpu", "AlarmDescription": "call with {secret}", "Namespace": "AWS/ECS"}}]\n'
        "$ aws iam list-access-keys --user-name deploy --region us-east-1\n"
        '{"AccessKeyMetadata": [{"UserName": "deploy", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active"}]}\n'
    )
    assert secret not in str([fact.attributes for fact in facts]) + str(facts.gaps)
    assert only(facts, "aws_cloudwatch_metric_alarm") == ["cpu"]
    assert only(facts, "aws_iam_access_key") == ["AKIAIOSFODNN7EXAMPLE"]


def test_an_answer_of_one_region_is_not_taken_for_another() -> None:
    text = (
        '$ aws sns list-topics --region us-east-2\n{"Topics": [{"TopicArn": "arn:aws:sns:us-east-2:1:a"}]}\n'
    )
    facts = read(text + text.replace("us-east-2", "us-east-1").replace(":a", ":b"))
    assert {fact.name: fact.where.region for fact in facts.seen("aws_sns_topic")} == {
        "a": "us-east-2",
        "b": "us-east-1",
    }


def test_the_times_of_the_first_version_of_the_cli_are_read_like_the_seconds() -> None:
    text = (
        "$ aws ecr describe-images --repository-name api --region eu-west-1\n"
        '{"imageDetails": [{"imageDigest": "sha256:1", "repositoryName": "api", "imagePushedAt": 1767225845.0}]}\n'
    )
    (image,) = read(text).seen("ecr_image")
    assert image.get("pushed_at") == "2026-01-01T00:04:05+00:00"


def test_a_command_that_names_no_thing_is_not_used_and_says_so() -> None:
    text = (
        "$ aws elbv2 describe-target-health --region eu-west-1 --target-group-arn <tg-arn>\n"
        '{"TargetHealthDescriptions": [{"TargetHealth": {"State": "unhealthy"}}]}\n'
    )
    assert [gap.where.file for gap in read(text).gaps if "not used" in gap.what] == ["paste.txt:1"]


def test_a_listing_that_each_kind_of_a_bundle_asks_for_is_one_listing() -> None:
    command = "aws sqs get-queue-attributes --region eu-west-1 --queue-url https://q/1/orders"
    whole = {"Attributes": {"QueueArn": "arn:aws:sqs:eu-west-1:1:orders", "VisibilityTimeout": "30"}}
    listing = '$ aws sqs list-queues --region eu-west-1\n{"QueueUrls": ["https://q/1/orders"]}\n'
    part = json.dumps({"Attributes": {"QueueArn": "arn:aws:sqs:eu-west-1:1:orders"}})
    text = f"{listing}$ {command} --attribute-names All\n{json.dumps(whole)}\n{listing}"
    text += f"$ {command} --attribute-names All --query '{{Attributes: {{QueueArn: Attributes.QueueArn}}}}'\n{part}\n"
    found = read_pasted({"a.txt": text}, ALL, datetime(2026, 1, 2, tzinfo=UTC)).seen("aws_sqs_queue")
    assert [one.attributes["visibility_timeout_seconds"] for one in found] == ["30"]
