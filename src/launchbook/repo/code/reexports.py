"""The methods that a route file exports: its own, and those that it passes on from other files."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.code import modules
from launchbook.repo.code.syntax import below, field, line, root, string, text
from launchbook.repo.reader import File, Found

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: How many files an export is followed through.
DEEPEST = 8
_STAR = regex(r"export\s*\*\s*from\b")
_HINT = "export each method by its name to have its route read"


@record()
class Exported:
    """One method: where the file exports it, the handler, and the file that the handler is in."""

    method: str
    at: Node
    handler: Node
    file: File


def exported_methods(file: File, found: Found) -> Iterator[Exported]:
    """Every method that a module exports, each as the module itself would be asked for it first."""
    yield from _exported(file, found, file, METHODS, DEEPEST)


def _exported(
    file: File, found: Found, first: File, wanted: tuple[str, ...], left: int
) -> Iterator[Exported]:
    """What a file exports of the wanted names; ``first`` is the route's own file, which gaps are told of."""
    top = root(file)
    yield from _own(file, top, wanted)
    imported = modules.bindings(top)
    for export in below(top, "export_statement"):
        source = string(field(export, "source"))
        if source is not None and _STAR.match(text(export)):
            if left and (other := _other(file, source, found)) is not None:
                for one in _exported(other, found, first, wanted, left - 1):
                    yield Exported(one.method, export, one.handler, one.file)
            else:
                found.gap(file, f"methods exported from {source}", _HINT, line(export))
            continue
        for specifier in below(export, "export_specifier"):
            name = text(field(specifier, "name"))
            outside = text(field(specifier, "alias")) or name
            if outside not in wanted:
                continue
            origin = (source, name) if source is not None else imported.get(name)
            handler = _behind(file, origin, found, first, left) if origin is not None else None
            if handler is not None:
                yield Exported(outside, export, handler.handler, handler.file)
            elif origin is not None:
                yield Exported(outside, export, export, file)


def _behind(file: File, origin: tuple[str, str], found: Found, first: File, left: int) -> Exported | None:
    """The handler that an import means; None for another package's."""
    other = _other(file, origin[0], found) if left else None
    if other is None:
        return None
    return next(_exported(other, found, first, (origin[1],), left - 1), None)


def _other(file: File, source: str, found: Found) -> File | None:
    other = modules.script(found.tree, file, source)
    return other if other is not None and other.path != file.path else None


def _own(file: File, top: Node, wanted: tuple[str, ...]) -> Iterator[Exported]:
    """What a file makes and exports itself; ``const GET = handler`` leads to the handler."""
    values = {
        text(field(one, "name")): value
        for one in below(top, "variable_declarator")
        if (value := field(one, "value")) is not None
    }
    values |= {text(field(one, "name")): one for one in below(top, "function_declaration")}
    for export in below(top, "export_statement"):
        if field(export, "source") is not None:
            continue
        for one in below(export, "function_declaration", "variable_declarator"):
            name = text(field(one, "name"))
            if name in wanted and (
                one.parent == export or (one.parent is not None and one.parent.parent == export)
            ):
                value = field(one, "value") if one.type == "variable_declarator" else one
                yield Exported(name, export, _handler(value or one, values), file)
            for part in _destructured(one):
                if text(part) in wanted:
                    yield Exported(text(part), export, one, file)
        for specifier in below(export, "export_specifier"):
            name = text(field(specifier, "name"))
            if (text(field(specifier, "alias")) or name) in wanted and name in values:
                yield Exported(text(field(specifier, "alias")) or name, export, values[name], file)


def _destructured(declarator: Node) -> list[Node]:
    """``export const { GET, POST } = handlers``."""
    pattern = field(declarator, "name")
    if pattern is None or pattern.type != "object_pattern":
        return []
    return list(below(pattern, "shorthand_property_identifier_pattern"))


def _handler(value: Node, values: dict[str, Node]) -> Node:
    """The function behind ``handler`` or ``withAuth(handler)``: the wrapper and the wrapped stay in view together."""
    if value.type == "identifier":
        return values.get(text(value), value)
    return value
