"""HCL text to :mod:`launchbook.repo.hcl.syntax`, through tree-sitter: what does not parse is kept as broken lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from launchbook.patterns import regex
from launchbook.repo.hcl.syntax import (
    IT,
    Attribute,
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    Get,
    Index,
    ListOf,
    Literal,
    Name,
    ObjectOf,
    Opaque,
    Operation,
    Splat,
    Template,
)
from launchbook.repo.hcl.templates import line_of_node, loop, template, text_of, unescaped
from launchbook.repo.lined import Unreadable

#: Expressions nested deeper are opaque: nobody writes them, and evaluating them would exhaust the stack.
DEEPEST = 60
MOST_BLANKS = 1000
_BLANKS = regex(r"\s{100,}")
_OPERATORS = frozenset({"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "!"})


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_hcl.language()))


def parse_hcl(text: str) -> Body:
    """The whole file. Lines are 1-based. Never raises on bad syntax: see ``Body.broken``.

    Raises Unreadable for a stretch of blanks that no file has: in a string left open, its cost is its square.
    """
    for blanks in _BLANKS.finditer(text):
        if blanks.end() - blanks.start() > MOST_BLANKS:
            raise Unreadable(
                f"more than {MOST_BLANKS:,} blanks in a row", text.count("\n", 0, blanks.start()) + 1
            )
    source = text.encode("utf-8", "replace")
    root = _parser().parse(source).root_node
    body = Body()
    inner = next((child for child in root.children if child.type == "body"), root)
    _body(inner, body)
    if root.has_error and not body.everything_broken():
        body.broken.append(_first_error(root))
    return body


def _first_error(node: Node) -> int:
    while True:
        if node.is_error or node.is_missing:
            return line_of_node(node)
        below = next((child for child in node.children if child.has_error), None)
        if below is None:
            return line_of_node(node)
        node = below


def _body(node: Node, body: Body, depth: int = 0) -> None:
    for child in node.children:
        if child.is_error or child.is_missing:
            body.broken.append(line_of_node(child))
        elif child.type == "attribute":
            _attribute(child, body)
        elif child.type == "block":
            _block(child, body, depth)


def _attribute(node: Node, body: Body) -> None:
    name, value = node.children[0], node.children[-1]
    if node.has_error or value.type != "expression":
        body.broken.append(line_of_node(node))
        body.attributes[text_of(name)] = Attribute(
            text_of(name), Opaque("it does not parse"), line_of_node(node)
        )
        return
    try:
        written = _expression(value, 0)
    except (
        ValueError,
        LookupError,
        TypeError,
        StopIteration,
    ):  # a shape that nobody has seen costs itself alone
        written = Opaque("its syntax is not understood")
    body.attributes.setdefault(text_of(name), Attribute(text_of(name), written, line_of_node(node)))


def _block(node: Node, body: Body, depth: int) -> None:
    kind, labels, inner = "", [], Body()
    for child in node.children:
        if child.type == "identifier" and not kind:
            kind = text_of(child)
        elif child.type == "identifier":
            labels.append(text_of(child))
        elif child.type == "string_lit":
            labels.append(_plain_string(child))
        elif child.type == "body" and depth < DEEPEST:
            _body(child, inner, depth + 1)
        elif child.is_error or child.is_missing or child.type == "body":
            inner.broken.append(line_of_node(child))
    body.blocks.append(Block(kind, tuple(labels), inner, line_of_node(node)))


def _plain_string(node: Node) -> str:
    return unescaped("".join(text_of(child) for child in node.children if child.type == "template_literal"))


def _expression(node: Node, depth: int) -> Expression:
    if depth > DEEPEST:
        return Opaque("it is nested too deep")
    children = [child for child in node.children if child.type != "comment"]
    if children and children[0].type in _READERS_OF_NODE and len(children) == 1:
        return _READERS_OF_NODE[children[0].type](children[0], depth + 1)
    return _folded(children, depth + 1)


def _folded(children: Sequence[Node], depth: int) -> Expression:
    """A primary and what follows it: ``.name``, ``[key]``, ``[*]``."""
    if not children:
        return Opaque("it is empty")
    if children[0].type == "(":
        inner = next((child for child in children if child.type == "expression"), None)
        rest = children[
            next((i for i, child in enumerate(children) if child.type == ")"), len(children)) + 1 :
        ]
        value = _expression(inner, depth) if inner else Opaque("it is empty")
        # ``{ (name) = 1 }`` is a variable where ``{ name = 1 }`` is a word: the template keeps them apart.
        return _followed(Template((value,)) if isinstance(value, Name) else value, rest, depth)
    return _followed(_primary(children[0], depth), children[1:], depth)


def _followed(value: Expression, rest: Sequence[Node], depth: int) -> Expression:
    for node in rest:
        if node.type == "get_attr":
            value = Get(value, text_of(node.children[-1]))
        elif node.type == "index":
            value = _indexed(value, node.children[0], depth)
        elif node.type == "splat":
            inner = node.children[0].children[1:]
            value = Splat(value, _followed(Name(IT), inner, depth))
        else:
            return Opaque(f"its syntax is not understood ({node.type})")
    return value


def _indexed(value: Expression, node: Node, depth: int) -> Expression:
    if node.type == "legacy_index":
        number = text_of(node).lstrip(". \t")
        return Index(value, Literal(int(number))) if number.isdecimal() else Opaque("its index is no number")
    inner = next((child for child in node.children if child.type == "expression"), None)
    return Index(value, _expression(inner, depth)) if inner else Opaque("its index is empty")


def _primary(node: Node, depth: int) -> Expression:
    read = _READERS_OF_NODE.get(node.type)
    return read(node, depth) if read else Opaque(f"its syntax is not understood ({node.type})")


def _literal(node: Node, _: int) -> Expression:
    inner = node.children[0]
    text = text_of(inner)
    if inner.type == "string_lit":
        return Literal(_plain_string(inner))
    if inner.type == "bool_lit":
        return Literal(text == "true")
    if inner.type == "numeric_lit":
        number = float(text) if len(text) < 300 else 0.0
        return Literal(int(number) if number.is_integer() and abs(number) < 1e15 else number)
    return Literal(None)


def _operation(node: Node, depth: int) -> Expression:
    if depth > DEEPEST:
        return Opaque("it is nested too deep")
    children = [child for child in node.children[0].children if child.type != "comment"]
    at = next(i for i, child in enumerate(children) if child.type in _OPERATORS)
    sides = [part for part in (children[:at], children[at + 1 :]) if part]
    return Operation(children[at].type, tuple(_folded(side, depth + 1) for side in sides))


def _conditional(node: Node, depth: int) -> Expression:
    parts = [_expression(child, depth) for child in node.children if child.type == "expression"]
    return Conditional(*parts) if len(parts) == 3 else Opaque("its condition does not parse")


def _call(node: Node, depth: int) -> Expression:
    args = next((child.children for child in node.children if child.type == "function_arguments"), [])
    values = tuple(_expression(child, depth) for child in args if child.type == "expression")
    return Call(text_of(node.children[0]), values, any(child.type == "ellipsis" for child in args))


def _collection(node: Node, depth: int) -> Expression:
    inner = node.children[0]
    if inner.type == "tuple":
        items = [child for child in inner.children if child.type == "expression"]
        return ListOf(tuple(_expression(item, depth) for item in items), tuple(map(line_of_node, items)))
    entries = []
    for child in inner.children:
        if child.type == "object_elem":
            sides = [part for part in child.children if part.type == "expression"]
            if len(sides) == 2:
                entries.append(
                    (_expression(sides[0], depth), _expression(sides[1], depth), line_of_node(child))
                )
    return ObjectOf(tuple(entries))


def _for(node: Node, depth: int) -> Expression:
    inner = node.children[0]
    intro = next(child for child in inner.children if child.type == "for_intro")
    names, over = loop(intro, depth, _expression)
    values = [_expression(child, depth) for child in inner.children if child.type == "expression"]
    cond = next((child for child in inner.children if child.type == "for_cond"), None)
    test = _expression(cond.children[-1], depth) if cond else None
    if inner.type == "for_tuple_expr":
        return For(names, over, None, values[0], test)
    grouped = any(child.type == "ellipsis" for child in inner.children)
    return For(names, over, values[0], values[-1], test, grouped)


def _variable(node: Node, _: int) -> Expression:
    return Name(text_of(node.children[0]))


_READERS_OF_NODE: dict[str, Callable[[Node, int], Expression]] = {
    "literal_value": _literal,
    "variable_expr": _variable,
    "operation": _operation,
    "conditional": _conditional,
    "function_call": _call,
    "collection_value": _collection,
    "for_expr": _for,
    "template_expr": lambda node, depth: template(node, depth, _expression),
    "expression": _expression,
}
