"""What a cluster fetches by itself: Argo CD's applications and Flux's releases, with the folder or chart each takes."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact
from launchbook.repo.lined import Map, as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found

_HINT = "helm template CHART > rendered.yaml, or run discovery on that repository"


def delivered(file: File, item: Map, fact: Fact, hides: tuple[str, ...], found: Found) -> None:
    """Relate an object that names what a cluster applies to the folder it is in; what is elsewhere is a gap."""
    for place, path, chart, at in _sources(item):
        if path and "{{" not in path:
            known = _folder(found, path)
            found.relation("deploys", fact.id, path.removeprefix("./").rstrip("/"), file.where(at), known)
            if not known:
                found.gap(
                    file, f"{path} is not in this repository: what it holds is not read", _HINT, at, hides
                )
        elif path:
            found.gap(file, f"the folders behind {path} are found when it runs", _HINT, at, hides)
        elif chart:
            what = f"the chart {chart} is in another repository: what it makes is not read"
            found.gap(file, what, _HINT, line_of(place, "chart") or at, hides)


def _sources(item: Map) -> Iterator[tuple[object, str, str, int]]:
    """Each place with its path, its chart and its line."""
    group, kind = str(item.get("apiVersion", "")).partition("/")[0], item.get("kind")
    spec = item.get("spec")
    if group == "argoproj.io" and kind in ("Application", "ApplicationSet"):
        spec = dig(spec, "template", "spec") if kind == "ApplicationSet" else spec
        for place in (dig(spec, "source"), *as_list(dig(spec, "sources"))):
            if as_map(place):
                path, chart = dig(place, "path"), dig(place, "chart")
                at = line_of(place, "path" if isinstance(path, str) else "chart")
                yield place, path if isinstance(path, str) else "", str(chart or ""), at
    elif group == "helm.toolkit.fluxcd.io" and kind == "HelmRelease":
        place = dig(spec, "chart", "spec")
        chart = str(dig(place, "chart") or "")
        local = chart.startswith("./")
        yield place, chart if local else "", "" if local else chart, line_of(place, "chart")
    elif group == "kustomize.toolkit.fluxcd.io" and kind == "Kustomization":
        path = dig(spec, "path")
        yield spec, path if isinstance(path, str) else "", "", line_of(spec, "path")


def _folder(found: Found, path: str) -> bool:
    """Whether the repository has anything below a path."""
    clean = path.removeprefix("./").strip("/")
    return clean in ("", ".") or any(name.startswith(f"{clean}/") for name in found.tree.files)
