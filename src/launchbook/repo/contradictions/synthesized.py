"""A stack's region in CDK's source and in what was synthesized of it."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact, Facts, Finding
from launchbook.repo.contradictions._ends import differing, end


def contradict(facts: Facts) -> Iterator[Finding]:
    """Each stack that was synthesized for another region than its source now names."""
    source: dict[str, Fact] = {}
    for fact in facts.seen("aws_cloudformation_stack"):
        if fact.origin == "source" and not fact.whole and isinstance(fact.attributes.get("region"), str):
            source.setdefault(fact.name, fact)
    for stack in facts.seen("cdk_stack"):
        said = source.get(stack.name)
        if said is None or not stack.where.region or said.attributes["region"] == stack.where.region:
            continue
        why = f"the source of the stack {stack.name} and what was synthesized of it name different regions"
        ends = [end(one, "region", one.attributes["region"]) for one in (said, stack)]
        yield differing("region", why, stack.name, ends)
