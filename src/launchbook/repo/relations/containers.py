"""Health checks of containers as facts of their own: the command is what may be unable to fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from launchbook.model import Fact, Facts, Value, Where, make_fact
from launchbook.repo.wiring import place


def relate(facts: Facts) -> Iterator[Fact]:
    """One fact for each container of a task definition that has a health check."""
    for fact in facts.seen("aws_ecs_task_definition"):
        containers = fact.attributes.get("container_definitions")
        for number, container in enumerate(containers if isinstance(containers, list) else []):
            check = container.get("healthCheck") if isinstance(container, dict) else None
            if isinstance(container, dict) and isinstance(check, dict):
                yield _check(fact, number, str(container.get("name", number)), check)


def _check(fact: Fact, number: int, name: str, check: Mapping[str, Value]) -> Fact:
    path = f"container_definitions.{number}.healthCheck"
    at = place(fact, path)
    where = Where(file=at.file, line=at.line, region=fact.where.region)
    attributes: dict[str, Value] = {**check, "container": name, "of": fact.id}
    return make_fact(
        "container_health_check",
        id=f"{fact.id}.{name}.healthCheck",
        name=name,
        where=where,
        level=fact.level,
        origin=fact.origin,
        attributes=attributes,
        sources={"command": str(place(fact, f"{path}.command"))},
        condition=fact.condition,
        created=fact.created,
    )
