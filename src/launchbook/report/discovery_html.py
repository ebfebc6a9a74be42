"""Discovery as one self-contained HTML page: picture, contradictions, gaps, endpoints, settings, resources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, Template

from launchbook.model import Endpoint, Fact, Facts, Finding, NotKnown, Setting
from launchbook.model.tiers import TIERS, tier_of
from launchbook.report.picture import draw

OTHER = "other"


def render(
    title: str,
    facts: Facts,
    contradictions: Sequence[Finding] = (),
    skipped: Mapping[str, int] | None = None,
    link: str = "",
) -> str:
    """The page. ``link`` is the way from where the page will lie to the repository's root, with a slash at its end."""
    endpoints = [_endpoint(one) for one in facts.seen(Endpoint)]
    resources = _resources(facts)
    return _template().render(
        title=title,
        link=link,
        picture=draw(facts.all, facts.relations, link),
        counts=[
            ("resources", sum(len(held) for _, kinds in resources for _, held in kinds)),
            ("endpoints", len(endpoints)),
            ("relations", len(facts.relations)),
            ("contradictions", len(contradictions)),
            ("could not be read", len(facts.gaps)),
        ],
        contradictions=[
            {"about": one.check.removeprefix("contradiction-"), "why": one.why, "ends": one.evidence}
            for one in contradictions
        ],
        gaps=facts.gaps,
        environments=_environments(facts),
        endpoints=endpoints,
        resources=resources,
        skipped=[(label.replace("_", " "), number) for label, number in (skipped or {}).items() if number],
    )


@cache
def _template() -> Template:
    loader = PackageLoader("launchbook.report")
    return Environment(loader=loader, autoescape=True, trim_blocks=True).get_template("discovery.html.j2")


def _resources(facts: Facts) -> list[tuple[str, list[tuple[str, list[Fact]]]]]:
    """Facts by tier and type; settings, endpoints, pages and the like have their own places."""
    held: dict[str, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in facts:
        tier = tier_of(fact.type) or (
            OTHER if fact.type.startswith(("aws_", "kubernetes_", "google_", "azurerm_")) else ""
        )
        if tier:
            held[tier][fact.type].append(fact)
    return [(tier, sorted(held[tier].items())) for tier in (*TIERS, OTHER) if tier in held]


def _environments(facts: Facts) -> list[tuple[str, list[str]]]:
    held: dict[str, set[str]] = defaultdict(set)
    for setting in facts.seen(Setting):
        if setting.role == "set" and setting.environment:
            held[setting.environment].add(setting.name)
    return [(name, sorted(names)) for name, names in sorted(held.items())]


def _endpoint(one: Endpoint) -> dict[str, object]:
    found: dict[str, object] = {"where": one.where}
    for name in ("method", "path", "kind", "guards", "statuses", "shadowed", "simulated"):
        try:
            found[name] = one.get(name) or ("" if name in ("method", "path", "kind") else [])
        except NotKnown:
            found[name] = []
    return found
