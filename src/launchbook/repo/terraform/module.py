"""One folder of Terraform files as a module: its declarations, before any value is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from launchbook.model.records import record
from launchbook.repo.hcl.jsonsyntax import parse_json
from launchbook.repo.hcl.parse import parse_hcl
from launchbook.repo.hcl.syntax import Block, Body, Literal
from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import File, Found

#: Cost of parsing grows with the square of one long string: nobody writes a larger file by hand.
LIMIT = 256_000
#: How the files of a module end: HCL, or the same as JSON; OpenTofu's own name stands for the file beside it.
SOURCES = (".tf", ".tf.json", ".tofu", ".tofu.json")
GLOBS = tuple(f"*{end}" for end in SOURCES)


@record()
class Declared:
    """A block and the file that it stands in."""

    block: Block
    file: File

    @property
    def body(self) -> Body:
        """The block's body."""
        return self.block.body


@dataclass
class Module:
    """What a folder declares. Names are unique within each kind; an ``override`` file's attributes win."""

    folder: str
    files: list[File] = field(default_factory=list)
    variables: dict[str, Declared] = field(default_factory=dict)
    outputs: dict[str, Declared] = field(default_factory=dict)
    calls: dict[str, Declared] = field(default_factory=dict)
    resources: dict[tuple[str, str], Declared] = field(default_factory=dict)
    data: dict[tuple[str, str], Declared] = field(default_factory=dict)
    local_values: dict[str, tuple[Declared, str]] = field(default_factory=dict)
    providers: list[Declared] = field(default_factory=list)
    settings: list[Declared] = field(default_factory=list)


def read_module(folder: str, files: Sequence[File], found: Found) -> Module:
    """Parse every file of a folder; what does not parse becomes a gap with its line."""
    names = {file.name for file in files}
    files = [file for file in files if file.name.replace(".tf", ".tofu") not in names - {file.name}]
    module = Module(folder, list(files))
    for file in sorted(files, key=lambda file: (_overrides(file), file.name)):
        try:
            body = parse_json(file.text) if file.name.endswith(".json") else parse_hcl(file.text)
        except Unreadable as error:
            found.gap(file, error.what, "terraform fmt -check", error.line)
            continue
        for line in body.broken:
            found.gap(file, "this does not parse as HCL", "terraform fmt -check", line)
        for block in body.blocks:
            _declare(module, Declared(block, file), found)
    return module


def _overrides(file: File) -> bool:
    stem = file.name.removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
    return stem == "override" or stem.endswith("_override")


def _declare(module: Module, declared: Declared, found: Found) -> None:
    block = declared.block
    hidden = block.labels[:1] if block.kind == "resource" else ("*",)
    for line in block.body.everything_broken():
        found.gap(
            declared.file, f"a part of this {block.kind} does not parse", "terraform fmt -check", line, hidden
        )
    match block.kind, block.labels:
        case "resource", (kind, name):
            _keep(module.resources, (kind, name), declared, found)
        case "data", (kind, name):
            _keep(module.data, (kind, name), declared, found)
        case "variable", (name,):
            _keep(module.variables, name, declared, found)
        case "output", (name,):
            _keep(module.outputs, name, declared, found)
        case "module", (name,):
            _keep(module.calls, name, declared, found)
        case "provider", (_,):
            module.providers.append(declared)
        case "terraform", ():
            module.settings.append(declared)
        case "locals", ():
            module.local_values.update({name: (declared, name) for name in block.body.attributes})
        case _:
            pass  # moved, import, removed, check: they change nothing that exists


def _keep(known: dict[Any, Declared], key: object, declared: Declared, found: Found) -> None:
    first = known.get(key)
    if first is None:
        known[key] = declared
    elif _overrides(declared.file):
        first.body.attributes.update(declared.body.attributes)
        replaced = {block.kind for block in declared.body.blocks}
        kept = [block for block in first.body.blocks if block.kind not in replaced]
        first.body.blocks[:] = kept + declared.body.blocks
    else:
        what = (
            f"{declared.block.kind} {'.'.join(declared.block.labels)} is declared twice; the first one counts"
        )
        found.gap(declared.file, what, "terraform validate", declared.block.line)


def literal(body: Body, name: str) -> str:
    """An attribute that must be plain text (``source``, a backend's ``bucket``); empty when it is anything else."""
    attribute = body.attributes.get(name)
    value = attribute.value.value if attribute and isinstance(attribute.value, Literal) else ""
    return value if isinstance(value, str) else ""
