"""Terragrunt: each unit gives a module of the repository its variables; what comes from elsewhere is a gap."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from launchbook.model import Value
from launchbook.repo.environments import named_environment
from launchbook.repo.hcl.evaluate import evaluate
from launchbook.repo.hcl.parse import parse_hcl
from launchbook.repo.hcl.scope import plain_scope
from launchbook.repo.hcl.syntax import Attribute, Body, Call, Literal, Template
from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import File, Found
from launchbook.repo.terraform.calls import hidden_by

NAMES = ("terragrunt.hcl", "root.hcl", "terragrunt.stack.hcl")
_ROOT = re.compile(r"^(?:\$\{)?(?:get_repo_root|get_path_to_repo_root|get_terragrunt_dir)\(\)\}?")


@dataclass(frozen=True)
class Unit:
    """One use of a module: the file, the module's folder, the environment, and the variables that it gives."""

    file: File
    folder: str
    environment: str
    values: dict[str, Value]
    lines: dict[str, int]


def units(files: Sequence[File], folders: set[str], found: Found) -> Iterator[Unit]:
    """Every unit whose module lies in the repository, after telling all of them."""
    for file in files:
        try:
            body = parse_hcl(file.text)
        except Unreadable as error:
            found.gap(file, error.what, "terragrunt hcl fmt --check", error.line)
            continue
        for line in body.broken:
            found.gap(file, "this does not parse as HCL", "terragrunt hcl fmt --check", line)
        unit = _unit(file, body, folders, found)
        if unit is not None:
            yield unit


def _unit(file: File, body: Body, folders: set[str], found: Found) -> Unit | None:
    source = next(
        (one.body.attributes["source"] for one in body.all("terraform") if "source" in one.body.attributes),
        None,
    )
    written = _text(source) if source is not None else ""
    environment = named_environment(file.folder)
    values, lines = _inputs(body)
    backend = next(iter(body.all("remote_state")), None)
    kind = backend.body.attributes.get("backend") if backend is not None else None
    attributes: dict[str, Value] = {
        "source": written,
        "environment": environment,
        "inputs": [*sorted(values)],
        "backend": _text(kind) if kind is not None else "",
    }
    at = source.line if source is not None else 1
    where = {"source": at, **({"backend": kind.line} if kind is not None else {})}
    name = file.folder or "."
    fact = found.fact(file, "terragrunt_unit", "unit", name=name, line=1, attributes=attributes, lines=where)
    if source is None:
        return None
    folder = _folder(file, written)
    if folder in folders:
        found.relation("module", fact.id, folder, file.where(at))
        return Unit(file, folder, environment, values, lines)
    what = f"the module {written or 'of this unit'} is not in the repository"
    hint = "terragrunt run-all plan, then launchbook audit --plan FILE"
    found.gap(file, what, hint, at, hidden_by(written))
    return None


def _folder(file: File, source: str) -> str:
    """The folder in the repository that a source names; ``//`` divides what is copied from what is used."""
    plain = re.sub(r"(?<!:)//", "/", source)
    if _ROOT.match(plain):
        above = file.folder if "terragrunt_dir" in plain else ""
        plain = _ROOT.sub("", plain).lstrip("/")
        return posixpath.normpath(posixpath.join(above, plain))
    if plain.startswith(("./", "../")):
        return posixpath.normpath(posixpath.join(file.folder, plain))
    return plain if "://" in plain or "::" in plain else f"?{plain}"


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


def _inputs(body: Body) -> tuple[dict[str, Value], dict[str, int]]:
    attribute = body.attributes.get("inputs")
    if attribute is None:
        return {}, {}
    value = evaluate(attribute.value, plain_scope())
    entries = getattr(attribute.value, "entries", ())
    lines = {getattr(key, "name", ""): line for key, _, line in entries}
    return (dict(value) if isinstance(value, dict) else {}), lines
