"""Values that a chart of this repository is installed with: by Argo CD and Flux, by Terraform, by commands."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from typing import Any

from launchbook.model import Fact, Unread
from launchbook.repo.helm.commands import SCRIPTS, Installed, chart_folder, commands, values_file
from launchbook.repo.helm.values import merged
from launchbook.repo.kubernetes.objects import objects
from launchbook.repo.lined import Map, Unreadable, as_list, as_map, dig
from launchbook.repo.reader import File, Found, Tree
from launchbook.repo.yaml_lines import load_yaml

_MARKS = (b"argoproj.io", b"helm.toolkit.fluxcd.io")
_COMMANDS = re.compile(rb"\bhelm\s[^\n]{0,200}?(?:upgrade|install)\b")
_VARIABLE = re.compile(r"\$\(?\{?\w|\{\{")
_NO_YAML = Unread("the values that it is installed with are no YAML")
_LARGEST = 500_000


def installs(files: Iterable[File], found: Found) -> dict[str, dict[str, Any]]:
    """By the folder of a chart and then by place: the values that its installation is given."""
    given: dict[str, dict[str, Any]] = {}
    if not found.tree.named("Chart.yaml"):
        return given
    for file in files:
        if not any(mark in file.data for mark in _MARKS) or b"{{" in file.data:
            continue
        try:
            for item in objects(file):
                for path, values in _given(item):
                    folder = posixpath.normpath(path).strip("/")
                    place = f"{file.shown}:{item.line}"
                    given.setdefault(folder, {})[place] = values
        except Unreadable:
            continue  # said when its objects are read
    for folder, place, values in (*_released(found), *_commanded(found)):
        if values:
            given.setdefault(folder, {})[place] = values
    return given


def _released(found: Found) -> Iterator[tuple[str, str, Any]]:
    """What Terraform's releases give the charts of this repository."""
    for fact in found.earlier:
        if fact.type == "helm_release" and fact.origin == "source" and fact.created is not False:
            folders = folders_of_chart(fact, fact.attributes.get("chart"))
            here = [folder for folder in folders if found.tree.get(f"{folder}/Chart.yaml") is not None]
            for folder in here[:1]:
                yield folder, str(fact.where), _of_release(fact)


def folders_of_chart(release: Fact, named: object) -> Iterator[str]:
    """Where a release's chart may lie: below the folder that Terraform runs in, or below the module's own."""
    if isinstance(named, str) and "repository" not in release.attributes and "://" not in named:
        runs_in = release.id.partition("#")[0].rpartition("/")[0]
        for folder in (runs_in, release.where.file.rpartition("/")[0], ""):
            yield posixpath.normpath(posixpath.join(folder, named))


def _of_release(fact: Fact) -> Any:
    values: Any = {}
    written = fact.attributes.get("values")
    for one in written if isinstance(written, Sequence) and not isinstance(written, str) else [written]:
        if one is not None:
            values = merged(values, _parsed(one) if isinstance(one, str) else one)
    for kind in ("set", "set_list", "set_sensitive"):
        for one in as_list(fact.attributes.get(kind)):
            name, value = dig(one, "name"), dig(one, "value")
            if isinstance(name, str):
                known = kind == "set" and value is not None
                values = merged(
                    values, _nested(name, _typed(value) if known else Unread("the release sets it"))
                )
    return values


def _commanded(found: Found) -> Iterator[tuple[str, str, Any]]:
    """What commands of scripts and pipelines give the charts of this repository."""
    for file in found.tree.files.values():
        named = any(fnmatch(file.path, one) or fnmatch(file.name, one) for one in SCRIPTS)
        if not named or file.origin != "source" or file.size > _LARGEST or not _COMMANDS.search(file.data):
            continue
        for one in commands(file.text):
            folder = chart_folder(found.tree, file, one.chart) if one.chart else None
            if folder is not None:
                yield folder, f"{file.shown}:{one.line}", _of_command(one, file, found.tree)


def _of_command(one: Installed, file: File, tree: Tree) -> Any:
    values: Any = {}
    for written in one.files:
        if _VARIABLE.search(written):
            continue  # which environment's file: those are laid over the chart's own, each for itself
        other = values_file(tree, file, written)
        values = merged(
            values, _parsed(other.text) if other is not None else Unread(f"{written} is not in these files")
        )
    for pair in one.sets:
        if pair.startswith("?"):
            values = merged(
                values, _nested(pair[1:].partition("=")[0], Unread("the command reads it from a file"))
            )
            continue
        for part in re.split(r"(?<!\\),", pair):
            name, _, value = part.partition("=")
            known = not _VARIABLE.search(value)
            if name and not re.search(r"[$\[]", name):
                held = _typed(value) if known else Unread("the command gives it when it runs")
                values = merged(values, _nested(name, held))
    return values


def _parsed(text: str) -> Any:
    try:
        return as_map(next(iter(load_yaml(text)), None))
    except Unreadable:
        return _NO_YAML


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
    values: Any = _parsed(written) if isinstance(written, str) else {}
    if isinstance(values, Unread):
        return values
    values = merged(values, as_map(dig(helm, "valuesObject")))
    for one in as_list(dig(helm, "parameters")):
        name, value = dig(one, "name"), dig(one, "value")
        if isinstance(name, str) and value is not None:
            values = merged(values, _nested(name, _typed(value)))
    return values


def _nested(name: str, value: Any) -> Any:
    """``a.b`` as ``{"a": {"b": value}}``; a dot after a backslash is the name's own."""
    for part in reversed(re.split(r"(?<!\\)\.", name)):
        value = {part.replace("\\.", "."): value}
    return value


def _typed(value: Any) -> Any:
    """A parameter's text as ``--set`` takes it: numbers and truths are such."""
    if isinstance(value, str):
        if value in ("true", "false"):
            return value == "true"
        return int(value) if value.isdecimal() and len(value) < 10 else value
    return value
