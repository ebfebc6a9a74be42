"""Origins: a distribution that serves from a host which nothing here deploys, while something else is deployed."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Evidence, Fact, Facts, Finding
from launchbook.repo.contradictions._ends import differing, end

#: Hosts that a hosting platform gives to what it serves: whoever deploys elsewhere does not answer there.
_PLATFORMS = (
    *(".vercel.app", ".now.sh", ".netlify.app", ".pages.dev", ".herokuapp.com", ".onrender.com", ".fly.dev"),
    *(".up.railway.app", ".github.io", ".web.app", ".firebaseapp.com", ".surge.sh"),
)


def contradict(facts: Facts) -> Iterator[Finding]:
    """Each unresolved origin host beside the hosts that these files do deploy, or beside the platform where no file
    has a host of it."""
    hosts = [one for fact in facts for one in _hosts(fact)]
    applications = [
        end(fact, "platform", f"AWS Amplify ({fact.name})")
        for fact in facts.seen("aws_amplify_app")
        if fact.origin == "source"
    ]
    for relation in facts.relations:
        if relation.kind != "origin" or relation.resolved:
            continue
        fact = facts.find(relation.source)
        if fact is None or fact.origin != "source" or relation.target.endswith(".amazonaws.com"):
            continue
        deployed = hosts or (applications if relation.target.lower().endswith(_PLATFORMS) else [])
        if not deployed:
            continue
        ends = [
            Evidence(str(relation.where), fact.level, relation.target),
            *_defaults(facts, fact, relation.target),
        ]
        told = ", ".join(str(one.value) for one in deployed[:3])
        verb = "answers at" if hosts else "goes to"
        why = f"{fact.name} serves from {relation.target}; what these files deploy {verb} {told}"
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
