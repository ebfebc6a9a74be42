"""Settings by name, wherever a resource gives them to what it runs: containers, functions, build projects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from launchbook.model import Fact, Facts, Unread, Value, make_fact
from launchbook.redact import names_secret
from launchbook.repo.environments import canonical, is_environment
from launchbook.repo.hcl.either import Perhaps, entries
from launchbook.repo.wiring import place

_MAPS = ("environment", "environment_variables")


def relate(facts: Facts) -> Iterator[Fact]:
    """One setting for each name and place; a place that serves several resources counts once."""
    seen: set[tuple[str, str]] = set()
    for fact in facts:
        for name, path, source, unknown in _names(fact):
            where = place(fact, path)
            if (str(where), name) not in seen:
                seen.add((str(where), name))
                yield _setting(fact, name, path, source, unknown)


def _setting(fact: Fact, name: str, path: str, source: str, unknown: str) -> Fact:
    where = place(fact, path)
    attributes: dict[str, Value] = {
        "role": "set",
        "environment": _environment(fact),
        "secret": names_secret(name),
        "from": source,
        "of": fact.id,
    }
    return make_fact(
        "setting",
        id=f"{fact.id}.{path}",
        name=name,
        where=where,
        level=fact.level,
        origin=fact.origin,
        attributes=attributes,
        condition="; ".join(part for part in (fact.condition, unknown) if part),
        created=None if unknown and fact.created else fact.created,
    )


def _environment(fact: Fact) -> str:
    words = [word for word in fact.name.replace("_", "-").split("-") if is_environment(word)]
    return canonical(words[-1]) if words else ""


def _names(fact: Fact) -> Iterator[tuple[str, str, str, str]]:
    """Name, path, whether it comes from a secret store or the definition itself, and what it depends on."""
    containers = fact.attributes.get("container_definitions")
    for number, container in enumerate(containers if isinstance(containers, list) else []):
        for key, source in (("environment", "definition"), ("secrets", "secret")):
            entries = container.get(key) if isinstance(container, Mapping) else None
            for at, entry in enumerate(entries if isinstance(entries, list) else []):
                name = entry.get("name") if isinstance(entry, Mapping) else None
                if isinstance(name, str):
                    yield name, f"container_definitions.{number}.{key}.{at}.name", source, ""
    if fact.type.startswith("aws_") and "container_definitions" not in fact.attributes:
        for key in _MAPS:
            yield from _in_map(fact.attributes.get(key), key)


def _in_map(value: Value, path: str) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(value, list) and len(value) == 1:
        value, path = value[0], f"{path}.0"
    if isinstance(value, dict) and isinstance(variables := entries(value.get("variables")), dict):
        value, path = variables, f"{path}.variables"
    if isinstance(value, dict) and not isinstance(value.get("variables"), Unread):
        for name, item in value.items():
            yield name, f"{path}.{name}", "definition", item.reason if isinstance(item, Perhaps) else ""
