"""Where a root module's variables get their values: defaults, files that Terraform loads, files of an environment, and
what ``launchbook.toml`` gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from launchbook.model import Unread, Value
from launchbook.patterns import regex
from launchbook.redact import without_secrets
from launchbook.repo.environments import environment_of, same_environment
from launchbook.repo.hcl.evaluate import evaluate
from launchbook.repo.hcl.parse import parse_hcl
from launchbook.repo.hcl.scope import plain_scope
from launchbook.repo.lined import Unreadable, line_of
from launchbook.repo.reader import File, Found
from launchbook.repo.terraform.platform_file import given_by_platform

_LOADED = regex(r"terraform\.tfvars(?:\.json)?|.*\.auto\.tfvars(?:\.json)?")


@dataclass
class VariableFiles:
    """Values set for one root module: given over all others, always loaded, and by environment."""

    given: dict[str, Value] = field(default_factory=dict)
    loaded: dict[str, Value] = field(default_factory=dict)
    by_environment: dict[str, dict[str, Value]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  # of the values that are always in force

    def add(self, name: str, file: File, values: dict[str, Value]) -> None:
        """Add what a file gives for one environment; a second one that says otherwise stands by its folder."""
        known = self.by_environment.get(name, {})
        if any(known.get(key, value) != value for key, value in values.items()):
            name = f"{name} ({file.folder})"
        self.by_environment.setdefault(name, {}).update(values)
        self.files.setdefault(name, []).append(file.shown)

    def value(self, name: str, default: Value, environment: str) -> Value:
        """The value in force; Unread when it differs by environment and none was asked for."""
        if name in self.given:
            return self.given[name]
        base = self.loaded.get(name, default)
        if environment:
            each = {
                known: values.get(name, base)
                for known, values in self.by_environment.items()
                if same_environment(known.partition(" (")[0], environment)
            }
        elif name in self.loaded:
            return base  # the file that is taken when nobody names one
        else:
            each = {known: values.get(name, base) for known, values in self.by_environment.items()}
        if not each or not any(name in values for values in self.by_environment.values()):
            return base
        first = next(iter(each.values()))
        if all(value == first for value in each.values()):
            return first
        shown = ", ".join(f"{known}: {_brief(value)}" for known, value in sorted(each.items()))
        hint = "" if environment else "launchbook discover --env NAME"
        return Unread(f'variable "{name}" differs by environment ({shown})', hint)


def _brief(value: Value) -> str:
    return "not set" if isinstance(value, Unread) else without_secrets(str(value))[:60]


def read_variable_files(files: Sequence[File], folder: str, found: Found) -> VariableFiles:
    """Read the variable files that belong to the module in ``folder``."""
    read = VariableFiles()
    for file in sorted(files, key=lambda file: (file.name != "terraform.tfvars", file.path)):
        try:
            values = _json_values(file) if file.name.endswith(".json") else _values(file, found)
        except Unreadable as error:
            found.gap(file, error.what, "terraform fmt -check", error.line, hides=())
            continue
        if file.folder == folder and _LOADED.fullmatch(file.name):
            read.loaded.update(values)
            read.places.update({name: f"{file.shown}:{line}" for name, line in _line_of_each(file).items()})
            read.files.setdefault("", []).append(file.shown)
        else:
            name = environment_of(file.path)
            read.by_environment.setdefault(name, {}).update(values)
            read.files.setdefault(name, []).append(file.shown)
    for name, (value, place) in given_by_platform(folder, found).items():
        read.given[name], read.places[name] = value, place
    return read


def _values(file: File, found: Found) -> dict[str, Value]:
    body = parse_hcl(file.text)
    for line in body.everything_broken():
        found.gap(file, "this variable file does not parse", "terraform fmt -check", line, hides=())
    return {name: evaluate(attribute.value, plain_scope()) for name, attribute in body.attributes.items()}


def _line_of_each(file: File) -> dict[str, int]:
    if file.name.endswith(".json"):
        return {name: line_of(file.json, name) for name in file.json} if isinstance(file.json, dict) else {}
    return {name: attribute.line for name, attribute in parse_hcl(file.text).attributes.items()}


def _json_values(file: File) -> dict[str, Value]:
    values = file.json
    return dict(values) if isinstance(values, dict) else {}
