"""An account as canned answers, and a sweep of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from launchbook.collect.declare import Call
from launchbook.collect.engine import Asked
from launchbook.collect.reader import ReadFailed
from launchbook.lifecycle.certificate import Certificate
from launchbook.lifecycle.inventory import LISTINGS
from launchbook.lifecycle.inventory.before import Before, inventory
from launchbook.lifecycle.known import Known
from launchbook.lifecycle.sweep import sweep
from tests.unit.lifecycle.absence import AT

REGION = "eu-west-1"
ASKED = Asked("123456789012", "live", AT)
OURS = [{"Key": "Run", "Value": "r1"}, {"Key": "Project", "Value": "shop"}]


class Account:
    """Answers by ``service:Operation``: a page, or what gives one of the parameters; else with an empty list."""

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        self.answers, self.asked = answers or {}, list[str]()

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        name = f"{call.service}:{call.operation}"
        self.asked.append(name)
        held = self.answers.get(name)
        page = held(parameters) if callable(held) else held
        if isinstance(page, str):
            raise ReadFailed(call, page, "said AWS")
        if page is None and name == "sts:GetCallerIdentity":
            page = {"Account": ASKED.account}
        if page is None:
            page = {}
            *above, last = call.each.split(".")
            for part in above:
                page = {part: page}
            (page.setdefault(above[0], {}) if above else page)[last] = []
        yield page


def before(answers: Mapping[str, Any] | None = None) -> Before:
    return inventory(Account(answers), LISTINGS, [REGION], ASKED)


KNOWN = Known(
    "shop", tags={"Project": "shop"}, run_tag="Run", runs=frozenset({"r1"}), names=("shop",), before=before()
)  # fmt: skip


def swept(answers: Mapping[str, Any] | None = None, known: Known = KNOWN) -> Certificate:
    return sweep(Account(answers), known, [REGION], ASKED)


def left(found: Certificate) -> dict[str, tuple[str, ...]]:
    return {f"{one.type} {one.id}": one.why for one in found.left}


SHARED: dict[str, Any] = {
    "s3:ListBuckets": {"Buckets": [{"Name": "shared"}]},
    "s3:GetBucketLocation": {"LocationConstraint": REGION},
    "s3:GetBucketTagging": "NoSuchTagSet",
}
