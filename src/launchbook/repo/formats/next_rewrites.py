"""Rewrites in a Next.js configuration: a path that another path or another host answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.code.syntax import below, field, line, pairs, root, string, text
from launchbook.repo.reader import File, Found, reader, unread

_BASE_PATH = regex(r"^\s*basePath\s*:\s*['\"`]([^'\"`$]{0,200})['\"`]", re.M)
#: When a list is asked: before any file, after the concrete ones, or when nothing else answers.
_WHEN = {"beforeFiles": "before", "afterFiles": "after", "fallback": "fallback"}
_FUNCTIONS = ("arrow_function", "function_expression", "function_declaration", "method_definition")


@reader(
    "Next.js rewrites",
    *(f"next.config.{suffix}" for suffix in ("js", "mjs", "ts", "cjs")),
    sniff=rb"\brewrites\b",
    hides=("path_rewrite",),
)
def next_rewrites(file: File, found: Found) -> None:
    """Each rewrite that is written out; what is computed is a gap."""
    top = root(file)
    lists = [one for holder in _holders(top) for one in _lists(holder)]
    base = _BASE_PATH.search(file.text)
    whole = bool(lists)
    for when, items in lists:
        for item in items.named_children if items.type == "array" else ():
            if item.type != "comment":
                whole = _rewrite(file, found, when, item, base[1] if base else "") and whole
        whole = whole and items.type == "array"
    if not whole and _declares(top):
        found.gap(file, "rewrites that are computed", "a path that nothing here answers may be rewritten")


def _rewrite(file: File, found: Found, when: str, item: Node, base: str) -> bool:
    """One rewrite as a fact; False when its source or its condition is not told here."""
    members = pairs(item)
    source, to = string(members.get("source")), string(members.get("destination"))
    if source is None or not source.startswith("/") or {"has", "missing"} & set(members):
        return False
    own = "" if text(members.get("basePath")) == "false" else base
    inside = to is not None and to.startswith("/")
    target: Value = unread("its destination is computed") if to is None else f"{own}{to}" if inside else to
    attributes: dict[str, Value] = {"from": f"{own}{source}", "to": target, "when": when}
    found.fact(
        file,
        "path_rewrite",
        f"rewrite:{when}:{own}{source}",
        name=source,
        line=line(item),
        attributes=attributes,
    )
    return True


def _declares(top: Node) -> bool:
    """Whether the configuration has rewrites at all, and does not only speak of them."""
    return any(text(one) == "rewrites" for one in below(top, *_NAMES))


_NAMES = ("property_identifier", "shorthand_property_identifier", "identifier")


def _holders(top: Node) -> Iterator[Node]:
    """What stands behind the name ``rewrites``: a method, a function or a value."""
    for one in below(top, "method_definition", "function_declaration", "pair", "variable_declarator"):
        if text(field(one, "key") or field(one, "name")) == "rewrites":
            value = one if one.type in _FUNCTIONS else field(one, "value")
            if value is not None and value.type != "identifier":
                yield value


def _lists(holder: Node) -> Iterator[tuple[str, Node]]:
    """Each list that the holder returns, with when it is asked."""
    for returned in _returned(holder):
        if returned.type != "object":
            yield "after", returned
            continue
        for key, value in pairs(returned).items():
            yield _WHEN.get(key, "after"), value
        if any(child.type not in ("pair", "comment") for child in returned.named_children):
            yield "after", returned  # a spread, or a list of another name


def _returned(holder: Node) -> Iterator[Node]:
    body = field(holder, "body") if holder.type in _FUNCTIONS else holder
    if body is None or body.type != "statement_block":
        if body is not None:
            yield body.named_children[0] if body.type == "parenthesized_expression" else body
        return
    for one in below(body, "return_statement"):
        above = one.parent
        while above is not None and above.type not in _FUNCTIONS:
            above = above.parent
        if above is not None and above.id == holder.id and one.named_children:
            yield one.named_children[0]
