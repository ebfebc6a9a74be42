"""Where a template's parameters get their values: defaults, parameter files, a parent's arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from launchbook.model import Unread, Value
from launchbook.model.records import record
from launchbook.repo.environments import environment_of
from launchbook.repo.lined import Map, Unreadable, as_map
from launchbook.repo.reader import File, Found
from launchbook.repo.terraform.variables import VariableFiles

#: What marks a file that may set parameters.
MARKS = (b"ParameterKey", b"Parameters")


def parameter_values(file: File) -> dict[str, Value]:
    """The values that a parameter file sets, whichever of the usual shapes it has; empty when it is none.

    A list of keys and values, or ``{"Parameters": {…}}``: the template configuration of a pipeline, for one.
    """
    try:
        data = file.json if file.name.endswith(".json") else next(iter(file.yaml), None)
    except Unreadable:
        return {}
    if isinstance(data, list):
        pairs = [(as_map(item).get("ParameterKey"), as_map(item).get("ParameterValue")) for item in data]
        return {key: value for key, value in pairs if isinstance(key, str)}
    if "Resources" in as_map(data):
        return {}
    inner = as_map(data).get("Parameters")
    return {k: v for k, v in as_map(inner).items() if isinstance(v, str | int | float | bool)}


@record()
class _Declares:
    """A template's parameters: all of them, and those that must be given."""

    file: File
    names: frozenset[str]
    needed: frozenset[str]

    def fits(self, values: dict[str, Value]) -> bool:
        return bool(values) and values.keys() <= self.names

    def is_named_by(self, file: File) -> bool:
        """Whether a parameter file has this template's name in its own, or in its folder's."""
        words = self.file.name.split(".")[0].lower()
        return words in file.name.lower() or words in file.folder.lower().split("/")


def assigned(
    settings: Sequence[File], templates: Sequence[File], bodies: Callable[[File], Iterator[Map]], found: Found
) -> dict[str, list[File]]:
    """The parameter files of each template, by its path; one that fits several, and names none, is a gap."""
    given: dict[str, list[File]] = {}
    declared = list(_declared(templates, bodies)) if settings else []
    for file in settings:
        values = parameter_values(file)
        fitting = [one for one in declared if one.fits(values)]
        near = [one for one in fitting if _is_near(file, one.file)]
        beside = [one for one in fitting if _is_beside(file, one.file)]
        if not fitting and b"ParameterKey" in file.data:
            found.gap(file, "no template here declares these parameters", "correct their names", hides=())
        chosen = near or [one for one in beside if one.is_named_by(file)] or _needing(beside, values)
        if not near and len(chosen) > 1 and not any(one.is_named_by(file) for one in chosen):
            names = ", ".join(one.file.shown for one in chosen[:4])
            what = (
                f"these parameters fit {len(chosen)} templates ({names}): which one they are for is not known"
            )
            found.gap(file, what, "name the file after its template")
            continue
        for one in chosen:
            given.setdefault(one.file.path, []).append(file)
    return given


def _declared(templates: Sequence[File], bodies: Callable[[File], Iterator[Map]]) -> Iterator[_Declares]:
    for file in templates:
        try:
            for body in bodies(file):
                parameters = as_map(body.get("Parameters"))
                needed = (name for name, one in parameters.items() if "Default" not in as_map(one))
                if parameters:
                    yield _Declares(file, frozenset(parameters), frozenset(needed))
        except Unreadable:
            continue  # said when the file is read


def _is_near(file: File, template: File) -> bool:
    """Whether a file lies in the template's folder or below it."""
    folder = template.folder
    return not folder or file.folder == folder or file.folder.startswith(f"{folder}/")


def _is_beside(file: File, template: File) -> bool:
    """Whether a file's folder, or one above it, lies beside the template's (``params/``, ``templates/``)."""
    above = template.folder.rpartition("/")[0]
    return file.folder.startswith(f"{above}/" if above else "") or file.folder == above


def _needing(fitting: Sequence[_Declares], values: dict[str, Value]) -> list[_Declares]:
    """Those that can be deployed with these values alone."""
    return [one for one in fitting if one.needed <= values.keys()]


def collect(files: Sequence[File]) -> VariableFiles:
    """The values that a template's parameter files set, by environment."""
    found = VariableFiles()
    for file in files:
        name = environment_of(file.path)
        found.by_environment.setdefault(name, {}).update(parameter_values(file))
        found.files.setdefault(name, []).append(file.shown)
    return found


def declared_value(
    name: str,
    parameters: dict[str, Any],
    files: VariableFiles,
    environment: str,
    given: Callable[[str], Any],
) -> Value | None:
    """The value of a parameter in force; None when the template does not declare it.

    ``given`` is what the stack that nests this one gives; None where it gives nothing.
    """
    if name not in parameters:
        return None
    parameter = as_map(parameters[name])
    if str(parameter.get("NoEcho", "")).lower() == "true":
        return Unread(f"parameter {name} is not shown (NoEcho)")
    kind = str(parameter.get("Type", ""))
    default = parameter.get("Default")
    base: Value = Unread(f"parameter {name} has no default") if default is None else default
    from_parent = given(name)
    value: Value = files.value(name, base, environment) if from_parent is None else from_parent
    if kind.startswith("AWS::SSM::Parameter::Value"):
        return Unread(f"parameter {name} is read from the parameter store")
    if kind.startswith(("List<", "CommaDelimitedList")) and isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return value
