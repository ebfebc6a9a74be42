"""A thing of our name may be a neighbour's: its tags and the inventory tell, and what a state held is ours."""

from __future__ import annotations

import pytest

from launchbook.lifecycle.others import Others
from launchbook.model import Fact, Where, make_fact

OTHERS = Others(
    ours=frozenset({"kiosk-jobs"}),
    before=frozenset({("aws_sqs_queue", "kiosk-old"), ("aws_sqs_queue", "kiosk-jobs")}),
    tagged={"arn:kiosk-neighbour": "App=other", "arn:kiosk-jobs": "App=other"},
)


def queue(name: str, kind: str = "aws_sqs_queue") -> Fact:
    return make_fact(kind, id=f"arn:{name}", name=name, where=Where(account="1"), attributes={})


def named(fact: Fact) -> bool:
    return fact.name.startswith("kiosk")


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (queue("kiosk-neighbour"), "tagged App=other"),
        (queue("kiosk-old"), "there before the first apply"),
        (queue("kiosk-old", "aws_sns_topic"), ""),
        (queue("kiosk-new"), ""),
        (queue("kiosk-jobs"), ""),
    ],
)
def test_a_neighbours_thing_is_not_judged(fact: Fact, why: str) -> None:
    assert OTHERS.why(fact) == why
    assert OTHERS.judged(named)(fact) is not bool(why)


def test_what_is_not_judged_is_said() -> None:
    facts = [queue(name) for name in ("kiosk-neighbour", "kiosk-old", "kiosk-new", "else")]
    assert OTHERS.said(facts, named) == (
        "not judged, though named like it: kiosk-neighbour (tagged App=other), "
        "kiosk-old (there before the first apply)"
    )
    assert OTHERS.said(facts[2:], named) == ""
