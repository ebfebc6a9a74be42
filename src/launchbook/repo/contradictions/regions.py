"""Regions: when stacks, scripts and documents name more than one, no single place says which is right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.model import Evidence, Fact, Facts, Finding
from launchbook.patterns import regex
from launchbook.repo.contradictions._ends import claims, conflicting, differing, end

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
    ends = [one for fact in facts for one in _ends(fact)]
    if not ends:
        return  # pages alone: nothing that runs anywhere is named
    ends += [end(claim, "", claim.attributes.get("value")) for claim in claims(facts, "region")]
    ends = conflicting(ends)
    values = sorted({str(one.value) for one in ends})
    if len(values) > 1:
        places = {value: sum(one.value == value for one in ends) for value in values}
        told = ", ".join(f"{value} in {count} place{'s' * (count > 1)}" for value, count in places.items())
        yield differing("region", f"the files name {len(values)} regions: {told}", "region", ends)
    yield from _state_buckets(facts)


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
