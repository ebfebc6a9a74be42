"""Spring's relaxed binding: the environment variable ``ORDERS_QUEUEURL`` sets the property ``orders.queue-url``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.model import Fact, Facts, Relation, Setting
from launchbook.patterns import regex

_VARIABLE = regex(r"[A-Z][A-Z0-9_]*")


def relate(facts: Facts) -> Iterator[Relation]:
    """From each variable that is set to the property of that name in settings files, and to the code bound to it."""
    properties: dict[str, dict[str, Fact]] = {}
    for fact in facts.seen(Setting):
        if fact.origin == "source" and "." in fact.name and _spring(fact):
            properties.setdefault(relaxed(fact.name), {}).setdefault(fact.where.file, fact)
    if not properties:
        return
    seen: set[tuple[str, str]] = set()
    for fact in facts.seen(Setting):
        if fact.attributes.get("role") != "set" or not _VARIABLE.fullmatch(fact.name):
            continue
        for property_ in properties.get(relaxed(fact.name), {}).values():
            key = (f"{fact.where} {fact.name}", property_.id)
            if fact.origin == "source" and key not in seen:
                seen.add(key)
                yield Relation(
                    kind="reads-setting", source=fact.id, target=property_.id, where=property_.where
                )


def relaxed(name: str) -> str:
    """A name as Spring compares it: dots, dashes, underscores and case left out."""
    return re.sub(r"[._\-\[\]]", "", name).lower()


def _spring(fact: Fact) -> bool:
    return bool(fact.attributes.get("bound")) or fact.id.partition("#")[2].partition(":")[2].startswith(
        "set:"
    )
