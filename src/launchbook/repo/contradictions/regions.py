"""Regions: when stacks, scripts and documents name more than one, no single place says which is right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from launchbook.model import Evidence, Fact, Facts, Finding
from launchbook.patterns import regex
from launchbook.repo.contradictions._ends import claims, conflicting, differing, end, placed

_REGION = regex(r"[a-z]{2}(?:-gov)?-[a-z]+-\d")
_NAMED = regex(r"(?:^|_|aws)region$", re.I)


_REGIONAL = (
    "aws_amplify_app",
    "github_workflow",
    "cdk_stack",
    "aws_eks_cluster",
    "sdk_client",
    "aws_elastic_beanstalk_application",
)


def contradict(facts: Facts) -> Iterator[Finding]:
    """One finding with every place that names a region, if they name more than one."""
    ends = [placed(fact, one) for fact in facts for one in _ends(fact)]
    if ends:  # pages alone name nothing that runs anywhere
        claimed = claims(facts, "region")
        ends += [placed(claim, end(claim, "", claim.attributes.get("value"))) for claim in claimed]
        at_odds = conflicting(ends)
        if at_odds:
            yield differing("region", _told(facts, [one for _, one in ends]), "region", at_odds)
    yield from _state_buckets(facts)


def _told(facts: Facts, ends: Iterable[Evidence]) -> str:
    """Every region with the number of places that name it, and the regions that nothing was compared with."""
    counts = Counter(str(value) for _, value in sorted({(one.source, str(one.value)) for one in ends}))
    places = ", ".join(f"{one} in {counts[one]} place{'s' * (counts[one] > 1)}" for one in sorted(counts))
    told = f"the files name {len(counts)} regions: {places}"
    ours = (fact for fact in facts if fact.origin in ("source", "generated"))
    others = sorted({fact.where.region for fact in ours if fact.where.region} - set(counts))
    return f"{told}; also declared, and not compared: {', '.join(others)}" if others else told


def _state_buckets(facts: Facts) -> Iterator[Finding]:
    """A bucket lies in one region: two backends that name it cannot both be right."""
    buckets: dict[str, list[Evidence]] = {}
    for backend in facts.seen("terraform_backend"):
        bucket = backend.attributes.get("bucket")
        if isinstance(bucket, str) and backend.origin == "source":
            buckets.setdefault(bucket, []).extend(_one(backend, "region"))
    for bucket, ends in buckets.items():
        if len({str(one.value) for one in ends}) > 1:
            yield differing("region", f"the state bucket {bucket} cannot be in two regions", bucket, ends)


def _ends(fact: Fact) -> Iterator[Evidence]:
    if fact.origin in ("archived", "state"):
        return
    if fact.type == "parameter" and _NAMED.search(fact.name):
        given = fact.attributes.get("value")
        # A default that a file replaces wherever the code runs is in force nowhere.
        replaced = isinstance(given, str) and given != fact.attributes.get("default")
        for key in ("value",) if replaced else ("default", "value"):
            yield from _one(fact, key)
    elif fact.type in _REGIONAL:
        yield from _one(fact, "region")
    elif fact.type == "aws_ecs_task_definition":
        yield from _logs(fact)
    elif fact.type == "document":
        regions = fact.attributes.get("regions")
        for number, value in enumerate(regions if isinstance(regions, list) else []):
            if isinstance(value, str) and _REGION.fullmatch(value):
                yield end(fact, f"regions.{number}", value)
    elif fact.type == "terraform_root":
        regions = fact.attributes.get("regions")
        # A second provider, under an alias, is one more region on purpose: certificates of CloudFront, a replica.
        own = regions.get("") if isinstance(regions, dict) else None
        if isinstance(own, str):
            yield end(fact, "regions.", own)


def _logs(fact: Fact) -> Iterator[Evidence]:
    containers = fact.attributes.get("container_definitions")
    for number, container in enumerate(containers if isinstance(containers, list) else []):
        path = f"container_definitions.{number}.logConfiguration.options.awslogs-region"
        logs = container.get("logConfiguration") if isinstance(container, dict) else None
        options = logs.get("options") if isinstance(logs, dict) else None
        value = options.get("awslogs-region") if isinstance(options, dict) else None
        if isinstance(value, str) and _REGION.fullmatch(value):
            yield end(fact, path, value)


def _one(fact: Fact, key: str) -> Iterator[Evidence]:
    value = fact.attributes.get(key)
    if isinstance(value, str) and _REGION.fullmatch(value):
        yield end(fact, key, value)
