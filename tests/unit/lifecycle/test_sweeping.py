"""What makes a thing this platform's, and what a certificate may say: on listings as data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from launchbook.collect.declare import Call
from launchbook.collect.engine import Asked
from launchbook.collect.reader import ReadFailed
from launchbook.lifecycle.certificate import Certificate, Leftover, markdown, text
from launchbook.lifecycle.cost import cost_of
from launchbook.lifecycle.inventory import LISTINGS
from launchbook.lifecycle.inventory.before import (
    Before,
    inventory,
    keep_before,
    load_before,
    mark_done,
    needed,
)
from launchbook.lifecycle.judge import moment
from launchbook.lifecycle.known import Known
from launchbook.lifecycle.parts import PART_OF
from launchbook.lifecycle.sweep import sweep
from launchbook.model import Gap, Where
from tests.unit.lifecycle.absence import AT, certificate, saved

REGION = "eu-west-1"
ASKED = Asked("123456789012", "live", AT)
SOME = tuple(
    one
    for one in LISTINGS
    if one.type in ("aws_eip", "aws_vpc", "aws_internet_gateway", "aws_cloudwatch_log_group", "aws_kms_key")
)


class Account:
    """Answers listings from data; what it has no data for is an empty list."""

    def __init__(self, tags: Mapping[str, Mapping[str, str]] | None = None, **answers: Any) -> None:
        self.answers, self.tags = answers, tags or {}

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        if call.operation == "ListTagsLogGroup":
            yield {"tags": self.tags.get(parameters["logGroupName"], {})}
            return
        found = self.answers.get(call.operation, [])
        if isinstance(found, str):
            raise ReadFailed(call, found, "said AWS")
        if call.operation == "GetCallerIdentity":
            yield {"Account": ASKED.account}
        elif call.operation == "DescribeKey":
            yield {"KeyMetadata": next(one for one in found if one["KeyId"] == parameters["KeyId"])}
        else:
            yield {call.each: found}


def group(name: str, created: datetime = AT) -> dict[str, Any]:
    return {"logGroupName": name, "creationTime": int(created.timestamp() * 1000), "storedBytes": 2 * 10**9}


def swept(known: Known, tags: Mapping[str, Mapping[str, str]] | None = None, **answers: Any) -> Certificate:
    return sweep(Account(tags, **answers), known, [REGION], ASKED, listings=SOME)


def before(**answers: Any) -> Before:
    return inventory(Account(**answers), SOME, [REGION], ASKED)


KNOWN = Known(
    "shop", tags={"Project": "shop"}, run_tag="Run", runs=frozenset({"r1"}), names=("shop", "/ecs/shop")
)


def whys(found: Certificate) -> dict[str, tuple[str, ...]]:
    return {one.id: one.why for one in found.left}


def test_a_thing_is_suspected_by_state_tag_name_and_age() -> None:
    names = ("held", "marked", "/ecs/shop/api", "fresh", "older")
    known = replace(
        KNOWN,
        before=before(DescribeLogGroups=[group("older"), group("held"), group("marked")]),
        saved=(saved("aws_cloudwatch_log_group", "held"),),
    )
    found = swept(
        known,
        DescribeLogGroups=[group(one) for one in names],
        GetResources=[],
    )
    assert whys(found) == {
        "held": ("in a saved state of this platform",),
        "/ecs/shop/api": (
            "its name begins with /ecs/shop",
            "not there before the first apply (2026-03-01 12:00 UTC)",
        ),
        "fresh": ("not there before the first apply (2026-03-01 12:00 UTC)",),
    }
    assert found.not_ours == {"aws_cloudwatch_log_group": 2}


def test_tags_count_wherever_they_are_read() -> None:
    eips = [
        {"AllocationId": "a", "PublicIp": "1.1.1.1", "Tags": [{"Key": "Run", "Value": "r1"}]},
        {"AllocationId": "b", "PublicIp": "1.1.1.2", "Tags": [{"Key": "Run", "Value": "of-others"}]},
        {"AllocationId": "c", "PublicIp": "1.1.1.3", "Tags": [{"Key": "Project", "Value": "shop"}]},
    ]
    found = swept(
        replace(KNOWN, since=AT), {"plain": {"Project": "shop"}},
        DescribeAddresses=eips, DescribeLogGroups=[group("plain"), group("other")],
    )  # fmt: skip
    assert whys(found) == {
        "a": ("tagged Run=r1",),
        "c": ("tagged Project=shop",),
        "plain": ("tagged Project=shop",),
    }


def test_what_was_created_before_the_first_run_is_older_even_without_an_inventory() -> None:
    known = replace(KNOWN, since=AT)
    old, new = group("old", AT - timedelta(days=1)), group("new", AT + timedelta(minutes=1))
    assert swept(known, DescribeLogGroups=[old]).verdict == "PROVEN EMPTY"
    found = swept(known, DescribeLogGroups=[old, new])
    assert (found.verdict, found.not_ours) == ("UNPROVEN", {"aws_cloudwatch_log_group": 2})
    assert "aws_cloudwatch_log_group new" in found.gaps[0].hint
    assert "old" not in found.gaps[0].hint


def test_a_name_that_was_there_before_is_somebody_elses() -> None:
    known = replace(KNOWN, before=before(DescribeLogGroups=[group("shop-of-others")]))
    assert swept(known, DescribeLogGroups=[group("shop-of-others")]).verdict == "PROVEN EMPTY"


def test_what_could_not_be_listed_before_cannot_be_told_now() -> None:
    known = replace(KNOWN, before=before(DescribeLogGroups="AccessDenied"))
    found = swept(known, DescribeLogGroups=[group("somebodys")])
    assert (found.verdict, found.left) == ("UNPROVEN", ())


def test_a_listing_that_fails_is_a_gap_that_names_the_permission() -> None:
    found = swept(replace(KNOWN, before=before()), DescribeAddresses="UnauthorizedOperation")
    assert (found.verdict, found.exit_code) == ("UNPROVEN", 3)
    assert [gap.hint for gap in found.gaps] == ["allow ec2:DescribeAddresses"]
    assert [one.type for one in found.queries if one.failed] == ["aws_eip"]


def test_tags_that_may_not_be_read_leave_it_open() -> None:
    class Refusing(Account):
        def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
            if call.operation == "ListTagsLogGroup":
                raise ReadFailed(call, "AccessDenied", "no")
            yield from super().read(call, region, parameters)

    found = sweep(Refusing(DescribeLogGroups=[group("x")]), KNOWN, [REGION], ASKED, listings=SOME)
    assert "allow logs:ListTagsLogGroup" in {gap.hint for gap in found.gaps}


def test_the_accounts_own_network_and_keys_are_no_leftovers() -> None:
    found = swept(
        replace(KNOWN, before=before()),
        DescribeVpcs=[{"VpcId": "vpc-default", "IsDefault": True}],
        DescribeInternetGateways=[{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-default"}]}],
        ListKeys=[{"KeyId": "k"}],
        DescribeKey=[{"KeyId": "k", "KeyManager": "AWS", "KeyState": "Enabled"}],
    )
    assert (found.verdict, found.not_ours) == ("PROVEN EMPTY", {})


def test_the_key_behind_an_alias_of_aws_is_the_accounts_own() -> None:
    kinds = tuple(one for one in LISTINGS if one.type in ("aws_kms_key", "aws_kms_alias"))
    keys = [{"KeyId": key, "KeyManager": "CUSTOMER", "KeyState": "Enabled"} for key in ("k", "own")]
    aliases = [
        {"AliasName": "alias/aws/rds", "AliasArn": "arn:1", "TargetKeyId": "k"},
        {"AliasName": "alias/aws/unused", "AliasArn": "arn:2"},
    ]
    account = Account(ListKeys=keys, DescribeKey=keys, ListAliases=aliases)
    known = replace(KNOWN, before=inventory(Account(), kinds, [REGION], ASKED))
    assert set(whys(sweep(account, known, [REGION], ASKED, listings=kinds))) == {"own"}


def test_a_gateway_of_another_network_is_a_leftover() -> None:
    gateway = {"InternetGatewayId": "igw-2", "Attachments": [{"VpcId": "vpc-other"}]}
    assert set(whys(swept(replace(KNOWN, before=before()), DescribeInternetGateways=[gateway]))) == {"igw-2"}


def test_a_key_on_its_way_out_is_left_and_free() -> None:
    key = {
        "KeyId": "k",
        "KeyManager": "CUSTOMER",
        "KeyState": "PendingDeletion",
        "DeletionDate": "2026-03-08",
    }
    (left,) = swept(replace(KNOWN, before=before()), ListKeys=[{"KeyId": "k"}], DescribeKey=[key]).left
    assert (left.cost.monthly, left.goes_on) == (Decimal("0.00"), "2026-03-08")
    assert left.note == "AWS deletes it on 2026-03-08, free until then: nothing hastens that"


def test_a_saved_type_that_nobody_lists_leaves_it_open() -> None:
    held = (
        saved("aws_msk_cluster", "events"),
        saved("aws_kms_key", "k"),
        saved("random_id", "r"),
    )
    found = swept(replace(KNOWN, before=before(), saved=held))
    assert (found.looked_for, found.saved) == (1, 2)
    assert [gap.what for gap in found.gaps] == [
        "aws_msk_cluster: no listing of it is known, and 1 of it were made"
    ]


@pytest.mark.parametrize(
    ("kind", "saved_id", "operation", "listed"),
    [
        ("aws_budgets_budget", "123456789012:month", "DescribeBudgets", {"BudgetName": "month"}),
        ("aws_route53_zone", "Z1", "ListHostedZones", {"Id": "/hostedzone/Z1", "Name": "example.com."}),
        ("aws_kinesis_stream", "arn:aws:kinesis:eu-west-1:1:stream/s", "ListStreams", "s"),
        ("aws_key_pair", "door", "DescribeKeyPairs", {"KeyPairId": "key-1", "KeyName": "door"}),
        ("aws_vpc", "vpc-1", "DescribeVpcs", {"VpcId": "vpc-1", "IsDefault": False}),
    ],
)
def test_a_saved_id_is_found_in_whatever_form_its_service_lists_it(
    kind: str, saved_id: str, operation: str, listed: object
) -> None:
    account = Account(GetCallerIdentity=[], **{operation: [listed]})
    one = tuple(each for each in LISTINGS if each.type == kind)
    (left,) = sweep(
        account, replace(KNOWN, saved=(saved(kind, saved_id),)), [REGION], ASKED, listings=one
    ).left
    assert left.why == ("in a saved state of this platform",)


def test_every_part_is_gone_with_something_that_is_listed() -> None:
    assert {whole for whole, _ in PART_OF.values()} <= {one.type for one in LISTINGS}


def test_an_inventory_reads_back_and_is_taken_anew_once_nothing_is_left(tmp_path: Any) -> None:
    assert needed(tmp_path)
    first = before(DescribeLogGroups=[group("a")])
    keep_before(tmp_path, first)
    assert load_before(tmp_path) == first
    assert not needed(tmp_path)
    mark_done(tmp_path, AT)
    assert needed(tmp_path)
    keep_before(tmp_path, first)
    assert not needed(tmp_path)


@pytest.mark.parametrize(
    "value", ["2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00", 1772366400, "1772366400", 1772366400000]
)
def test_times_are_read_in_every_form_that_services_give(value: object) -> None:
    assert moment(value) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert moment("soon") is None


LEFT = Leftover(
    "aws_eip", "eipalloc-1", REGION, ("tagged Project=shop",), cost_of("aws_eip", {}, REGION), "1.2.3.4"
)
UNPRICED = Leftover("aws_eks_thing", "x|y", REGION, ("new",), cost_of("aws_eks_thing", {}, REGION))
GAP = Gap(
    where=Where(account="1", region=REGION),
    what="ec2:DescribeAddresses: Denied",
    hint="allow ec2:DescribeAddresses",
)


def test_the_three_verdicts_and_their_exit_codes() -> None:
    empty, open_, left = certificate(), certificate(gaps=[GAP]), certificate(left=[LEFT], gaps=[GAP])
    assert [(one.verdict, one.exit_code, one.proven_empty) for one in (empty, open_, left)] == [
        ("PROVEN EMPTY", 0, True),
        ("UNPROVEN", 3, None),
        ("LEFT", 1, False),
    ]
    assert replace(empty, queries=()).verdict == "UNPROVEN"


def test_the_text_is_for_the_person_who_pays() -> None:
    said = text(certificate(left=[UNPRICED, LEFT]))
    assert said.index("aws_eip") < said.index("aws_eks_thing")
    assert "$3.65  aws_eip eipalloc-1 (1.2.3.4)" in said
    assert "?  aws_eks_thing" in said
    assert "2 things are left, at $3.65 a month and 1 without a known price" in said


def test_the_page_names_every_question_gap_and_limit() -> None:
    page = markdown(certificate(left=[UNPRICED], gaps=[GAP], before=None))
    assert "| aws_eip | ec2:DescribeAddresses | eu-west-1 | not answered |" in page
    assert "To settle it: allow ec2:DescribeAddresses" in page
    assert "No inventory was taken" in page
    assert "x\\|y" in page


def test_the_data_is_json_and_says_what_is_not_priced() -> None:
    data = json.loads(json.dumps(certificate(left=[LEFT, UNPRICED]).to_json()))
    assert (data["monthly_cost"], data["unpriced"], data["verdict"]) == (3.65, 1, "LEFT")
    assert data["left"][0]["monthly_cost"] == 3.65
    assert data["left"][1]["monthly_cost"] is None
