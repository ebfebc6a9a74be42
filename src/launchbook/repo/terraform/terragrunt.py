"""Terragrunt: each unit gives a module of the repository its variables; what comes from elsewhere is a gap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from launchbook.model import Unread, Value
from launchbook.patterns import regex
from launchbook.repo.environments import is_environment, named_environment, same_environment
from launchbook.repo.hcl.parse import parse_hcl
from launchbook.repo.hcl.syntax import Attribute, Call, Literal, Template
from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import File, Found
from launchbook.repo.terraform.calls import hidden_by
from launchbook.repo.terraform.terragrunt_scope import ROOT, Folder, inside

NAMES = ("terragrunt.hcl", "root.hcl", "terragrunt.stack.hcl")
_REGION = regex(r'(?:^|[{;])\s*region\s*=\s*"([a-z]{2}(?:-gov)?-[a-z]+-\d)"', re.M)


@dataclass(frozen=True)
class Unit:
    """One use of a module: the file, the module's folder, environment, region, and the variables that it gives."""

    file: File
    folder: str
    environment: str
    region: str
    values: dict[str, Value]


@dataclass
class _Read:
    """One file with everything that it includes, outermost first, itself last."""

    file: File
    layers: list[Folder]
    missing: list[int]

    def last(self, kind: str, name: str) -> tuple[Folder, Attribute] | None:
        """The attribute of a block that counts: the innermost that is given."""
        for layer in reversed(self.layers):
            for block in layer.body.all(kind):
                if name in block.body.attributes:
                    return layer, block.body.attributes[name]
        return None

    def inputs(self) -> dict[str, Value]:
        """The variables that the unit gives, those of included files below its own."""
        found: dict[str, Value] = {}
        for layer in self.layers:
            value = layer.value(layer.body.attributes.get("inputs"))
            found |= value if isinstance(value, dict) else {}
        return found

    def region(self) -> str:
        """The region of the provider that Terragrunt writes for the unit."""
        for layer in self.layers:
            for block in layer.body.all("generate"):
                text = layer.value(block.body.attributes.get("contents"))
                match = _REGION.search(text) if isinstance(text, str) else None
                if match:
                    return match[1]
        return ""


def units(files: Sequence[File], folders: set[str], found: Found) -> Iterator[Unit]:
    """Every unit whose module lies in the repository, after telling all of them."""
    read = [one for file in files if (one := _read(file, found)) is not None]
    shared = {layer.file.path for one in read for layer in one.layers[:-1]}
    for one in read:
        unit = _unit(one, folders, one.file.path in shared, files, found)
        if unit is not None:
            yield unit


def region_of(wrapping: Sequence[Unit], environment: str) -> str:
    """The region that units give their module: of the environment asked for, where all of them agree."""
    asked = [unit for unit in wrapping if same_environment(unit.environment, environment)]
    regions = {unit.region for unit in (asked if environment else wrapping)}
    return next(iter(regions)) if len(regions) == 1 else ""


def _read(file: File, found: Found) -> _Read | None:
    try:
        body = parse_hcl(file.text)
    except Unreadable as error:
        found.gap(file, error.what, "terragrunt hcl fmt --check", error.line)
        return None
    for line in body.broken:
        found.gap(file, "this does not parse as HCL", "terragrunt hcl fmt --check", line)
    own = Folder(found.tree, file, body, file)
    included = own.includes()
    layers = [other for _, _, other in included if other is not None]
    return _Read(file, [*layers, own], [block.line for block, _, other in included if other is None])


def _unit(one: _Read, folders: set[str], shared: bool, files: Sequence[File], found: Found) -> Unit | None:
    file = one.file
    for line in one.missing:
        what = "the file that this includes is not in the repository: what it gives is not read"
        found.gap(file, what, "terragrunt render-json", line)
    source, backend = one.last("terraform", "source"), one.last("remote_state", "backend")
    environment = "" if shared else _environment(file, files)
    values, region = one.inputs(), "" if shared else one.region()
    attributes: dict[str, Value] = {
        "source": _text(source[1]) if source else "",
        "environment": environment,
        "inputs": [*sorted(values)],
        "backend": _text(backend[1]) if backend else "",
        "region": region,
    }
    where = {key: _at(file, held) for key, held in (("source", source), ("backend", backend)) if held}
    name = file.folder or "."
    fact = found.fact(
        file, "terragrunt_unit", "unit", name=name, line=1, attributes=attributes, lines=where, region=region
    )
    if shared:
        return None
    folder = _folder(source[0].value(source[1]), source[0]) if source else file.folder
    if folder in folders:
        at = source[1].line if source and source[0].file is file else 1
        found.relation("module", fact.id, folder, file.where(at))
        return Unit(file, folder, environment, region, values)
    if source is None:
        if file.name == "terragrunt.hcl" and not one.missing:
            what = "this unit names no module, and its folder has none"
            found.gap(file, what, "terragrunt render-json", 1, hides=())
        return None
    written = _text(source[1])
    what = f"the module {written or 'of this unit'} is not in the repository"
    hint = "terragrunt run-all plan, then launchbook audit --plan FILE"
    found.gap(file, what, hint, source[1].line if source[0].file is file else 1, hidden_by(written))
    return None


def _at(file: File, held: tuple[Folder, Attribute]) -> int | str:
    """The line of an attribute, in the file that it stands in."""
    layer, attribute = held
    return attribute.line if layer.file is file else f"{layer.file.shown}:{attribute.line}"


def _environment(file: File, files: Sequence[File]) -> str:
    """The environment that the folders name; ``live`` above environments is where they lie, and none itself."""
    named = named_environment(file.folder)
    parts = file.folder.split("/")
    if named != "production" or "live" not in parts:
        return named
    at = parts.index("live")
    if any(is_environment(part) for part in parts[at + 1 :]):
        return named
    below = [
        other.folder.split("/")[at + 1 :]
        for other in files
        if other.folder.split("/")[: at + 1] == parts[: at + 1]
    ]
    return "" if any(is_environment(part) for rest in below for part in rest) else named


def _folder(source: Value, layer: Folder) -> str:
    """The folder in the repository that a source names; ``//`` divides what is copied from what is used."""
    if isinstance(source, Unread) or not isinstance(source, str):
        return "?"
    if source.startswith((ROOT, "./", "../")):
        return inside(source, layer.unit.folder)
    return f"?{source}"


def _text(attribute: Attribute) -> str:
    """An attribute as it is written, calls of functions as ``${name()}``."""
    value = attribute.value
    if isinstance(value, Literal):
        return str(value.value)
    parts = value.parts if isinstance(value, Template) else (value,)
    return "".join(
        str(part.value)
        if isinstance(part, Literal)
        else f"${{{part.name}()}}"
        if isinstance(part, Call)
        else "${…}"
        for part in parts
    )
