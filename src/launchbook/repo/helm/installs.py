"""Values that a chart of this repository is installed with: those that Argo CD's and Flux's objects write out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Any

from launchbook.model import Unread
from launchbook.repo.helm.values import merged
from launchbook.repo.kubernetes.objects import objects
from launchbook.repo.lined import Map, Unreadable, as_list, as_map, dig
from launchbook.repo.reader import File
from launchbook.repo.yaml_lines import load_yaml

_MARKS = (b"argoproj.io", b"helm.toolkit.fluxcd.io")


def installs(files: Iterable[File]) -> dict[str, dict[str, Any]]:
    """By the folder of a chart and then by file: the values that its installation is given."""
    found: dict[str, dict[str, Any]] = {}
    for file in files:
        if not any(mark in file.data for mark in _MARKS) or b"{{" in file.data:
            continue
        try:
            for item in objects(file):
                for path, values in _given(item):
                    folder = posixpath.normpath(path).strip("/")
                    place = f"{file.shown}:{item.line}"
                    found.setdefault(folder, {})[place] = values
        except Unreadable:
            continue  # said when its objects are read
    return found


def _given(item: Map) -> Iterable[tuple[str, Any]]:
    spec = item.get("spec")
    if item.get("kind") == "Application":
        for place in (dig(spec, "source"), *as_list(dig(spec, "sources"))):
            path, helm = dig(place, "path"), dig(place, "helm")
            values = _values(helm) if isinstance(path, str) and as_map(helm) else None
            if values:
                yield str(path), values
    elif item.get("kind") == "HelmRelease":
        chart, values = dig(spec, "chart", "spec", "chart"), dig(spec, "values")
        if isinstance(chart, str) and chart.startswith("./") and as_map(values):
            yield chart, values


def _values(helm: Any) -> Any:
    """Inline values in the order in which Argo CD lays them over each other."""
    written = dig(helm, "values")
    values: Any = {}
    if isinstance(written, str):
        try:
            values = as_map(next(iter(load_yaml(written)), None))
        except Unreadable:
            return Unread("the values that it is installed with are no YAML")
    values = merged(values, as_map(dig(helm, "valuesObject")))
    for one in as_list(dig(helm, "parameters")):
        name, value = dig(one, "name"), dig(one, "value")
        if isinstance(name, str) and value is not None:
            for part in reversed(name.split(".")):
                value = {part: _typed(value)}
            values = merged(values, value)
    return values


def _typed(value: Any) -> Any:
    """A parameter's text as ``--set`` takes it: numbers and truths are such."""
    if isinstance(value, str):
        if value in ("true", "false"):
            return value == "true"
        return int(value) if value.isdecimal() and len(value) < 10 else value
    return value
