"""What a destroy lost sight of on other people's things, and what only its tags give away, is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from launchbook.lifecycle.deletions import plan_deletions
from launchbook.lifecycle.inventory import LISTINGS
from launchbook.lifecycle.inventory.before import inventory
from launchbook.lifecycle.known import Known
from tests.aws.conftest import client_factory
from tests.aws.lifecycle.test_sweep import REGION, Account, asked, reader_of
from tests.support.embedded import embedded


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with embedded() as started:
        aws, reader = client_factory(started.endpoint), reader_of(started)
        aws("s3").create_bucket(Bucket="shared", CreateBucketConfiguration={"LocationConstraint": REGION})
        aws("route53").create_hosted_zone(Name="example.test", CallerReference="1")
        aws("events").create_event_bus(Name="shared")
        aws("iam").create_user(UserName="shared")
        aws("sns").create_topic(Name="shared")
        yield Account(started, aws, inventory(reader, LISTINGS, [REGION], asked()), reader)


@pytest.fixture(scope="module")
def known(account: Account) -> Known:
    return Known("shop", tags={"Project": "shop"}, names=("shop",), before=account.before)


def saved(kind: str, own: str, **of: str) -> Any:
    return SimpleNamespace(type=kind, id=own, arn="", region=REGION, of=of)


def made(account: Account, group: str, zone: str, topic: str) -> tuple[str, str, str]:
    """Parts of shared things; returns what AWS calls the rule, the key and the subscription."""
    aws = account.aws
    aws("s3").put_object(Bucket="shared", Key="shop/dump.sql", Body=b"paid for each month")
    record = {
        "Name": "shop.example.test",
        "Type": "CNAME",
        "TTL": 60,
        "ResourceRecords": [{"Value": "gone.test"}],
    }
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    aws("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)
    aws("events").put_rule(Name="nightly", EventBusName="shared", EventPattern=json.dumps({"source": ["x"]}))
    rule = aws("ec2").authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    key = aws("iam").create_access_key(UserName="shared")["AccessKey"]["AccessKeyId"]
    subscription = aws("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:{REGION}:123456789012:q",
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return rule, key, subscription


def held(account: Account, *, make: bool) -> tuple[Any, ...]:
    """Parts of shared things, as a state holds them; made where ``make``, else only once there."""
    aws = account.aws
    vpc = aws("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    groups = aws("ec2").describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
        "SecurityGroups"
    ]
    zone = aws("route53").list_hosted_zones()["HostedZones"][0]["Id"].rsplit("/", 1)[-1]
    topic = aws("sns").list_topics()["Topics"][0]["TopicArn"]
    rule, key, subscription = "sgr-0123456789abcdef0", "AKIAIOSFODNN7EXAMPLE", f"{topic}:{'0' * 8}"
    if make:
        rule, key, subscription = made(account, groups[0]["GroupId"], zone, topic)
    return (
        saved("aws_s3_object", "shop/dump.sql", bucket="shared", key="shop/dump.sql"),
        saved("aws_route53_record", "r", zone_id=zone, fqdn="shop.example.test", type="CNAME"),
        saved("aws_cloudwatch_event_rule", "shared/nightly"),
        saved(
            "aws_vpc_security_group_ingress_rule", rule, security_group_id=groups[0]["GroupId"],
            security_group_rule_id=rule,
        ),
        saved("aws_iam_access_key", key, user="shared"),
        saved("aws_sns_topic_subscription", subscription, topic_arn=topic),
    )  # fmt: skip


def test_parts_of_shared_things_are_asked_for_by_themselves(account: Account, known: Known) -> None:
    gone = held(account, make=False)
    found = account.sweep(replace(known, saved=gone))
    assert (found.verdict, found.looked_for, found.gaps) == ("PROVEN EMPTY", len(gone), ())
    there = held(account, make=True)
    found = account.sweep(replace(known, saved=there))
    assert {one.type for one in found.left} == {one.type for one in there}
    assert found.looked_for == len(there)


def test_what_only_its_tags_give_away_is_left_for_a_person(account: Account, known: Known) -> None:
    tags = [{"Key": "Project", "Value": "shop"}]
    specification = [{"ResourceType": "customer-gateway", "Tags": tags}]
    made = account.aws("ec2").create_customer_gateway(
        Type="ipsec.1", PublicIp="192.0.2.1", BgpAsn=65000, TagSpecifications=specification
    )["CustomerGateway"]
    found = account.sweep(known)
    (left,) = (one for one in found.left if one.type == "ec2:customer-gateway")
    assert left.id.endswith(made["CustomerGatewayId"])
    assert left.cost.monthly is None
    plan = plan_deletions(found, account.reader)
    assert "by hand" in plan.left_out[left.key]


def test_schedules_of_one_name_are_deleted_each_in_its_own_group(account: Account, known: Known) -> None:
    scheduler = account.aws("scheduler")
    target = {"Arn": "arn:aws:sqs:eu-west-1:123456789012:q", "RoleArn": "arn:aws:iam::123456789012:role/r"}
    for group in ("shop-1", "shop-2"):
        scheduler.create_schedule_group(Name=group)
        scheduler.create_schedule(
            Name="shop", GroupName=group, ScheduleExpression="rate(1 hour)",
            FlexibleTimeWindow={"Mode": "OFF"}, Target=target,
        )  # fmt: skip
    items = plan_deletions(account.sweep(known), account.reader).items
    assert {one.id for one in items if one.type == "aws_scheduler_schedule"} == {"shop-1/shop", "shop-2/shop"}
