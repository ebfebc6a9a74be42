"""Shared by the comparisons: an end is a value with its place, and a finding shows every end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from launchbook.model import Evidence, Fact, Facts, Finding
from launchbook.repo.environments import canonical, is_environment, named_environment

#: Ends shown of one contradiction; more places that say the same add nothing.
MOST_ENDS = 12
#: An end with the environment that it is for; empty where it names none.
Placed = tuple[str, Evidence]
_DULL = frozenset(
    {"the", "and", "every", "run", "runs", "with", "from", "for", "are", "aws", "production", "staging"}
    | {"prod", "dev", "development", "test", "cron", "crons", "job", "jobs", "rule", "rules", "schedule"}
    | {"scheduled", "schedules", "task", "tasks", "queue", "queues", "api", "hourly", "daily", "nightly"}
    | {"weekly", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks"}
)


def end(fact: Fact, path: str, value: object) -> Evidence:
    """One end: the value at the place where the fact's attribute was read."""
    return Evidence(fact.source(path), fact.level, value)


def differing(about: str, why: str, subject: str, ends: Iterable[Evidence]) -> Finding:
    """A contradiction as a finding: every side of it as evidence, each place once."""
    unique = {(one.source, str(one.value)): one for one in ends}
    shown = list(unique.values())[:MOST_ENDS]
    sides = {str(one.value): one for one in reversed(unique.values())}
    shown += [one for value, one in sides.items() if value not in {str(other.value) for other in shown}]
    return Finding(
        check=f"contradiction-{about}",
        status="FAIL",
        severity="medium",
        subject=subject,
        why=why,
        evidence=tuple(shown),
        fix="Decide which one is right and correct the other.",
    )


def claims(facts: Facts, about: str) -> Iterator[Fact]:
    """What prose claims about one subject."""
    return (fact for fact in facts if fact.type == "claim" and fact.attributes.get("about") == about)


def spoken(claim: Fact) -> set[str]:
    """The words of a claim's sentence."""
    said = claim.attributes.get("words")
    return {str(word) for word in said} if isinstance(said, list) else set()


def words(text: str) -> set[str]:
    """The telling words of a name."""
    return _all_words(text) - _DULL


def common_words(facts: Facts) -> set[str]:
    """Words that a third of all resources are called by: the product's name, which tells none of them apart."""
    names = {
        fact.name
        for fact in facts
        if fact.origin == "source" and fact.type.startswith(("aws_", "kubernetes_")) and fact.created
    }
    counts = Counter(word for name in names for word in _all_words(name))
    return {word for word, count in counts.items() if count > 2 and count * 3 >= len(names)}


def meant(claim: Fact, name: str, common: Collection[str] = ()) -> bool:
    """Whether a claim shares a telling word with a name, singular or plural; else every word of it."""
    said = spoken(claim)
    said |= {word.rstrip("s") for word in said}
    telling = words(name) - set(common)
    return bool(telling & said) if telling else bool(_all_words(name)) and _all_words(name) <= said


def placed(fact: Fact, one: Evidence) -> Placed:
    """An end under the environment of its path; what prose says, under the one that its sentence names."""
    said = sorted({canonical(word) for word in spoken(fact) if is_environment(word) and word != "main"})
    if len(said) > 1:  # which of them has this value is not known: it stands alone
        return f"{one.source} {one.value}", one
    return said[0] if said else named_environment(one.source.rpartition(":")[0]), one


def conflicting(ends: Iterable[Placed]) -> list[Evidence]:
    """The ends that cannot all be right. Environments may differ on purpose.

    What names no environment is about production where that is known, and otherwise about any of them.
    """
    groups: dict[str, list[Evidence]] = {}
    for environment, one in ends:
        groups.setdefault(environment, []).append(one)
    at_odds = [one for some in groups.values() if len(_values(some)) > 1 for one in some]
    general = groups.pop("", [])
    meant_ones = groups.get("production") or [one for some in groups.values() for one in some]
    if meant_ones and not _values(general) <= _values(meant_ones):
        at_odds += [*general, *meant_ones]
    return list(dict.fromkeys(at_odds))


def _values(ends: Iterable[Evidence]) -> set[str]:
    return {str(one.value) for one in ends}


def _all_words(text: str) -> set[str]:
    return {word for word in re.split(r"[^a-z0-9]+", text.lower()) if len(word) > 2}
