"""What files declare and the account, listed to its end, has not: nothing is said of how it is now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from launchbook.check import evaluate
from launchbook.checks import checks
from launchbook.collect import collectors
from launchbook.model import Fact, Facts, Finding, Level, Where
from launchbook.repo import discover
from launchbook.settle import settled

ROOT = Path(__file__).parents[3]
TREES = ("examples/huntaze", "examples/huntaze-ready", "infra/aws-v3", "examples/small")
LISTED = sorted({one.kind for one in collectors().values()})
LEVELS: tuple[Level, ...] = ("document", "static", "plan")


@pytest.fixture(scope="module")
def declared() -> Facts:
    return sum((discover(ROOT / tree).facts for tree in TREES), Facts())


def beside_an_empty_account(declared: Facts, level: Level) -> Facts:
    """What files of a level declare, and an account in which nothing of it is."""
    facts = [replace(fact, level=level) for fact in declared]
    return Facts(
        facts, declared.gaps, declared.relations, LISTED, declared.files, now=datetime(2026, 5, 1, tzinfo=UTC)
    )


def judged(facts: Facts, regions: Iterable[str] = ()) -> list[Finding]:
    return settled(evaluate(checks().values(), facts, today=date(2026, 5, 1)), facts, tuple(regions))


@pytest.mark.parametrize("level", LEVELS)
def test_no_text_speaks_of_what_only_the_account_could_have_told(declared: Facts, level: Level) -> None:
    found = judged(beside_an_empty_account(declared, level))
    assert len({one.check for one in found}) == len(checks())
    assert (
        sorted({(one.check, one.status, one.why) for one in found if "None" in f"{one.why} {one.settle}"})
        == []
    )


def test_each_level_of_files_fails_on_the_same(declared: Facts) -> None:
    failing = [
        {
            (one.check, one.subject)
            for one in judged(beside_an_empty_account(declared, level))
            if one.status == "FAIL"
        }
        for level in LEVELS
    ]
    assert failing[0] == failing[1] == failing[2]


def service(name: str) -> Fact:
    return Fact(
        type="aws_ecs_service", id="main.tf#aws_ecs_service.web", name=name, where=Where(file="main.tf", line=3),
        attributes={"name": name, "desired_count": 2},
    )  # fmt: skip


def test_what_the_account_lacks_is_said_with_where_it_was_looked_for() -> None:
    facts = Facts([service("shop-web")], complete=LISTED)
    [found] = [one for one in judged(facts, ["eu-west-1"]) if one.check == "ecs-running-as-desired"]
    assert found.status == "UNKNOWN"
    assert "the account has no aws_ecs_service shop-web (looked at eu-west-1)" in found.why
    assert "--region" in found.settle


def test_without_an_account_the_read_that_would_tell_is_named() -> None:
    [found] = [one for one in judged(Facts([service("shop-web")])) if one.check == "ecs-running-as-desired"]
    assert (found.status, found.settle) == ("UNKNOWN", "ecs:DescribeServices")
