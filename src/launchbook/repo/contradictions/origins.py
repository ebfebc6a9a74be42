"""Origins: a distribution that serves from a host which nothing here deploys, while something else is deployed."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Evidence, Fact, Facts, Finding
from launchbook.repo.contradictions._ends import differing, end


def contradict(facts: Facts) -> Iterator[Finding]:
    """Each unresolved origin host beside the hosts that these files do deploy."""
    deployed = [one for fact in facts for one in _hosts(fact)]
    for relation in facts.relations:
        if relation.kind != "origin" or relation.resolved or not deployed:
            continue
        fact = facts.find(relation.source)
        if fact is None or fact.origin != "source" or relation.target.endswith(".amazonaws.com"):
            continue
        ends = [
            Evidence(str(relation.where), fact.level, relation.target),
            *_defaults(facts, fact, relation.target),
        ]
        hosts = ", ".join(str(one.value) for one in deployed[:3])
        why = f"{fact.name} serves from {relation.target}; what these files deploy answers at {hosts}"
        yield differing("origin", why, fact.id, [*ends, *deployed])


def _hosts(fact: Fact) -> Iterator[Evidence]:
    domain = fact.attributes.get("domain")
    production = str(fact.attributes.get("stage", "PRODUCTION")).upper() == "PRODUCTION"
    if fact.type == "aws_amplify_branch" and isinstance(domain, str) and production:
        yield end(fact, "domain", domain)


def _defaults(facts: Facts, distribution: Fact, host: str) -> Iterator[Evidence]:
    """The parameter that the host comes from, in the same file."""
    for fact in facts.seen("parameter"):
        if fact.where.file == distribution.where.file and fact.attributes.get("default") == host:
            yield end(fact, "default", host)
