"""Less known never reads as better: each attribute of each case in turn is taken as unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from launchbook.checks import checks, recovery
from tests.unit.checks.loader import Case, judged, statuses
from tests.unit.checks.test_cases import ALL

CHECKS = checks()
UNREAD = {"unread": "nobody read it"}
#: Lists of words and files' own findings, of which these checks still pass over a part that was not read.
OPEN = {
    *("health-check-cannot-fail", "health-path-rate-limited", "open-administration-port"),
    *("private-variable-public", "regions-agree", "remote-state"),
    *("role-may-do-everything", "topic-policy-excludes-publisher", "url-given-an-arn"),
}


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


def less_known(case: Case) -> Iterator[tuple[str, Case]]:
    """Every version of a case of which one attribute was not read: one that it has, or that another case has."""
    others = [one for each in ALL if each.check == case.check for one in each.entries if "type" in one]
    for number, entry in enumerate(case.entries):
        if "type" not in entry:
            continue
        kind = entry["type"]
        names = set().union(*(attributes(one) for one in others if one["type"] == kind))
        for name in sorted(names):
            for path, less in unread_once(entry.get(name), name):
                entries = [*case.entries[:number], {**entry, name: less}, *case.entries[number + 1 :]]
                yield f"{path} of {kind} {number}", replace(case, entries=tuple(entries))


def passing(name: str) -> list[str]:
    """What a check takes as good once it is not read."""
    return [
        f"{case.name}: {what}"
        for case in ALL
        if case.check == name and case.status in ("FAIL", "UNKNOWN")
        for what, less in less_known(case)
        if "PASS" in statuses(judged(CHECKS[name], less.facts(), less.subject))
    ]


@pytest.mark.parametrize("name", sorted(set(CHECKS) - OPEN))
def test_an_attribute_that_was_not_read_makes_nothing_pass(name: str) -> None:
    assert passing(name) == []


@pytest.mark.xfail(reason="it passes over a part that was not read", strict=True)
@pytest.mark.parametrize("name", sorted(OPEN))
def test_what_still_passes_over_an_unread_part(name: str) -> None:
    assert passing(name) == []
