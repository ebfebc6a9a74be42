"""Terraform installs charts: the release with the chart of this repository, or with one that is not here."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Facts, Gap, Relation
from launchbook.repo.helm.installs import folders_of_chart
from launchbook.repo.wiring import place

_HIDES = ("kubernetes_*", "endpoint", "setting")


def relate(facts: Facts) -> Iterator[Relation | Gap]:
    """``installs`` from each ``helm_release`` to its chart; a gap for a chart from elsewhere."""
    charts = {
        fact.where.file.rpartition("/")[0]: fact
        for fact in facts
        if fact.type == "document" and fact.attributes.get("kind") == "helm-chart"
    }
    for release in facts:
        if release.type != "helm_release":
            continue
        named = release.attributes.get("chart")
        where = place(release, "chart")
        chart = next((charts[one] for one in folders_of_chart(release, named) if one in charts), None)
        if chart is not None:
            yield Relation(kind="installs", source=release.id, target=chart.id, where=where, resolved=True)
            continue
        source = release.attributes.get("repository")
        of = f" of {source}" if isinstance(source, str) and source else ""
        what = f"the chart {named if isinstance(named, str) else 'it installs'}{of} is not in the repository"
        hint = "helm template NAME CHART -f VALUES > rendered.yaml, saved beside it"
        yield Gap(where=where, what=f"{what}: what it creates is not read", hint=hint, hides=_HIDES)
