"""A block's body as attributes and the line of each, blocks as lists of maps like in a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from launchbook.model import Ref, Unread, Value
from launchbook.repo.hcl.either import perhaps
from launchbook.repo.hcl.evaluate import evaluate
from launchbook.repo.hcl.scope import Scope, pointers
from launchbook.repo.hcl.syntax import (
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    ListOf,
    Literal,
    Name,
    ObjectOf,
    references,
)

#: Arguments and blocks that steer Terraform and are no attribute of the resource.
META = frozenset(
    {"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection", "dynamic"}
)


@dataclass
class Values:
    """Attributes, the line of each dotted path, and which references each path was written with."""

    attributes: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    refers: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


def read_body(body: Body, scope: Scope, meta: frozenset[str] = META) -> Values:
    """Evaluate a body. What an attribute or a dynamic block cannot tell is Unread in its place."""
    values = Values()
    _fill(body, scope, meta, "", values.attributes, values)
    return values


def _fill(
    body: Body, scope: Scope, meta: frozenset[str], prefix: str, into: dict[str, Value], values: Values
) -> None:
    for name, attribute in body.attributes.items():
        if name in meta:
            continue
        path = prefix + name
        into[name] = evaluate(attribute.value, scope)
        values.lines[path] = attribute.line
        values.lines.update(_lines(attribute.value, path))
        values.refers += _refers(attribute.value, path, scope)
    for block in body.blocks:
        if block.kind == "dynamic" and block.labels:
            _dynamic(block, scope, prefix, into, values)
        elif block.kind not in meta:
            _one_block(block.kind, block, scope, prefix, into, values)


def _one_block(
    kind: str, block: Block, scope: Scope, prefix: str, into: dict[str, Value], values: Values
) -> None:
    inside: dict[str, Value] = {}
    items = into.setdefault(kind, [])
    if not isinstance(items, list):
        return
    path = f"{prefix}{kind}.{len(items)}"
    values.lines.setdefault(prefix + kind, block.line)
    values.lines[path] = block.line
    items.append(inside)
    _fill(block.body, scope, frozenset({"dynamic"}) & META, path + ".", inside, values)


def _dynamic(block: Block, scope: Scope, prefix: str, into: dict[str, Value], values: Values) -> None:
    """A block for every item; when the items are not known, one Unread in the list stands for all of them."""
    kind = block.labels[0]
    content = next(block.body.all("content"), None)
    over = block.body.attributes.get("for_each")
    items = evaluate(over.value, scope) if over else Unread("its for_each is missing")
    items = perhaps(items) or items
    if over:
        values.refers += [(prefix + kind, parts) for parts in references(over.value)]
    if content is None or isinstance(items, Unread | Ref) or not isinstance(items, dict | list):
        reason = items.reason if isinstance(items, Unread) else "known only after apply"
        listed = into.setdefault(kind, [])
        if isinstance(listed, list):
            values.lines[f"{prefix}{kind}.{len(listed)}"] = block.line
            listed.append(
                Unread(f"dynamic block over what is not known: {reason}", refs=tuple(pointers(items)))
            )
        return
    label = block.body.attributes.get("iterator")
    name = label.value.name if label and isinstance(label.value, Name) else kind
    into.setdefault(kind, [])
    pairs: list[tuple[Value, Value]] = (
        list(items.items()) if isinstance(items, dict) else [(i, i) for i in items]
    )
    for key, value in pairs[:1000]:
        inner = scope.with_bound({name: {"key": key, "value": value}})
        _one_block(kind, content, inner, prefix, into, values)


def _refers(expression: Expression, path: str, scope: Scope) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The references of a value, each with the path of the part it is written in."""
    if isinstance(expression, Call) and len(expression.args) == 1:
        yield from _refers(expression.args[0], path, scope)
    elif isinstance(expression, ListOf):
        for number, item in enumerate(expression.items):
            yield from _refers(item, f"{path}.{number}", scope)
    elif isinstance(expression, ObjectOf):
        for key, value, _ in expression.entries:
            name = key.name if isinstance(key, Name) else key.value if isinstance(key, Literal) else "?"
            yield from _refers(value, f"{path}.{name}", scope)
            yield from ((path, parts) for parts in references(key) if not isinstance(key, Name))
    else:
        found = references(expression, lambda key: evaluate(key, scope))
        yield from ((path, parts) for parts in found)


def _lines(expression: Expression, prefix: str) -> Iterator[tuple[str, int]]:
    """The lines of what is written out inside a value (``jsonencode({ ... })``, a map, a list)."""
    if isinstance(expression, Call) and (len(expression.args) == 1 or expression.name == "merge"):
        # What is there for certain is told where it is written, whatever a condition may put over it.
        for arg in sorted(expression.args, key=lambda arg: not isinstance(arg, Conditional)):
            yield from _lines(arg, prefix)
    elif isinstance(expression, Conditional):
        yield from _lines(expression.no, prefix)
        yield from _lines(expression.yes, prefix)
    elif isinstance(expression, ObjectOf):
        for key, value, line in expression.entries:
            name = key.name if isinstance(key, Name) else key.value if isinstance(key, Literal) else None
            if name is not None:
                yield f"{prefix}.{name}", line
                yield from _lines(value, f"{prefix}.{name}")
    elif isinstance(expression, ListOf):
        for number, (item, line) in enumerate(zip(expression.items, expression.lines, strict=True)):
            yield f"{prefix}.{number}", line
            yield from _lines(item, f"{prefix}.{number}")
