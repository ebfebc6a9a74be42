"""Terraform's JSON syntax as the same bodies that HCL gives: what programs write, and people for lists of values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from launchbook.patterns import regex
from launchbook.repo.hcl.parse import parse_hcl
from launchbook.repo.hcl.syntax import (
    Attribute,
    Block,
    Body,
    Expression,
    ListOf,
    Literal,
    ObjectOf,
    Opaque,
    Template,
)
from launchbook.repo.json_lines import load_json
from launchbook.repo.lined import Map, Seq, as_map

#: Labels of each kind of block; ``locals`` and ``terraform`` have none.
_LABELS = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}
_PLAIN = ("locals", "terraform")
#: Blocks inside ``terraform`` with a label of their own.
_INNER = {"backend": 1, "required_providers": 0, "cloud": 0}
#: Attributes of resources that are maps of names; any other object is a block.
_MAPS = frozenset(
    {"tags", "tags_all", "dimensions", "variables", "parameters", "labels", "annotations", "triggers"}
    | {"match_labels", "environment_variables", "request_parameters", "response_parameters", "depends_on"}
    | {"default", "type", "value", "values", "for_each", "node_selector", "limits", "requests", "providers"}
)
_WHOLE = regex(r"\$\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
#: Objects within objects further down are given up.
DEEPEST = 40


def parse_json(text: str) -> Body:
    """The blocks of a ``.tf.json`` file. Raises Unreadable for what is no JSON."""
    document = load_json(text)
    body = Body()
    for kind, inside in as_map(document).items():
        if kind in _PLAIN:
            body.blocks += [Block(kind, (), _body(one, kind), one.line) for one in _each(inside)]
        elif kind in _LABELS:
            body.blocks += _labelled(kind, inside, (), _LABELS[kind])
    return body


def _labelled(kind: str, node: Any, labels: tuple[str, ...], more: int) -> Iterator[Block]:
    for one in _each(node):
        if not more:
            yield Block(kind, labels, _body(one, kind), one.line)
            continue
        for name, inside in one.items():
            if name != "//":
                yield from _labelled(kind, inside, (*labels, name), more - 1)


def _each(node: Any) -> Iterator[Map]:
    """The objects that an object, or a list of them, stands for."""
    for one in node if isinstance(node, Seq) else [node]:
        if isinstance(one, Map):
            yield one


def _body(node: Map, kind: str, depth: int = 0) -> Body:
    body = Body()
    for name, value in node.items():
        line = node.lines.get(name, node.line)
        if name == "//":
            continue
        if kind == "terraform" and name in _INNER:
            body.blocks += _labelled(name, value, (), _INNER[name])
        elif name == "dynamic":
            body.blocks += _labelled(name, value, (), 1)
        elif _is_block(kind, name, value) and depth < DEEPEST:
            body.blocks += [Block(name, (), _body(one, "block", depth + 1), one.line) for one in _each(value)]
        else:
            body.attributes[name] = Attribute(name, _expression(value), line)
    return body


def _is_block(kind: str, name: str, value: Any) -> bool:
    if kind in ("locals", "module", "variable", "output", "required_providers") or name in _MAPS:
        return False
    return isinstance(value, Map) or (
        isinstance(value, Seq) and bool(value) and all(isinstance(one, Map) for one in value)
    )


def _expression(value: Any, depth: int = 0) -> Expression:
    if depth > DEEPEST:
        return Opaque("it is nested too deep")
    if isinstance(value, Map):
        entries = (
            (Literal(key), _expression(item, depth + 1), value.lines[key]) for key, item in value.items()
        )
        return ObjectOf(tuple(entries))
    if isinstance(value, Seq):
        return ListOf(tuple(_expression(item, depth + 1) for item in value), tuple(value.lines))
    return _text(value) if isinstance(value, str) and "${" in value else Literal(value)


def _text(text: str) -> Expression:
    """A string with expressions in it, read as HCL reads them."""
    whole = _WHOLE.fullmatch(text)
    source = f"x = {whole[1]}\n" if whole else f"x = <<END_OF_TEXT\n{text}\nEND_OF_TEXT\n"
    body = parse_hcl(source)
    if body.broken or "x" not in body.attributes:
        return Opaque("it does not parse")
    value = body.attributes["x"].value
    if not whole and isinstance(value, Template) and isinstance(value.parts[-1], Literal):
        last = value.parts[-1].value
        end = (Literal(last[:-1]),) if isinstance(last, str) and last.endswith("\n") else (value.parts[-1],)
        return Template((*value.parts[:-1], *end))
    return value
