"""Less known never reads as better or worse: what a check says of less is what it said, or that it does not know.

Each part of each attribute of each case in turn is taken as unread, and each companion as hidden by a read that failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from launchbook.checks import checks, recovery
from launchbook.model import Fact, Facts, Gap, Where
from tests.unit.checks.loader import TODAY, Case, judged, statuses
from tests.unit.checks.test_cases import ALL

CHECKS = checks()
UNREAD = {"unread": "nobody read it"}


@pytest.fixture(autouse=True)
def a_program_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records count when a program of ours wrote them; for the cases there is one."""
    monkeypatch.setattr(recovery, "PRODUCERS", frozenset({"a program of ours"}))


def unread_once(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every version of a value in which one part, of any depth, was not read."""
    yield path, UNREAD
    if isinstance(value, Mapping) and not {"ref", "unread"} & set(value):
        for key, inner in value.items():
            yield from ((where, {**value, key: less}) for where, less in unread_once(inner, f"{path}.{key}"))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            for where, less in unread_once(inner, f"{path}.{index}"):
                yield where, [*value[:index], less, *value[index + 1 :]]


def attributes(entry: Mapping[str, Any]) -> set[str]:
    return {key for key in entry if key == "_type" or not (key == "type" or key.startswith("_"))}


def entries_of(check: str) -> list[Mapping[str, Any]]:
    return [one for each in ALL if each.check == check for one in each.entries if "type" in one]


def with_an_unread_part(case: Case) -> Iterator[tuple[str, Facts]]:
    """Every version of a case of which one attribute was not read: one that it has, or that another case has."""
    others = entries_of(case.check)
    for number, entry in enumerate(case.entries):
        if "type" not in entry:
            continue
        kind = entry["type"]
        names = set().union(*(attributes(one) for one in others if one["type"] == kind))
        for name in sorted(names):
            for path, less in unread_once(entry.get(name), name):
                entries = [*case.entries[:number], {**entry, name: less}, *case.entries[number + 1 :]]
                yield f"{path} of {kind} {number}", replace(case, entries=tuple(entries)).facts()


def with_a_hidden_kind(case: Case) -> Iterator[tuple[str, Facts]]:
    """Every version of a case in which a failed read may hide a kind, and one fact of it, or none, was missed."""
    whole = case.facts()
    subject = next(fact for fact in whole if fact.id == case.subject)
    for kind in sorted({one["type"] for one in entries_of(case.check)}):
        seen = [fact for fact in whole if fact.type == kind and fact is not subject]
        yield f"{kind} may be hidden", without(whole, kind, subject, None)
        for fact in seen:
            yield f"{kind} {fact.id} is hidden", without(whole, kind, fact, fact)


def without(whole: Facts, kind: str, near: Fact, missed: Fact | None) -> Facts:
    """The same facts when the read failed that would have shown one: of its file, or of its account's listing."""
    file, account = Where(near.where.file, 1), Where(account="1", region="eu-west-1")
    gap = Gap(
        where=file if near.where.file else account, what="it was not read", hint="ask again", hides=(kind,)
    )
    return Facts(
        [fact for fact in whole if fact is not missed],
        [*whole.gaps, gap],
        [one for one in whole.relations if missed is None or one.source != missed.id],
        whole.complete if near.where.file else whole.complete - {kind},
        whole.files,
        TODAY,
    )


def turned(name: str) -> list[str]:
    """What a check says of less that it did not say of all: that it does not know is the only other answer."""
    one = CHECKS[name]
    found = []
    for case in ALL:
        if case.check != name:
            continue
        said = statuses(judged(one, case.facts(), case.subject)) | {"UNKNOWN"}
        for what, less in (*with_an_unread_part(case), *with_a_hidden_kind(case)):
            turns = statuses(judged(one, less, case.subject)) - said
            found += [f"{case.name}: {turn} when {what}" for turn in sorted(turns)]
    return found


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_less_known_turns_no_verdict(name: str) -> None:
    assert turned(name) == []


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_less_known_never_makes_a_check_fail_itself(name: str) -> None:
    one = CHECKS[name]
    crashed = [
        f"{case.name}: {finding.why} when {what}"
        for case in ALL
        if case.check == name
        for what, less in (*with_an_unread_part(case), *with_a_hidden_kind(case))
        for finding in judged(one, less, case.subject)
        if "the check itself failed" in finding.why
    ]
    assert crashed == []
