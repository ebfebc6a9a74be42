"""What no list shows is followed up: parts of others' things, and what only the tagging service names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from launchbook.collect.declare import Call
from launchbook.lifecycle.certificate import text
from launchbook.lifecycle.parts import PART_OF, kept
from launchbook.lifecycle.questions import QUESTIONS, is_there
from launchbook.lifecycle.sweep import sweep
from tests.unit.lifecycle.absence import saved
from tests.unit.lifecycle.canned import ASKED, KNOWN, OURS, REGION, SHARED, Account, before, left, swept

SESSION = botocore.session.Session()


def tagged(*arns: str) -> dict[str, Any]:
    pairs = [{"ResourceARN": arn, "Tags": OURS} for arn in arns]
    return {"resourcegroupstaggingapi:GetResources": {"ResourceTagMappingList": pairs}}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("kafka:eu-west-1:123456789012:cluster/shop/1", "kafka:cluster"),
        ("neptune-graph:eu-west-1:123456789012:graph/shop", "neptune-graph:graph"),
        ("ec2:eu-west-1:123456789012:customer-gateway/cgw-1", "ec2:customer-gateway"),
        ("rds:eu-west-1:123456789012:secgrp:shop", "rds:secgrp"),
        ("s3:eu-west-1:123456789012:accesspoint/shop", "s3:accesspoint"),
    ],
)
def test_what_carries_our_tags_and_no_list_covers_is_left(name: str, kind: str) -> None:
    found = swept(tagged(f"arn:aws:{name}"))
    (one,) = found.left
    assert (found.verdict, one.type, one.id, one.cost.monthly) == ("LEFT", kind, f"arn:aws:{name}", None)
    assert one.why == (
        "tagged Run=r1",
        f"named by the tagging service alone: ask {kind.split(':')[0]} itself",
    )


def test_what_the_tagging_service_names_and_its_own_service_does_not_is_gone_and_said() -> None:
    queue = "arn:aws:sqs:eu-west-1:123456789012:shop-orders"
    found = swept(tagged(queue))
    assert (found.verdict, found.stale) == ("PROVEN EMPTY", (queue,))
    assert "the tagging service still names 1 things" in text(found)
    closed = swept({**tagged(queue), "sqs:ListQueues": "AccessDenied"})
    assert (closed.verdict, closed.stale) == ("UNPROVEN", ())


def test_what_the_tagging_service_says_counts_for_things_whose_list_shows_neither_tags_nor_arn() -> None:
    stream = {"kinesis:ListStreams": {"StreamNames": ["events"]}}
    arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/events"
    found = swept({**stream, **tagged(arn)}, replace(KNOWN, before=before(stream)))
    assert left(found) == {"aws_kinesis_stream events": ("tagged Run=r1",)}


def test_a_tagged_stage_of_an_api_that_is_there_is_left() -> None:
    api = {"apigateway:GetRestApis": {"items": [{"id": "a1", "name": "theirs"}]}}
    arn = "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/shop"
    known = replace(KNOWN, before=before(api))
    assert [one.id for one in swept({**api, **tagged(arn)}, known).left] == [arn]
    assert swept(tagged(arn), known).verdict == "PROVEN EMPTY"


@pytest.mark.parametrize(("answer", "verdict"), [(["sgr-1"], "LEFT"), ([], "PROVEN EMPTY")])
def test_a_tagged_rule_of_a_group_is_asked_for_itself(answer: list[str], verdict: str) -> None:
    rules = {"SecurityGroupRules": [{"SecurityGroupRuleId": one} for one in answer]}
    arn = "arn:aws:ec2:eu-west-1:123456789012:security-group-rule/sgr-1"
    assert swept({**tagged(arn), "ec2:DescribeSecurityGroupRules": rules}).verdict == verdict


OBJECT = saved("aws_s3_object", "dump.sql", bucket="shared", key="dump.sql")


@pytest.mark.parametrize(
    ("answer", "verdict", "looked_for"),
    [
        ({"Versions": [{"Key": "dump.sql"}]}, "LEFT", 1),
        ({"Versions": [{"Key": "dump.sql.old"}]}, "PROVEN EMPTY", 1),
        ("NoSuchBucket", "PROVEN EMPTY", 1),
        ("AccessDenied", "UNPROVEN", 0),
    ],
)
def test_a_part_of_somebody_elses_whole_is_asked_for_itself(
    answer: object, verdict: str, looked_for: int
) -> None:
    known = replace(KNOWN, saved=(OBJECT,), before=before(SHARED))
    found = swept({**SHARED, "s3:ListObjectVersions": answer}, known)
    assert (found.verdict, found.looked_for, found.saved) == (verdict, looked_for, 1)


def test_a_part_is_gone_with_a_whole_of_ours() -> None:
    known = replace(KNOWN, saved=(OBJECT, saved("aws_s3_bucket", "shared")), before=before(SHARED))
    account = Account()
    found = sweep(account, known, [REGION], ASKED)
    assert (found.verdict, found.looked_for) == ("PROVEN EMPTY", 2)
    assert "s3:ListObjectVersions" not in account.asked


def test_a_part_that_nobody_asks_for_leaves_it_open_while_its_whole_stands() -> None:
    policy = saved("aws_s3_bucket_policy", "shared", bucket="shared")
    known = replace(KNOWN, saved=(policy,), before=before(SHARED))
    found = swept(SHARED, known)
    assert (found.verdict, found.looked_for) == ("UNPROVEN", 0)
    assert "aws_s3_bucket_policy shared: a part of aws_s3_bucket that is not" in found.gaps[0].what
    assert swept({}, known).verdict == "PROVEN EMPTY"


@pytest.mark.parametrize("kind", sorted(QUESTIONS))
def test_each_question_is_one_that_aws_knows_and_finds_what_it_is_after(kind: str) -> None:
    call = QUESTIONS[kind].call
    every = {
        value.strip("$"): "a-value-that-is-long-enough"
        for held in call.given.values()
        for value in (held if isinstance(held, list) else [held])
    }
    asked = []

    class Nothing:
        def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
            asked.append(dict(parameters))
            yield {}

    of = {
        **every,
        "id": "x",
        **dict.fromkeys(("name", "key", "target_id", "policy_arn", "fqdn", "type"), "x"),
    }
    of |= every | ({"service_namespace": "ecs"} if "service_namespace" in every else {})
    assert is_there(Nothing(), kind, of, REGION) is False
    model = SESSION.get_service_model(call.service).operation_model(call.operation)
    assert not ParamValidator().validate(asked[0], model.input_shape).has_errors()
    assert is_there(Nothing(), kind, {}, REGION) is None


def test_a_state_says_of_every_part_which_whole_it_was_of() -> None:
    for kind, (_, attribute) in PART_OF.items():
        assert kept(kind, {attribute: "w", "password": "secret"}) == {attribute: "w"}


def test_a_record_is_known_by_its_name_type_and_set() -> None:
    record = saved("aws_route53_record", "Z_a_A", zone_id="Z", fqdn="*.shop.example", type="A")
    zones = {"route53:ListHostedZones": {"HostedZones": [{"Id": "/hostedzone/Z", "Name": "example."}]}}
    known = replace(KNOWN, saved=(record,), before=before(zones))
    for name, kind, verdict in (("\\052.shop.example.", "A", "LEFT"), ("shop.example.", "A", "PROVEN EMPTY")):
        shown = {"ResourceRecordSets": [{"Name": name, "Type": kind}]}
        assert swept({**zones, "route53:ListResourceRecordSets": shown}, known).verdict == verdict
