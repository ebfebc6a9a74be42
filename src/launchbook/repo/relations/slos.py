"""From an objective to the alert rule that it names."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Facts, Relation
from launchbook.repo.wiring import place


def relate(facts: Facts) -> Iterator[Relation]:
    """The document of objectives with each rule; a rule that no file has stays a name."""
    rules = {fact.name: fact for fact in facts.seen("prometheus_rule") if fact.origin == "source"}
    documents = {
        fact.where.file: fact for fact in facts.seen("document") if fact.attributes.get("kind") == "slo"
    }
    for objective in (fact for fact in facts if fact.type == "slo"):
        alert = objective.attributes.get("alert")
        if isinstance(alert, str) and alert:
            rule = rules.get(alert)
            source = documents.get(objective.where.file, objective)
            target = rule.id if rule else alert
            where = place(objective, "alert")
            yield Relation(
                kind="slo-alert", source=source.id, target=target, where=where, resolved=rule is not None
            )
