"""Nothing is called empty that only looks it: canned answers of an account, through the whole sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import botocore.session
import pytest

from launchbook.lifecycle.certificate import text
from launchbook.lifecycle.deletions import plan_deletions
from launchbook.lifecycle.inventory import LISTINGS
from launchbook.lifecycle.inventory.before import inventory
from launchbook.lifecycle.inventory.compute import NAMESPACES
from tests.unit.lifecycle.absence import AT, saved
from tests.unit.lifecycle.canned import ASKED, KNOWN, OURS, REGION, SHARED, Account, before, left, swept

SESSION = botocore.session.Session()
THEIRS = [{"Key": "Run", "Value": "r9"}, {"Key": "Project", "Value": "shop-staging"}]


def test_an_account_without_anything_is_empty() -> None:
    assert swept().verdict == "PROVEN EMPTY"


ROLE = {"RoleName": "worker", "Arn": "arn:aws:iam::123456789012:role/worker", "Path": "/"}


def test_tags_are_asked_for_before_age_counts() -> None:
    roles = {"iam:ListRoles": {"Roles": [{**ROLE, "CreateDate": "2024-01-01T00:00:00+00:00"}]}}
    tags = {"iam:ListRoleTags": {"Tags": [{"Key": "Project", "Value": "shop"}]}}
    for known in (replace(KNOWN, before=None, since=AT), replace(KNOWN, before=before(roles))):
        assert left(swept({**roles, **tags}, known)) == {"aws_iam_role worker": ("tagged Project=shop",)}
        assert swept({**roles, "iam:ListRoleTags": {"Tags": []}}, known).verdict == "PROVEN EMPTY"


def test_what_looks_like_the_accounts_own_is_judged_by_state_and_run_first() -> None:
    network = {"ec2:DescribeVpcs": {"Vpcs": [{"VpcId": "vpc-d", "IsDefault": True}]}}
    gateway = {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-d"}]}
    plain = {**network, "ec2:DescribeInternetGateways": {"InternetGateways": [gateway]}}
    ours = {**network, "ec2:DescribeInternetGateways": {"InternetGateways": [{**gateway, "Tags": OURS}]}}
    assert swept(plain).verdict == "PROVEN EMPTY"
    for found in (swept(ours), swept(plain, replace(KNOWN, saved=(saved("aws_internet_gateway", "igw-1"),)))):
        (one,) = found.left
        assert (one.id, one.note) == ("igw-1", "of the account's default VPC")
        assert one.by_hand


def test_what_aws_still_lists_after_its_deletion_is_gone_even_with_our_tags() -> None:
    gateways = {"NatGateways": [{"NatGatewayId": "nat-1", "State": "deleted", "Tags": OURS}]}
    known = replace(KNOWN, saved=(saved("aws_nat_gateway", "nat-1"),))
    assert swept({"ec2:DescribeNatGateways": gateways}, known).verdict == "PROVEN EMPTY"


def schedules(*groups: str) -> dict[str, Any]:
    return {
        "scheduler:ListSchedules": {"Schedules": [{"Name": "nightly", "GroupName": one} for one in groups]}
    }


def targets(*dimensions: str) -> dict[str, Any]:
    def page(parameters: Mapping[str, Any]) -> dict[str, Any]:
        found = [
            {"ResourceId": "table/t", "ScalableDimension": one, "ServiceNamespace": "dynamodb"}
            for one in dimensions
            if parameters["ServiceNamespace"] == "dynamodb"
        ]
        return {"ScalableTargets": found}

    return {"application-autoscaling:DescribeScalableTargets": page}


def images(*repositories: str) -> dict[str, Any]:
    return {
        "ecr:DescribeRepositories": {"repositories": [{"repositoryName": one} for one in ("a", "b")]},
        "ecr:DescribeImages": lambda given: {
            "imageDetails": [{"imageDigest": "sha256:1"}] if given["repositoryName"] in repositories else []
        },
        "ecr:ListTagsForResource": {"tags": []},
    }


def rules(*buses: str) -> dict[str, Any]:
    return {
        "events:ListEventBuses": {"EventBuses": [{"Name": "default"}, {"Name": "shared"}]},
        "events:ListRules": lambda given: {
            "Rules": [{"Name": "r"}] if given["EventBusName"] in buses else []
        },
        "events:ListTagsForResource": {"Tags": []},
    }


@pytest.mark.parametrize(
    ("old", "now", "expected"),
    [
        (schedules("theirs"), schedules("theirs", "default"), "aws_scheduler_schedule default/nightly"),
        (targets("read"), targets("write", "read"), "aws_appautoscaling_target table/t write"),
        (images("a"), images("a", "b"), "ecr_image b@sha256:1"),
        (rules("default"), rules("default", "shared"), "aws_cloudwatch_event_rule shared/r"),
    ],
)
def test_two_things_of_one_name_are_two_things(
    old: dict[str, Any], now: dict[str, Any], expected: str
) -> None:
    assert list(left(swept(now, replace(KNOWN, before=before(old))))) == [expected]


def test_a_saved_rule_is_asked_for_on_its_own_bus() -> None:
    known = replace(KNOWN, saved=(saved("aws_cloudwatch_event_rule", "shared/r"),), before=before(rules()))
    assert left(swept(rules("default", "shared"), known))["aws_cloudwatch_event_rule shared/r"][0] == (
        "in a saved state of this platform"
    )


def test_targets_of_every_namespace_are_asked_for() -> None:
    model = SESSION.get_service_model("application-autoscaling").shape_for("ServiceNamespace")
    assert set(NAMESPACES) == set(model.enum)  # type: ignore[attr-defined]  # botocore's shapes are made as read


def test_where_nothing_was_ever_made_there_is_nothing_to_prove() -> None:
    nothing = replace(KNOWN, before=None)
    found = swept({}, nothing)
    assert (found.verdict, found.exit_code) == ("UNPROVEN", 3)
    assert "--port" in found.gaps[0].hint
    assert swept({}, replace(nothing, since=AT)).verdict == "PROVEN EMPTY"


def test_the_terminal_says_what_was_not_asked() -> None:
    assert "Not asked: untagged things of other types, and other regions" in text(swept())


def database(
    name: str, tags: list[dict[str, str]], created: str = "2026-04-01T00:00:00+00:00"
) -> dict[str, Any]:
    one = {"DBInstanceIdentifier": name, "TagList": tags, "InstanceCreateTime": created}
    return {"rds:DescribeDBInstances": {"DBInstances": [one]}}


@pytest.mark.parametrize(
    ("tags", "created", "why"),
    [
        (THEIRS, "2026-04-01T00:00:00+00:00", "tagged Project=shop-staging"),
        (
            [{"Key": "Run", "Value": "r9"}],
            "2026-04-01T00:00:00+00:00",
            "tagged Run=r9, which is no run known here",
        ),
    ],
)
def test_a_name_like_ours_is_not_enough_against_tags(
    tags: list[dict[str, str]], created: str, why: str
) -> None:
    found = swept(database("shop-db", tags, created), replace(KNOWN, before=None, since=AT))
    assert (found.verdict, [one.why for one in found.alike]) == ("PROVEN EMPTY", [why])
    assert f"not counted as its, though named like it: aws_db_instance shop-db ({why})" in text(found)


def test_a_thing_of_our_name_is_left_whatever_its_date_and_no_plan_deletes_it() -> None:
    """Another home may have made the platform earlier than anything that is known here."""
    old = database("shop-db", [], "2024-01-01T00:00:00+00:00")
    found = swept(old, replace(KNOWN, before=None, since=AT))
    (one,) = found.left
    assert one.why == (
        "its name begins with shop, but made 2024-01-01, before the first apply that is known here",
    )
    plan = plan_deletions(found, Account(old))
    assert (plan.items, list(plan.left_out)) == ((), [one.key])


@pytest.mark.parametrize("others", [True, False])
def test_what_carries_another_value_of_our_tag_is_in_no_plan(others: bool) -> None:
    answers = database("fresh-db", THEIRS)
    found = swept(answers)
    assert [one.id for one in found.left] == ["fresh-db"]
    assert plan_deletions(found, Account(answers), others=others).items == ()


def test_what_came_since_and_is_tagged_as_somebody_elses_is_suspected_by_its_age_alone() -> None:
    (one,) = swept(database("shop-db", THEIRS)).left
    assert one.only_new
    assert one.why[0].endswith("but tagged Project=shop-staging")


@pytest.mark.parametrize(("name", "ours"), [("shop", True), ("shop-db", True), ("shopping", False)])
def test_a_name_of_ours_ends_where_a_word_does(name: str, ours: bool) -> None:
    found = swept(database(name, []), replace(KNOWN, before=None, since=AT))
    assert bool(found.left) is ours


@pytest.mark.parametrize("code", ["NoSuchTagSet", "AccessDenied"])
def test_a_bucket_without_tags_is_no_gap(code: str) -> None:
    found = swept({**SHARED, "s3:GetBucketTagging": code}, replace(KNOWN, before=before(SHARED)))
    assert (found.verdict == "PROVEN EMPTY") is (code == "NoSuchTagSet")


def test_a_bucket_that_goes_while_it_is_asked_is_no_gap() -> None:
    gone = {**SHARED, "s3:GetBucketLocation": "NoSuchBucket"}
    assert swept(gone, replace(KNOWN, before=before(SHARED))).gaps == ()


def test_what_came_between_a_proof_and_the_next_apply_is_not_taken_for_older() -> None:
    groups = {"logs:DescribeLogGroups": {"logGroups": [{"logGroupName": one} for one in ("shop/x", "other")]}}
    first = before()
    again = inventory(
        Account(groups), LISTINGS, [REGION], replace(ASKED, at=AT + timedelta(hours=1)),
        without=lambda thing: thing.key not in first.keys and bool(KNOWN.named(thing)),
    )  # fmt: skip
    found = swept({**groups, "logs:ListTagsLogGroup": {"tags": {}}}, replace(KNOWN, before=again))
    assert list(left(found)) == ["aws_cloudwatch_log_group shop/x"]
