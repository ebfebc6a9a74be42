"""A paste that looks whole and is not, or is of somebody else: what it may hide is never taken for nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from launchbook.check import evaluate
from launchbook.checks import checks
from launchbook.collect import collectors
from launchbook.collect.pasted import read_pasted
from launchbook.collect.pasted_account import account_of
from launchbook.errors import UsageError
from launchbook.model import Facts
from launchbook.redact import pseudonym

ALL = list(collectors().values())
OURS, THEIRS = "111111111111", "222222222222"
COMMAND = "rds describe-db-instances --region eu-west-1"


def database(account: str = OURS, name: str = "shop") -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": f"arn:aws:rds:eu-west-1:{account}:db:{name}",
        "MultiAZ": True,
        "ReadReplicaDBInstanceIdentifiers": [],
    }


WHOLE = {"DBInstances": [database()]}
CUT = json.dumps({"DBInstances": [database(), database(name="other")]})[:-60]


def said(command: str, answer: object) -> str:
    return f"$ aws {command}\n{answer if isinstance(answer, str) else json.dumps(answer)}\n"


def identity(account: str) -> str:
    return said(
        "sts get-caller-identity",
        {"Account": account, "Arn": f"arn:aws:iam::{account}:user/a", "UserId": "x"},
    )


def read(*texts: str) -> Facts:
    named = {f"{number}.txt": text for number, text in enumerate(texts)}
    return read_pasted(named, ALL, datetime(2026, 1, 2, tzinfo=UTC))


def statuses(facts: Facts) -> list[str]:
    found = evaluate([checks()["rds-multi-az"]], facts, today=date(2026, 1, 2))
    return sorted(finding.status for finding in found)


def test_a_whole_answer_of_one_account_is_judged() -> None:
    assert statuses(read(identity(OURS), said(COMMAND, WHOLE))) == ["PASS"]
    assert statuses(read(identity(OURS), said(COMMAND, {"DBInstances": []}))) == ["NOT_APPLICABLE"]


@pytest.mark.parametrize(
    ("command", "answer", "why"),
    [
        (COMMAND, CUT, "its output is cut off"),
        (COMMAND, {"Topics": []}, "it is no answer to aws rds describe-db-instances"),
        (COMMAND, "[]", "it is no answer to aws rds describe-db-instances"),
        (COMMAND, "{}", "it is no answer to aws rds describe-db-instances"),
        (f"{COMMAND} --db-instance-identifier shop", WHOLE, "--db-instance-identifier kept a part"),
        (f"{COMMAND} --max-items 1", WHOLE, "--max-items kept a part"),
        (f"{COMMAND} | head -40", WHOLE, "| head kept a part"),
        (f"{COMMAND} | jq '.DBInstances |= .[:1]'", WHOLE, "| jq kept a part"),
        (f"{COMMAND} --no-paginate", {**WHOLE, "Marker": "abc"}, "more pages follow"),
        (COMMAND, {**WHOLE, "NextToken": "abc"}, "more pages follow"),
        (
            COMMAND,
            "An error occurred (AccessDenied) when calling the DescribeDBInstances operation: no",
            "rds:DescribeDBInstances: AccessDenied: the command failed when it was run",
        ),
    ],
)
def test_what_a_part_may_hide_is_unknown(command: str, answer: object, why: str) -> None:
    facts = read(identity(OURS), said(command, answer))
    assert "UNKNOWN" in statuses(facts)
    assert any(why in gap.what and gap.may_hide("aws_db_instance") for gap in facts.gaps)


@pytest.mark.parametrize(
    "pipe", ["", " | jq .", " | cat", " | python -m json.tool", " --no-cli-pager --color off"]
)
def test_what_only_shows_an_answer_keeps_it_whole(pipe: str) -> None:
    assert statuses(read(identity(OURS), said(f"{COMMAND}{pipe}", WHOLE))) == ["PASS"]


def test_an_identity_of_another_account_vouches_for_nothing() -> None:
    facts = read(identity(THEIRS), said(COMMAND, WHOLE))
    assert statuses(facts) == ["PASS", "UNKNOWN"]
    assert facts.gaps[0].what == f"aws_db_instance shop is of account {OURS}, and the identity of {THEIRS}"


def test_two_identities_leave_everything_open() -> None:
    facts = read(identity(OURS), said(COMMAND, WHOLE), identity(THEIRS))
    assert statuses(facts) == ["PASS", "UNKNOWN"]
    assert facts.gaps[0].hides == ("*",)
    assert f"{OURS} and {THEIRS}" in str(facts.gaps[0].where)


@pytest.mark.parametrize("pinned", ["", OURS])
def test_the_account_of_a_paste_is_told_and_may_be_the_pinned_one(pinned: str) -> None:
    assert account_of(read(identity(OURS), said(COMMAND, WHOLE)), pinned) == OURS


def test_a_bundles_pseudonym_stands_for_the_pinned_account() -> None:
    bundle = read(identity(pseudonym(OURS)))
    assert account_of(bundle, OURS) == pseudonym(OURS)


def test_a_paste_of_another_account_than_the_pinned_one_is_refused() -> None:
    with pytest.raises(UsageError, match=f"what was pasted is of account {THEIRS}"):
        account_of(read(identity(THEIRS)), OURS)
