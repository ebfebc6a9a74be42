"""Templates, heredocs and loops of HCL: what has text between its expressions."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from typing import TypeAlias

from tree_sitter import Node

from launchbook.patterns import regex
from launchbook.repo.hcl.syntax import Conditional, Expression, For, Literal, Opaque, Template

Read: TypeAlias = Callable[[Node, int], Expression]
_ESCAPE = regex(r"\\(n|r|t|\"|\\|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def line_of_node(node: Node) -> int:
    """The 1-based line that a node starts on."""
    return node.start_point[0] + 1


def text_of(node: Node) -> str:
    """The source text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def unescaped(text: str) -> str:
    """A quoted string's text with its escapes resolved."""

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        return _ESCAPES[code] if code in _ESCAPES else chr(min(int(code[1:], 16), 0x10FFFF))

    return _ESCAPE.sub(one, text).replace("$${", "${").replace("%%{", "%{")


def loop(intro: Node, depth: int, read: Read) -> tuple[tuple[str, ...], Expression]:
    """The variables that a ``for`` binds, and what it loops over."""
    names = tuple(text_of(child) for child in intro.children if child.type == "identifier")
    over = next((child for child in intro.children if child.type == "expression"), None)
    return names, read(over, depth) if over else Opaque("its loop does not parse")


def template(node: Node, depth: int, read: Read) -> Expression:
    """A quoted template or heredoc; ``read`` reads the expressions inside."""
    inner = node.children[0]
    heredoc = inner.type == "heredoc_template"
    children = inner.children[2:-1] if heredoc else inner.children[1:-1]
    start = inner.children[1].end_byte + 1 if heredoc else inner.children[0].end_byte
    end = inner.children[-1].start_byte
    parts = _parts(children, start, end, node, depth, heredoc, read)
    if heredoc and text_of(inner.children[0]) == "<<-":
        parts = _dedented(parts)
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Literal) else Template(tuple(parts))


def _parts(
    children: Sequence[Node], start: int, end: int, owner: Node, depth: int, raw: bool, read: Read
) -> list[Expression]:
    """Literal text between what is interpolated; taken from the bytes, since the grammar drops white space."""
    text, base = owner.text or b"", owner.start_byte
    parts: list[Expression] = []
    at = start
    for child in (*children, None):
        if child is not None and child.type == "template_literal":
            continue
        stop = child.start_byte if child is not None else end
        between = text[at - base : stop - base].decode("utf-8", "replace")
        if between:
            parts.append(Literal(between.replace("$${", "${") if raw else unescaped(between)))
        if child is not None:
            parts.append(_interpolated(child, depth, read))
            at = child.end_byte
    return parts or [Literal("")]


def _interpolated(node: Node, depth: int, read: Read) -> Expression:
    if node.type == "template_interpolation":
        inner = next((child for child in node.children if child.type == "expression"), None)
        return read(inner, depth) if inner else Literal("")
    directive = node.children[0] if node.children else node
    if directive.type == "template_if":
        return _template_if(directive, depth, read)
    if directive.type == "template_for":
        return _template_for(directive, depth, read)
    return Opaque("its template is not understood")


def _template_if(node: Node, depth: int, read: Read) -> Expression:
    intro = node.children[0]
    test = next((child for child in intro.children if child.type == "expression"), None)
    otherwise = next(
        (i for i, child in enumerate(node.children) if child.type == "template_else_intro"), None
    )
    last = len(node.children) - 1
    yes = _between(node, 0, otherwise or last, depth, read)
    no = _between(node, otherwise, last, depth, read) if otherwise else Literal("")
    return Conditional(read(test, depth), yes, no) if test else Opaque("its template is not understood")


def _template_for(node: Node, depth: int, read: Read) -> Expression:
    names, over = loop(node.children[0], depth, read)
    return For(names, over, None, _between(node, 0, len(node.children) - 1, depth, read), None, text=True)


def _between(node: Node, first: int, last: int, depth: int, read: Read) -> Expression:
    start, end = node.children[first].end_byte, node.children[last].start_byte
    return Template(tuple(_parts(node.children[first + 1 : last], start, end, node, depth, False, read)))


def _dedented(parts: list[Expression]) -> list[Expression]:
    """``<<-`` drops the indentation that all lines share; interpolations count as text."""
    marks = [part.value if isinstance(part, Literal) else "\0" for part in parts]
    joined = textwrap.dedent("".join(str(mark) for mark in marks))
    others = iter([part for part in parts if not isinstance(part, Literal)])
    found: list[Expression] = []
    for piece in re.split("(\0)", joined):
        if piece:
            found.append(next(others, Literal("")) if piece == "\0" else Literal(piece))
    return found or [Literal("")]
