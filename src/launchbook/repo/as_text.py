"""A discovery as text for a person: the first screen answers, the rest shows where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from launchbook.model import Endpoint, Fact, Finding, NotKnown, Value, plain
from launchbook.model.tiers import TIERS
from launchbook.redact import shown
from launchbook.repo.code.deploys import REGION
from launchbook.repo.discover import Discovery
from launchbook.repo.environments import named_environment
from launchbook.repo.picture import deployments, environments, number_of
from launchbook.repo.setting_uses import defaulted, missing, read_by_others, settings, unused
from launchbook.repo.tier_lines import ALIKE, other_lines, section, tier_lines
from launchbook.repo.used_regions import used_regions

#: Lines of one group before the rest is counted; ``--all`` shows everything.
FEW = 12
#: Trees whose files deploy nothing by themselves, by origin.
_TREES = {
    "document": "documentation, examples and tests",
    "generated": "generated files",
    "archived": "archived copies",
    "state": "Terraform states",
}
_ENDPOINT_ORDER = ("liveness", "dependency", "diagnostic", "metrics", "cron", "other")


def as_text(found: Discovery, everything: bool = False) -> str:
    """The whole report, each line safe to print on a terminal."""
    limit = 10**9 if everything else FEW
    parts = [
        _headline(found),
        section("What deploys", _deployments(found), limit * 2),
        section("Environments", _environments(found, limit), limit * 2),
        *(section(tier.capitalize(), tier_lines(found, tier, limit), limit * 3) for tier in TIERS[:5]),
        section("Also", other_lines(found), limit),
        section("Endpoints", _endpoints(found), limit * 2),
        section(
            f"Contradictions ({len(found.contradictions)})",
            _contradictions(found.contradictions, limit),
            limit * limit,
        ),
        section(f"Could not be read ({len(found.facts.gaps)})", _gaps(found), limit * 2),
        _skipped(found),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _headline(found: Discovery) -> str:
    stories = Counter(one.kind for one in deployments(found.facts) if one.origin == "source")
    kinds = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in stories.most_common())
    gaps = len(found.facts.gaps)
    differing = number_of(len(found.contradictions), "contradiction")
    counts = f"{differing}, {number_of(gaps, 'place')} that could not be read"
    lines = [f"{shown(found.root)}: {kinds or _nothing(found)}"]
    told = _regions(found)
    if told:
        lines.append(f"regions: {told}")
    names = list(environments(found.facts))
    if names:
        lines.append(f"environments: {', '.join(map(shown, names))}")
    return "\n".join([*lines, counts])


def _regions(found: Discovery) -> str:
    """The regions of what is declared, then those that only a pipeline or a script is told to work in."""
    ours = [fact for fact in found.facts if fact.origin in ("source", "generated")]
    declared = {fact.where.region for fact in ours if fact.where.region}
    worked_in = {
        value
        for fact in ours
        if fact.type in ("github_workflow", "document")
        for value in (fact.attributes.get("region"), *_list(fact.attributes.get("regions")))
        if isinstance(value, str) and REGION.fullmatch(value)
    }
    spoken_of = {region for fact in ours for region in used_regions(fact)} - declared - worked_in
    told = [
        *map(shown, sorted(declared)),
        *(f"{shown(one)} (by a pipeline or script)" for one in sorted(worked_in - declared)),
        *(f"{shown(one)} (by what a manifest uses)" for one in sorted(spoken_of)),
    ]
    return ", ".join(told) + (" (more than one)" if len(told) > 1 else "")


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _nothing(found: Discovery) -> str:
    others = sorted({one.origin for one in deployments(found.facts)})
    if not others:
        return "nothing here deploys to AWS as far as its files show"
    return f"nothing deploys to AWS but in {' and '.join(_TREES[origin] for origin in others)}"


def _deployments(found: Discovery) -> Iterator[str]:
    gone = {
        relation.where.file
        for relation in found.facts.relations
        if relation.kind == "state-of" and not relation.resolved
    }
    for one in deployments(found.facts):
        mark = "" if one.origin == "source" else f" [{one.origin}]"
        mark += " its source is gone" if one.origin == "state" and one.path in gone else ""
        region = f" ({one.region})" if one.region else ""
        yield f"{one.kind:<16} {one.path}{region}{mark}" + (f"  {one.what}" if one.what else "")


def _environments(found: Discovery, limit: int) -> Iterator[str]:
    for name, places in environments(found.facts).items():
        files = ", ".join(sorted({place.split(": ")[0] for place in places})[:3])
        yield f"{name:<12} named by {files}" + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    uses = settings(found.facts)
    nothing_reads = not any(use.read_at for use in uses)
    for title, some in (
        ("read but set nowhere", missing(uses)),
        ("read with a default, set nowhere", defaulted(uses)),
        (
            "set, for code that is not in these files" if nothing_reads else "set but read nowhere",
            unused(uses),
        ),
        ("set; read by the platform, a library or a pipeline", read_by_others(uses)),
        ("reserved by the platform", [use for use in uses if use.reserved and use.set_in]),
    ):
        if some:
            names = ", ".join(use.name for use in some[:limit])
            yield f"{title}: {names}" + (f" and {len(some) - limit} more" if len(some) > limit else "")


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


def _contradictions(findings: Sequence[Finding], limit: int) -> Iterator[str]:
    """Whole contradictions, each with the places that show it: one that is cut in two says nothing."""
    for finding in findings[:limit]:
        yield finding.why
        told: Counter[str] = Counter()
        for evidence in finding.evidence:
            told[str(evidence.value)] += 1
            if told[str(evidence.value)] <= max(
                ALIKE, limit // 3
            ):  # of each side, so that neither is cut away
                yield f"  {evidence.value}  {evidence.source}"
        rest = sum(max(0, count - max(ALIKE, limit // 3)) for count in told.values())
        if rest:
            yield f"  … and {number_of(rest, 'more place')}: --all shows them"
    if len(findings) > limit:
        yield f"… and {number_of(len(findings) - limit, 'more contradiction')}: --all shows them"


def _gaps(found: Discovery) -> Iterator[str]:
    """Each thing once, with every place where it is so: three environments that use one module are one line."""
    places: dict[str, list[str]] = {}
    for gap in found.facts.gaps:
        hidden = "" if not gap.hides else " (may hide anything)" if "*" in gap.hides else ""
        places.setdefault(f"{gap.what}{hidden}; {gap.hint}", []).append(str(gap.where))
    for what, where in places.items():
        more = f" and {len(where) - ALIKE} more" if len(where) > ALIKE else ""
        named = sorted({name for one in where if (name := named_environment(one.rpartition("/")[0]))})
        of = f" ({', '.join(named)})" if len(where) > 1 and named else ""
        yield f"{', '.join(where[:ALIKE])}{more}{of}  {what}"


def _skipped(found: Discovery) -> str:
    parts = []
    if found.vendored:
        named = ", ".join(found.vendored[:3])
        more = f" and {len(found.vendored) - 3:,} more" if len(found.vendored) > 3 else ""
        parts.append(f"vendored, not read: {named}{more}")
    if found.generated:
        parts.append(f"{found.generated:,} generated file{'s' * (found.generated > 1)} read and marked")
    if found.skipped.get("symbolic_links"):
        parts.append(f"{found.skipped['symbolic_links']} links not followed")
    return shown("; ".join(parts))
