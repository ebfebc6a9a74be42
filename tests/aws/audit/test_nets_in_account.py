"""Nets that only an account shows to be torn: keys that shut senders out, rules behind a redirect, composite alarms."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from launchbook.check import evaluate
from launchbook.checks import checks
from launchbook.collect import Reader, Target, collect, collectors
from launchbook.collect.commands import script
from launchbook.collect.engine import Asked
from launchbook.collect.pasted import read_pasted
from launchbook.model import Facts
from tests.aws.conftest import client_factory
from tests.support.cli import CommandLine, interpreter
from tests.support.embedded import embedded as embedded_aws

REGION, ACCOUNT = "eu-west-1", "123456789012"
#: The reads behind these checks, and what points at what they read.
READS = [
    collectors()[name]
    for name in (
        *(
            "topics",
            "subscriptions",
            "queues",
            "keys_of_topics",
            "keys_of_queues",
            "alarms",
            "composite_alarms",
        ),
        *("event_rules", "event_targets", "load_balancers", "listeners", "listener_rules"),
    )
]
EXPECTED = {
    ("topic-key-excludes-publisher", "ops-shut"): "FAIL",
    ("topic-key-excludes-publisher", "ops-open"): "PASS",
    ("queue-key-excludes-sender", "dead-shut"): "FAIL",
    ("queue-key-excludes-sender", "dead-open"): "PASS",
    ("alarm-without-action", "slow"): "PASS",
    ("alarm-without-action", "failing"): "FAIL",
    ("http-only-redirects", "HTTP 80"): "FAIL",
    ("http-only-redirects", "HTTP 81"): "PASS",
}


def key_for(kms: Any, *services: str) -> str:
    """A key that its account may manage, and these services may use."""
    own = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    use = {
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
        "Resource": "*",
    }
    policy = {"Version": "2012-10-17", "Statement": [own, *([use] if services else [])]}
    return str(kms.create_key(Policy=json.dumps(policy))["KeyMetadata"]["KeyId"])


@pytest.fixture(scope="module")
def clients() -> Iterator[tuple[str, Any]]:
    with embedded_aws() as started:
        client = client_factory(started.endpoint)
        open_key = key_for(client("kms"), "cloudwatch.amazonaws.com", "events.amazonaws.com")
        shut_key = key_for(client("kms"))
        client("kms").create_alias(AliasName="alias/open", TargetKeyId=open_key)
        for name, key in (("open", "alias/open"), ("shut", shut_key)):
            attributes = {"KmsMasterKeyId": key}
            topic = client("sns").create_topic(Name=f"ops-{name}", Attributes=attributes)["TopicArn"]
            client("cloudwatch").put_metric_alarm(
                AlarmName=f"tells-{name}", AlarmActions=[topic], **metric("Errors")
            )
            client("sqs").create_queue(QueueName=f"dead-{name}", Attributes=attributes)
            client("events").put_rule(Name=f"nightly-{name}", ScheduleExpression="rate(1 day)")
            dead = {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead-{name}"}
            target = {"Id": "1", "Arn": topic, "DeadLetterConfig": dead}
            client("events").put_targets(Rule=f"nightly-{name}", Targets=[target])
        for name in ("slow", "failing"):
            client("cloudwatch").put_metric_alarm(AlarmName=name, **metric("Latency"))
        client("cloudwatch").put_composite_alarm(
            AlarmName="ill",
            AlarmRule='ALARM("slow")',
            AlarmActions=[f"arn:aws:sns:{REGION}:{ACCOUNT}:ops-open"],
        )
        balancer(client)
        yield started.endpoint, client


def metric(name: str) -> dict[str, Any]:
    return {
        "Namespace": "Shop", "MetricName": name, "Period": 60, "EvaluationPeriods": 1, "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Sum",
    }  # fmt: skip


def balancer(client: Any) -> None:
    """Two listeners that redirect by default; behind the first a rule serves all the same."""
    elbv2, ec2 = client("elbv2"), client("ec2")
    subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    made = elbv2.create_load_balancer(Name="shop", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    group = elbv2.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    redirect = {
        "Type": "redirect",
        "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
    }
    for port in (80, 81):
        listener = elbv2.create_listener(
            LoadBalancerArn=made, Port=port, Protocol="HTTP", DefaultActions=[redirect]
        )
        serves = {"Type": "forward", "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}
        elbv2.create_rule(
            ListenerArn=listener["Listeners"][0]["ListenerArn"], Priority=1,
            Conditions=[{"Field": "path-pattern", "Values": ["/old/*"]}], Actions=[serves if port == 80 else redirect],
        )  # fmt: skip


def told(facts: Facts) -> dict[tuple[str, str], str]:
    named = {fact.id: fact.name for fact in facts}
    wanted = [checks()[name] for name in sorted({check for check, _ in EXPECTED})]
    found = evaluate(wanted, facts, today=datetime.now(UTC).date())
    return {(one.check, named.get(one.subject, one.subject)): one.status for one in found}


def test_an_account_shows_which_nets_hold(clients: tuple[str, Any]) -> None:
    reader = Reader(Target(endpoint=clients[0], dummy=("test", "test")), READS)
    facts = collect(reader, READS, [REGION], Asked(ACCOUNT, "emulated", datetime.now(UTC)))
    assert [gap.what for gap in facts.gaps] == []
    assert told(facts).items() >= EXPECTED.items()


@pytest.mark.skipif(not interpreter(), reason="the AWS CLI is not installed")
def test_the_printed_commands_show_it_as_well(clients: tuple[str, Any], tmp_path: Path) -> None:
    reads = tmp_path / "reads.sh"
    reads.write_text(script(READS, [REGION]), encoding="utf-8")
    aws = CommandLine(clients[0], sorted({call.service for one in READS for call in one.calls} | {"sts"}))
    done = subprocess.run(
        ["bash", str(reads), str(tmp_path / "out")],
        env={"PATH": "/usr/bin:/bin", "AWS": str(aws.program)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    aws.close()
    assert done.returncode == 0, done.stderr
    texts = {one.name: one.read_text("utf-8") for one in (tmp_path / "out").iterdir()}
    assert told(read_pasted(texts, READS, datetime.now(UTC))).items() >= EXPECTED.items()


@pytest.mark.parametrize("lacks", ["kms", "describe-rules", "CompositeAlarm"])
def test_what_was_not_pasted_of_them_is_never_good(lacks: str, clients: tuple[str, Any]) -> None:
    saved = [one for one in pasted(clients[1]) if lacks not in one.splitlines()[0]]
    found = told(read_pasted({"answers.txt": "\n".join(saved)}, READS, datetime.now(UTC)))
    whole = told(read_pasted({"answers.txt": "\n".join(pasted(clients[1]))}, READS, datetime.now(UTC)))
    assert whole.items() >= EXPECTED.items()
    better = {key for key, status in found.items() if status == "PASS" and EXPECTED.get(key) != "PASS"}
    assert better & EXPECTED.keys() == set()
    assert {key for key, status in EXPECTED.items() if found.get(key) == "UNKNOWN"}


def pasted(client: Any) -> list[str]:
    """The same account as somebody pastes it: each command with its answer."""
    saved: list[str] = []

    def say(service: str, method: str, flags: str = "", **given: Any) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(client(service), method)(**given)
        answer.pop("ResponseMetadata")
        words = f"{service} {method.replace('_', '-')} --region {REGION} {flags}"
        saved.append(f"$ aws {words}\n{json.dumps(answer, default=str)}\n")
        return answer

    keys: set[str] = set()
    for one in say("sns", "list_topics")["Topics"]:
        flags = f"--topic-arn {one['TopicArn']}"
        held = say("sns", "get_topic_attributes", flags, TopicArn=one["TopicArn"])
        keys.add(held["Attributes"]["KmsMasterKeyId"])
    say("sns", "list_subscriptions")
    for url in say("sqs", "list_queues")["QueueUrls"]:
        flags = f"--queue-url {url} --attribute-names All"
        say("sqs", "get_queue_attributes", flags, QueueUrl=url, AttributeNames=["All"])
    for key in sorted(keys):
        held = say("kms", "describe_key", f"--key-id {key}", KeyId=key)
        arn = held["KeyMetadata"]["Arn"]
        say("kms", "get_key_policy", f"--key-id {arn} --policy-name default", KeyId=arn, PolicyName="default")
    for kind in ("MetricAlarm", "CompositeAlarm"):
        say("cloudwatch", "describe_alarms", f"--alarm-types {kind}", AlarmTypes=[kind])
    for rule in say("events", "list_rules")["Rules"]:
        say("events", "list_targets_by_rule", f"--rule {rule['Name']}", Rule=rule["Name"])
    for one in say("elbv2", "describe_load_balancers")["LoadBalancers"]:
        arn = one["LoadBalancerArn"]
        flags = f"--load-balancer-arn {arn}"
        for listener in say("elbv2", "describe_listeners", flags, LoadBalancerArn=arn)["Listeners"]:
            named = listener["ListenerArn"]
            say("elbv2", "describe_rules", f"--listener-arn {named}", ListenerArn=named)
    return saved
