"""Regions that a manifest or a task definition shows by what it uses: images, queues, stores of secrets."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact, Value
from launchbook.patterns import regex

_HOST = regex(r"(?:\.dkr\.ecr|//sqs)\.([a-z]{2}(?:-gov)?-[a-z]+-\d)\.amazonaws\.com")
_REGION = regex(r"[a-z]{2}(?:-gov)?-[a-z]+-\d")
_KEYS = ("region", "aws_region", "awsRegion")


def used_regions(fact: Fact) -> Iterator[str]:
    """The region of each registry, queue and store of secrets that an object of a cluster or a task names."""
    if not fact.type.startswith("kubernetes_") and fact.type != "aws_ecs_task_definition":
        return
    parts: list[tuple[str, Value]] = [*fact.attributes.items()]
    while parts:
        key, value = parts.pop()
        if isinstance(value, dict):
            parts += value.items()
        elif isinstance(value, list):
            parts += [(key, item) for item in value]
        elif isinstance(value, str):
            found = _HOST.search(value)
            if found:
                yield found[1]
            elif key in _KEYS and _REGION.fullmatch(value):
                yield value
