"""A discovery as text for a person: the first screen answers, the rest shows where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from launchbook.model import Endpoint, Fact, Finding, NotKnown, plain
from launchbook.model.tiers import TIERS, Tier
from launchbook.redact import shown
from launchbook.repo.discover import Discovery
from launchbook.repo.picture import (
    defaulted,
    deployments,
    environments,
    missing,
    settings,
    tiers,
    unused,
    words,
)

#: Lines of one group before the rest is counted; ``--all`` shows everything.
FEW = 12
_ENDPOINT_ORDER = ("liveness", "dependency", "diagnostic", "metrics", "cron", "other")
#: Parts of a tier that say little by themselves; counted, not listed.
_MINOR = (
    "aws_iam_role_policy",
    "aws_lb_listener",
    "aws_cloudwatch_event_target",
    "aws_ecr",
    "aws_appautoscaling",
)


def as_text(found: Discovery, everything: bool = False) -> str:
    """The whole report, each line safe to print on a terminal."""
    limit = 10**9 if everything else FEW
    parts = [
        _headline(found),
        _section("What deploys", _deployments(found), limit * 2),
        _section("Environments", _environments(found, limit), limit * 2),
        *(_tier(found, tier, limit) for tier in TIERS[:5]),
        _others(found),
        _section("Endpoints", _endpoints(found), limit * 2),
        _section(
            f"Contradictions ({len(found.contradictions)})", _contradictions(found.contradictions), limit * 3
        ),
        _section(f"Could not be read ({len(found.facts.gaps)})", _gaps(found), limit * 2),
        _skipped(found),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _headline(found: Discovery) -> str:
    stories = Counter(one.kind for one in deployments(found.facts) if one.origin == "source")
    kinds = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in stories.most_common())
    regions = sorted(
        {
            fact.where.region
            for fact in found.facts
            if fact.where.region and fact.origin in ("source", "generated")
        }
    )
    counts = (
        f"{len(found.contradictions)} contradictions, {len(found.facts.gaps)} places that could not be read"
    )
    lines = [f"{shown(found.root)}: {kinds or 'nothing here deploys to AWS as far as its files show'}"]
    if regions:
        lines.append(
            f"regions: {', '.join(map(shown, regions))}" + (" (more than one)" if len(regions) > 1 else "")
        )
    names = list(environments(found.facts))
    if names:
        lines.append(f"environments: {', '.join(map(shown, names))}")
    return "\n".join([*lines, counts])


def _section(title: str, lines: Iterable[str], limit: int) -> str:
    shown_lines = [shown(line) for line in lines]
    if not shown_lines:
        return ""
    rest = len(shown_lines) - limit
    more = [f"  … and {rest} more: --all shows them"] if rest > 0 else []
    return "\n".join([title, *(f"  {line}" for line in shown_lines[:limit]), *more])


def _deployments(found: Discovery) -> Iterator[str]:
    for one in deployments(found.facts):
        mark = "" if one.origin == "source" else f" [{one.origin}]"
        region = f" ({one.region})" if one.region else ""
        yield f"{one.kind:<16} {one.path}{region}{mark}" + (f"  {one.what}" if one.what else "")


def _environments(found: Discovery, limit: int) -> Iterator[str]:
    for name, places in environments(found.facts).items():
        files = ", ".join(sorted({place.split(": ")[0] for place in places})[:3])
        yield f"{name:<12} named by {files}" + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    uses = settings(found.facts)
    for title, some in (
        ("read but set nowhere", missing(uses)),
        ("read with a default, set nowhere", defaulted(uses)),
        ("set but read nowhere", unused(uses)),
        ("reserved by the platform", [use for use in uses if use.reserved and use.set_in]),
    ):
        if some:
            names = ", ".join(use.name for use in some[:limit])
            yield f"{title}: {names}" + (f" and {len(some) - limit} more" if len(some) > limit else "")


def _tier(found: Discovery, tier: Tier, limit: int) -> str:
    facts = tiers(found.facts)[tier]
    main = [fact for fact in facts if not fact.type.startswith(_MINOR)]
    lines = [_resource(found, fact) for fact in sorted(main, key=lambda fact: (fact.type, str(fact.where)))]
    minor = Counter(fact.type for fact in facts if fact.type.startswith(_MINOR))
    if minor:
        lines.append("also " + ", ".join(f"{count} {words(kind)}" for kind, count in sorted(minor.items())))
    return _section(tier.capitalize(), lines, limit + 1)


def _resource(found: Discovery, fact: Fact) -> str:
    leads = [
        f"{relation.kind} {_name(found, relation.target)}"
        for relation in found.facts.relations
        if relation.source == fact.id and relation.kind in _TOLD
    ]
    arrow = f" → {'; '.join(dict.fromkeys(leads[:3]))}" if leads else ""
    condition = (
        f" [{'only if: ' if fact.created else 'not created: ' if fact.created is False else 'perhaps: '}"
    )
    condition = f"{condition}{fact.condition}]" if fact.condition else ""
    return f"{words(fact.type):<22} {fact.name}{arrow}{condition}  {fact.where}"


_TOLD = frozenset(
    {
        "origin",
        "dead-letter",
        "alarm-action",
        "alarm-dimension",
        "target",
        "calls",
        "health-path",
        "task-role",
    }
    | {"edge-function", "subscription", "points-to", "consumes", "target-group", "uses-queue", "redefines"}
)


def _name(found: Discovery, target: str) -> str:
    fact = found.facts.find(target)
    return fact.name if fact else f"{target} (not in these files)"


def _others(found: Discovery) -> str:
    rest = tiers(found.facts)
    counted = {tier: Counter(fact.type for fact in rest[tier]) for tier in TIERS[5:]}
    lines = [
        f"{tier}: " + ", ".join(f"{count} {words(kind)}" for kind, count in some.most_common(6))
        for tier, some in counted.items()
        if some
    ]
    return _section("Also", lines, FEW)


def _endpoints(found: Discovery) -> Iterator[str]:
    facts = [fact for fact in found.facts.seen(Endpoint) if fact.origin == "source"]
    for fact in sorted(
        facts, key=lambda fact: (_order(fact), str(fact.attributes.get("path")), str(fact.where))
    ):
        notes = []
        if fact.attributes.get("shadowed"):
            notes.append("not served: another tree is")
        if fact.attributes.get("simulated"):
            notes.append("simulated values")
        guards = fact.attributes.get("guards")
        if isinstance(guards, list) and guards:
            notes.append("behind " + ", ".join(str(plain(guard)) for guard in guards))
        note = f"  ({'; '.join(notes)})" if notes else ""
        yield f"{_kind(fact):<11} {fact.name}{note}  {fact.where}"


def _kind(fact: Fact) -> str:
    try:
        return str(plain(fact.get("kind")) or "other")
    except NotKnown:
        return "other"


def _order(fact: Fact) -> int:
    kind = _kind(fact)
    return _ENDPOINT_ORDER.index(kind) if kind in _ENDPOINT_ORDER else len(_ENDPOINT_ORDER)


def _contradictions(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        yield finding.why
        for evidence in finding.evidence:
            yield f"  {evidence.value}  {evidence.source}"


def _gaps(found: Discovery) -> Iterator[str]:
    for gap in found.facts.gaps:
        hidden = "" if not gap.hides else " (may hide anything)" if "*" in gap.hides else ""
        yield f"{gap.where}  {gap.what}{hidden}; {gap.hint}"


def _skipped(found: Discovery) -> str:
    parts = []
    if found.skipped.get("vendored_files"):
        trees = ", ".join(found.vendored[:3]) + (" …" if len(found.vendored) > 3 else "")
        parts.append(f"{found.skipped['vendored_files']:,} vendored files not read ({trees})")
    if found.generated:
        parts.append(f"{found.generated:,} generated files read and marked")
    if found.skipped.get("symbolic_links"):
        parts.append(f"{found.skipped['symbolic_links']} links not followed")
    return shown("; ".join(parts))
