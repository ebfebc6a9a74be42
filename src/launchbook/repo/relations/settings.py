"""From where a setting is set to the code that reads it."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact, Facts, Relation, Setting


def relate(facts: Facts) -> Iterator[Relation]:
    """Each place that sets a name with each file that reads it, once."""
    readers: dict[str, dict[str, Fact]] = {}
    for fact in facts.seen(Setting):
        if fact.attributes.get("role") == "read" and fact.origin == "source":
            readers.setdefault(fact.name, {}).setdefault(fact.where.file, fact)
    seen: set[tuple[str, str, str]] = set()
    for fact in facts.seen(Setting):
        if fact.attributes.get("role") != "set" or fact.origin != "source":
            continue
        for file, read in list(readers.get(fact.name, {}).items())[:20]:
            key = (fact.where.file, fact.name, file)
            if key not in seen:
                seen.add(key)
                yield Relation(kind="reads-setting", source=fact.id, target=read.id, where=read.where)
