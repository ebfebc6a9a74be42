"""One place that says which region is right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.check import check
from launchbook.checks._absence import unhidden
from launchbook.checks._shapes import field, known
from launchbook.model import Evidence, Fact, Facts, NotKnown, Verdict, verdict

_REGION = re.compile(r"[a-z]{2}(?:-gov)?-[a-z]+-\d")
_HOLDERS = ("aws_amplify_app", "github_workflow", "cdk_stack", "aws_eks_cluster")


@check(
    "regions-agree",
    "Every stack is for one region, or one place says which is for which",
    of="terraform_root",
    severity="high",
    fix="Write one file, config/regions.yaml, that says which system runs in which region, and name it in the stacks.",
)
def agree(root: Fact, facts: Facts) -> Verdict | None:
    """Two stacks in two regions don't see each other's queues, alarms and keys."""
    own = field(root.attributes.get("regions"), "")
    if not isinstance(own, str) or not _REGION.fullmatch(own):
        raise NotKnown(f"the region of {root.name}", "the files do not settle it", "terraform plan")
    others = [(region, end) for region, end in _named(root, facts) if region != own]
    ends = [*_declared(root, own, facts), root.at("regions")]
    if not others:
        for kind in (*_HOLDERS, "terraform_root"):
            for fact in facts.seen(kind):
                known(fact.attributes.get("region"), f"the region of {fact.name}")
        unhidden(facts, root, *_HOLDERS, "terraform_root")
        return verdict(True, own, at=ends)
    place = next((one for one in facts.files if re.search(r"(^|/)regions?\.(ya?ml|json|toml)$", one)), None)
    if place is not None:
        return verdict(True, f"{place} says which is right", at=ends)
    why = f"{root.name} is for {own}, other files name {', '.join(sorted({region for region, _ in others}))}"
    return verdict(False, why, at=[*(end for _, end in others), *ends])


def _named(root: Fact, facts: Facts) -> Iterator[tuple[str, Evidence]]:
    """Every other place that says where something runs; a provider's alias is for what must be elsewhere."""
    for kind in _HOLDERS:
        for fact in facts.seen(kind):
            region = fact.attributes.get("region")
            if isinstance(region, str) and _REGION.fullmatch(region) and fact.origin != "archived":
                yield region, fact.at("region")
    for other in facts.seen("terraform_root"):
        region = field(other.attributes.get("regions"), "")
        if other is not root and isinstance(region, str) and _REGION.fullmatch(region):
            yield region, other.at("regions")


def _declared(root: Fact, region: str, facts: Facts) -> Iterator[Evidence]:
    """The variable that the region comes from: its default, and the value that a file gives it."""
    folder = root.where.file.rpartition("/")[0]
    for one in facts.seen("parameter"):
        if one.where.file.rpartition("/")[0] == folder and "region" in one.name:
            for name in ("default", "value"):
                if one.attributes.get(name) == region:
                    yield one.at(name)
