"""Shared by the comparisons: an end is a value with its place, and a finding shows every end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from launchbook.model import Evidence, Fact, Facts, Finding
from launchbook.repo.environments import named_environment

#: Ends shown of one contradiction; more places that say the same add nothing.
MOST_ENDS = 12
_DULL = frozenset(
    {"the", "and", "every", "run", "runs", "with", "from", "for", "are", "aws", "production", "staging"}
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


def words(text: str) -> set[str]:
    """The telling words of a name."""
    return {word for word in re.split(r"[^a-z0-9]+", text.lower()) if len(word) > 2} - _DULL


def meant(claim: Fact, name: str) -> bool:
    """Whether a claim shares a telling word with a name, singular or plural."""
    said = claim.attributes.get("words")
    spoken = {str(word) for word in said} if isinstance(said, list) else set()
    return bool(words(name) & (spoken | {word.rstrip("s") for word in spoken}))


def conflicting(ends: Sequence[Evidence]) -> list[Evidence]:
    """The ends that cannot all be right: of one environment, or of none. Environments may differ on purpose."""
    groups: dict[str, list[Evidence]] = {}
    for one in ends:
        groups.setdefault(named_environment(one.source.rpartition(":")[0]), []).append(one)
    differing_ones = {name for name, some in groups.items() if len({str(one.value) for one in some}) > 1}
    return [one for one in ends if named_environment(one.source.rpartition(":")[0]) in differing_ones]
