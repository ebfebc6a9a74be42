"""The values of a chart: its own file, and those of each environment, as one tree that says where they differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from launchbook.model import Unread
from launchbook.patterns import regex
from launchbook.repo.environments import canonical, is_environment, same_environment
from launchbook.repo.lined import Unreadable, as_map
from launchbook.repo.reader import File, Found

#: Files of values, by name, in the chart's folder and in folders below it that hold nothing else.
_NAMED = regex(r"^(?:values[-_.].{1,80}|.{1,80}[-_.]values|values)\.ya?ml$")
_FOLDERS = frozenset(("values", "environments", "envs", "env"))


def environment_of_values(file: File) -> str:
    """The environment that a file of values is for; its own word where no environment is named."""
    stem = file.name.rpartition(".")[0]
    words = [word for word in re.split(r"[-_.]", stem) if word and word != "values"]
    named = next((canonical(word) for word in words if is_environment(word)), "")
    folder = file.folder.rpartition("/")[2]
    inner = canonical(folder) if is_environment(folder) else ""
    return named or inner or "-".join(words)


def values_of(folder: str, found: Found, given: Mapping[str, Any]) -> tuple[Any, list[str]]:
    """The values of the chart in ``folder``, and the files that they come from, its own first.

    ``given`` are values that it is installed with, by the place that says so: with one such, they are in force.
    Where the files of environments say otherwise than the chart's own, a value is Unread and says which files differ.
    """
    own, others = _files(folder, found)
    base = _read(own, found) if own is not None else {}
    if len(given) == 1:
        base = merged(base, next(iter(given.values())))
        given = {}
    layers = {file.shown: merged(base, _read(file, found)) for file in others}
    layers |= {place: merged(base, values) for place, values in given.items()}
    files = ([own.shown] if own is not None else []) + list(layers)
    asked = found.environment
    if asked:
        layers = {
            file.shown: layers[file.shown]
            for file in others
            if same_environment(environment_of_values(file), asked)
        }
        chosen = next(iter(layers.values()), base)
        return (chosen if len(layers) < 2 else combined(layers)), files
    return combined({own.shown if own is not None else "no file": base, **layers}), files


def _files(folder: str, found: Found) -> tuple[File | None, list[File]]:
    listed = found.tree.by_folder
    own = next((file for file in listed.get(folder, ()) if file.name in ("values.yaml", "values.yml")), None)
    others = [file for file in listed.get(folder, ()) if _NAMED.match(file.name) and file is not own]
    for name in _FOLDERS:
        others += [
            file for file in listed.get(f"{folder}/{name}", ()) if file.name.endswith((".yaml", ".yml"))
        ]
    return own, [file for file in others if "schema" not in file.name]


def _read(file: File, found: Found) -> Any:
    try:
        return as_map(next(iter(file.yaml), None))
    except Unreadable as error:
        if found.first("helm values", file.path):
            found.gap(file, f"values of a chart: {error.what}", "correct the file", error.line)
        return Unread(f"{file.shown} cannot be read")


def merged(base: Any, over: Any) -> Any:
    """One file of values laid over another, as ``helm -f`` does: maps by key, all else replaced."""
    if isinstance(base, Unread) or isinstance(over, Unread):
        return base if isinstance(base, Unread) else over
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    return {key: merged(base[key], over[key]) if key in base and key in over else over.get(key, base.get(key))
            for key in {**base, **over}}  # fmt: skip


_ABSENT = object()


def combined(layers: Mapping[str, Any]) -> Any:
    """What all layers say; where they differ, Unread with the names of the files."""
    values = list(layers.values())
    held = [value for value in values if value is not _ABSENT]
    if any(isinstance(value, Unread) for value in held):
        return next(value for value in held if isinstance(value, Unread))
    if len(held) == len(values) and all(isinstance(value, dict) for value in values):
        keys = {key: None for value in values for key in value}
        return {
            key: combined({name: value.get(key, _ABSENT) for name, value in layers.items()}) for key in keys
        }
    if len(held) == len(values) and all(value == held[0] for value in held):
        return held[0]
    shown = ", ".join(layers)
    return Unread(f"the value differs by file ({shown})", "launchbook discover --env NAME")
