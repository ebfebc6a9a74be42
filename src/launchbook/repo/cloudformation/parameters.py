"""Where a template's parameters get their values: defaults, parameter files, and SAM's configuration."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

from launchbook.model import Unread, Value
from launchbook.repo.environments import environment_of
from launchbook.repo.lined import Unreadable, as_list, as_map, dig
from launchbook.repo.reader import File
from launchbook.repo.terraform.variables import VariableFiles


def parameter_values(file: File) -> dict[str, Value]:
    """The values that a parameter file sets, whichever of the usual shapes it has; empty when it is none."""
    try:
        data = file.json if file.name.endswith(".json") else next(iter(file.yaml), None)
    except Unreadable:
        return {}
    if isinstance(data, list):
        pairs = [(as_map(item).get("ParameterKey"), as_map(item).get("ParameterValue")) for item in data]
        return {key: value for key, value in pairs if isinstance(key, str)}
    inner = as_map(data).get("Parameters")
    return {k: v for k, v in as_map(inner).items() if isinstance(v, str | int | float | bool)}


def collect(file: File, declared: dict[str, Any], files: Sequence[File]) -> VariableFiles:
    """The values set for one template: by the files whose every key it declares, nearest folders first."""
    found = VariableFiles()
    for candidate in files:
        near = (
            candidate.folder == file.folder
            or candidate.folder.startswith(file.folder + "/")
            or not file.folder
        )
        values = parameter_values(candidate) if near else {}
        if values and set(values) <= set(declared):
            name = environment_of(candidate.path)
            found.by_environment.setdefault(name, {}).update(values)
            found.files.setdefault(name, []).append(candidate.shown)
    return found


def sam_values(file: File) -> Iterator[tuple[str, dict[str, Value], str, str]]:
    """Of ``samconfig.toml``: environment, parameter overrides, region and stack name of each."""
    try:
        data = tomllib.loads(file.text)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise Unreadable("invalid TOML") from None
    for name, commands in data.items():
        deploy = dig(commands, "deploy", "parameters") if isinstance(commands, dict) else None
        if not isinstance(deploy, dict):
            continue
        given = deploy.get("parameter_overrides", "")
        words = given.split() if isinstance(given, str) else [str(item) for item in as_list(given)]
        values: dict[str, Value] = {
            key: value.strip("\"'") for key, mark, value in (word.partition("=") for word in words) if mark
        }
        yield name, values, str(deploy.get("region", "")), str(deploy.get("stack_name", ""))


def declared_value(
    name: str, parameters: dict[str, Any], files: VariableFiles, environment: str
) -> Value | None:
    """The value of a parameter in force; None when the template does not declare it."""
    if name not in parameters:
        return None
    parameter = as_map(parameters[name])
    if str(parameter.get("NoEcho", "")).lower() == "true":
        return Unread(f"parameter {name} is not shown (NoEcho)")
    kind = str(parameter.get("Type", ""))
    default = parameter.get("Default")
    base: Value = Unread(f"parameter {name} has no default") if default is None else default
    value = files.value(name, base, environment)
    if kind.startswith("AWS::SSM::Parameter::Value"):
        return Unread(f"parameter {name} is read from the parameter store")
    if kind.startswith(("List<", "CommaDelimitedList")) and isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return value
