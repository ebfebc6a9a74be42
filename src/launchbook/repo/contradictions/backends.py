"""Ingresses that send requests to a service which no file makes, where files make others."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Evidence, Facts, Finding
from launchbook.repo.contradictions._ends import differing


def contradict(facts: Facts) -> Iterator[Finding]:
    """Each such service once, with every place that sends requests to it and a service that there is."""
    if any({"*", "kubernetes_service_v1"} & set(gap.hides) for gap in facts.gaps):
        return  # what was not read may make it
    services = [fact for fact in facts.seen("kubernetes_service_v1") if fact.origin == "source"]
    ghosts: dict[str, list[Evidence]] = {}
    for link in facts.relations:
        ingress = facts.find(link.source) if link.kind == "backend" and not link.resolved else None
        if ingress is not None and ingress.origin == "source":
            ghosts.setdefault(link.target, []).append(Evidence(str(link.where), ingress.level, link.target))
    for name, ends in ghosts.items():
        if services and name not in {service.name for service in services}:
            ends += [Evidence(str(one.where), one.level, one.name) for one in services[:1]]
            why = f"requests are sent to the service {name}, which nothing in these files makes"
            yield differing("backend", why, f"service {name}", ends)
