"""Two definitions of one thing: the same logical name in two templates, two stories, or a source and its stale copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from launchbook.model import Fact, Facts
from launchbook.patterns import regex
from launchbook.repo.environments import named_environment

_KIND_WORDS = regex(r"(queue|rule|topic|bucket|table|function|loggroup|logs|group|schedule|resource)+$")
_HASH = regex(r"[0-9A-F]{8}$")


def logical(fact: Fact) -> str:
    """What its file calls a resource, without the words of its type: ``JobsQueue`` and ``jobs`` are alike."""
    return _plain_name(fact.id.partition("#")[2])


@lru_cache(maxsize=10_000)  # asked anew for everything that is compared
def _plain_name(address: str) -> str:
    last = re.sub(r"\[.*\]$", "", address).rpartition(".")[2]
    plain = re.sub(r"[^a-z0-9]", "", _HASH.sub("", last).lower())
    return _KIND_WORDS.sub("", plain) or plain


def twins(facts: Facts, *kinds: str) -> Iterator[tuple[Fact, Fact]]:
    """Pairs that one deployment at most can mean, sources before copies."""
    found = [fact for kind in kinds for fact in facts.seen(kind) if fact.origin in ("source", "generated")]
    groups: dict[str, list[Fact]] = {}
    for fact in found:
        for key in dict.fromkeys((logical(fact), f"name {fact.name}")):  # in one order, run for run
            groups.setdefault(key, []).append(fact)
    seen: set[tuple[str, str]] = set()
    for group in groups.values():
        for at, one in enumerate(group[:50]):
            for other in group[at + 1 : 50]:
                pair = (min(one.id, other.id), max(one.id, other.id))
                if pair not in seen and _exclude(one, other):
                    seen.add(pair)
                    yield (one, other) if one.origin == "source" else (other, one)


def _exclude(one: Fact, other: Fact) -> bool:
    """Whether two facts of one logical name are two ways to say the same, not two things beside each other."""
    if one.where.file == other.where.file or "source" not in (one.origin, other.origin):
        return False
    templates = "cloudformation_type" in one.attributes, "cloudformation_type" in other.attributes
    if templates == (False, False):
        return False  # Terraform: one folder is one module, two folders are two roots
    folders = one.where.file.rpartition("/")[0], other.where.file.rpartition("/")[0]
    if one.origin == other.origin and templates[0] == templates[1] and folders[0] != folders[1]:
        return False
    return named_environment(one.where.file) == named_environment(other.where.file)
