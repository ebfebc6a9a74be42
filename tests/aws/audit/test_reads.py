"""What an audit may do to an account: what the printed policy says. What a failed read becomes: unknown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import botocore.session
import pytest

from launchbook.collect import Collector, Reader, Target, collect, collectors
from launchbook.collect.actions import iam_actions
from launchbook.collect.engine import Asked
from launchbook.collect.policy import actions, policy
from launchbook.local import control
from launchbook.model import Facts, NotKnown, Unread
from tests.aws.conftest import client_factory
from tests.support.embedded import embedded as embedded_aws

ALL = list(collectors().values())
ASKED = Asked("123456789012", "emulated", datetime(2026, 1, 1, tzinfo=UTC))
READS = {(call.service, call.operation) for one in ALL for call in one.calls}
REGION = "eu-west-1"


def document(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture(scope="module")
def enforced():
    """An embedded AWS that enforces policies, with something of most kinds in it."""
    with embedded_aws(enforce_iam=True) as started:
        root = client_factory(started.endpoint)
        root("sqs").create_queue(QueueName="jobs")
        topic = root("sns").create_topic(Name="alarms")["TopicArn"]
        root("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="planted@example.com")
        root("s3").create_bucket(Bucket="data", CreateBucketConfiguration={"LocationConstraint": REGION})
        root("ecr").create_repository(repositoryName="api")
        root("events").put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        grant = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
        root("iam").create_role(RoleName="task", AssumeRolePolicyDocument=document(trust))
        root("iam").put_role_policy(RoleName="task", PolicyName="p", PolicyDocument=document(grant))
        root("dynamodb").create_table(
            TableName="lock",
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        root("amplify").create_app(name="site", environmentVariables={"SECRET": "planted-value"})
        root("secretsmanager").create_secret(Name="key", SecretString="planted-value")
        root("iam").create_user(UserName="auditor")
        yield started, root


@pytest.fixture
def auditor(
    enforced, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[list[str]], Callable[..., Facts]]]:
    """``auditor(actions)(collectors)``: the facts that a user with just these actions can read."""
    started, root = enforced
    key = root("iam").create_access_key(UserName="auditor")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    reader = Reader(Target(endpoint=started.endpoint), ALL)

    def may(allowed: list[str]) -> Callable[..., Facts]:
        document = policy(ALL)
        document["Statement"][0]["Action"] = allowed  # type: ignore[index]
        root("iam").put_user_policy(
            UserName="auditor", PolicyName="reads", PolicyDocument=json.dumps(document)
        )
        return lambda held: collect(reader, held, [REGION], ASKED)

    yield may
    root("iam").delete_access_key(UserName="auditor", AccessKeyId=key["AccessKeyId"])


def unread(facts: Facts) -> list[str]:
    """Every reason for which an attribute or a listing is missing."""
    settle = [
        value.settle for fact in facts for value in fact.attributes.values() if isinstance(value, Unread)
    ]
    return sorted({*settle, *(gap.hint for gap in facts.gaps)})


def test_the_printed_policy_is_enough_for_every_read(auditor) -> None:
    facts = auditor(actions(ALL))(ALL)
    assert unread(facts) == []
    assert {fact.name for fact in facts.seen("aws_sqs_queue")} == {"jobs"}
    assert facts.complete >= {one.kind for one in ALL}


@pytest.mark.slow
def test_each_action_of_the_printed_policy_is_needed_and_its_lack_is_said(auditor) -> None:
    whole = actions(ALL)
    silent = []
    for action in whole:
        users = [
            one
            for one in ALL
            if any(action in iam_actions(call.service, call.operation) for call in one.calls)
        ]
        said = unread(auditor([one for one in whole if one != action])(users))
        if said != [f"allow {action}"] and not _has_nothing_to_describe(action, users, said):
            silent.append((action, said))
    assert silent == []


def _has_nothing_to_describe(action: str, users: list[Collector], said: list[str]) -> bool:
    """A description of things of which this account has none is never asked for."""
    first = {name for one in users for name in iam_actions(one.calls[0].service, one.calls[0].operation)}
    return said == [] and action not in first


def test_a_refused_listing_is_unknown_and_never_nothing(auditor) -> None:
    facts = auditor([one for one in actions(ALL) if one != "sqs:ListQueues"])([collectors()["queues"]])
    assert facts.seen("aws_sqs_queue") == []
    with pytest.raises(NotKnown, match="AccessDenied") as refused:
        facts.none_exists("aws_sqs_queue")
    assert refused.value.settle == "allow sqs:ListQueues"


def test_an_audit_asks_only_what_is_declared_and_no_secret_comes_in(enforced, auditor) -> None:
    started, _ = enforced
    facts = auditor(actions(ALL))(ALL)
    log = [one for one in control.ask(started, "requests") if "launchbook-audit" in one["agent"]]
    asked = {(one["service"], one["operation"]) for one in log}
    assert len(asked) > 40
    declared = {
        (name, operation) for service, operation in READS for name in (service, signing_name(service))
    }
    assert asked <= declared
    assert "planted" not in str([fact.attributes for fact in facts])


def signing_name(service: str) -> str:
    """The name under which a service's requests are signed; the log knows most services by it."""
    return str(botocore.session.Session().get_service_model(service).signing_name)
