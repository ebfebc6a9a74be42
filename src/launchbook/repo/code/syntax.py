"""Syntax trees of JavaScript, TypeScript and Java, by tree-sitter.

A file above :data:`LIMIT` bytes is refused: the parser's cost explodes on one long line, and no route was ever
written in a bundle.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from operator import itemgetter

from tree_sitter import Language, Node, Parser

from launchbook.patterns import regex
from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import File

LIMIT = 256_000
#: Brackets of one kind within each other.
DEEPEST = 400
_BRACKETS = regex(r"[<>(){}\[\];]")


@lru_cache(maxsize=4)  # every reader of a file has its turn before the next file's
def root(file: File) -> Node:
    """The tree of a file. Raises Unreadable for a file that is too large or of an unknown language."""
    return _parsed(file, file.text)


def near(file: File, wanted: re.Pattern[str]) -> Node:
    """The tree of the few statements around what a pattern finds, on their own lines: a tenth of the cost of all.

    For what one expression tells; names that are declared elsewhere are not in it. Raises Unreadable as root does.
    """
    return _parsed(file, _around(file.text, wanted))


def _parsed(file: File, text: str) -> Node:
    if file.size > LIMIT:
        raise Unreadable(f"{file.size:,} bytes of code is more than is read ({LIMIT:,})")
    if _too_deep(text):
        raise Unreadable("brackets nested deeper than any code that people write")
    return _parser(file.name.rpartition(".")[2]).parse(text.encode()).root_node


#: How far a statement reaches above and below the line that tells.
_REACH = 60
_GOES_ON = regex(r"\s*(?:[.,:&|=)\]}]|\?)")


def _around(text: str, wanted: re.Pattern[str]) -> str:
    """The text with every line blank but those of what the pattern finds, with the rest of its brackets."""
    plain = _without_comments(text)
    lines = plain.split("\n")
    kept: set[int] = set()
    at = line = 0
    done = -1
    for match in wanted.finditer(plain):
        line += plain.count("\n", at, match.start())
        at = match.start()
        first, last = line, line + match.group().count("\n")
        if last == done:
            continue
        done = last
        while first > 0 and line - first < _REACH and _GOES_ON.match(lines[first]):
            first -= 1
        open_brackets = 0
        for number in range(first, min(len(lines), last + _REACH)):
            here = lines[number]
            open_brackets += sum(map(here.count, "([{")) - sum(map(here.count, ")]}"))
            below = lines[number + 1] if number + 1 < len(lines) else ""
            if number >= last and open_brackets <= 0 and not _GOES_ON.match(below):
                break
        kept.update(range(first, number + 1))
    return "\n".join(one if number in kept else "" for number, one in enumerate(lines))


def _without_comments(text: str) -> str:
    """Block comments blanked, lines kept. A glob's ``/*`` stands inside a word and begins none."""
    parts, at = [], 0
    while (start := text.find("/*", at)) >= 0 and (end := text.find("*/", start + 2)) >= 0:
        begins = start == 0 or text[start - 1] in " \t\n;,({"
        parts.append(text[at:start] if begins else text[at : start + 2])
        parts.append("\n" * text.count("\n", start, end) if begins else "")
        at = end + 2 if begins else start + 2
    return "".join((*parts, text[at:]))


def _too_deep(text: str) -> bool:
    """Whether brackets nest so deep that the parser's cost explodes: it tries every reading of ``a<a<a<…``."""
    if max(map(text.count, "<({[")) <= DEEPEST:
        return False
    depth = angles = 0
    for match in _BRACKETS.finditer(text):
        bracket = match.group()
        if bracket == "<":
            angles += 1
        elif bracket == ">":
            angles = max(0, angles - 1)
        else:  # no type parameter reaches over these
            angles = 0
            depth += (bracket in "({[") - (bracket in ")}]")
        if max(depth, angles) > DEEPEST:
            return True
    return False


@cache
def _parser(suffix: str) -> Parser:
    return Parser(Language(_language(suffix)()))


def _language(suffix: str) -> Callable[[], object]:
    if suffix == "java":
        import tree_sitter_java

        return tree_sitter_java.language
    if suffix in ("ts", "mts", "cts", "tsx"):
        import tree_sitter_typescript

        return (
            tree_sitter_typescript.language_tsx
            if suffix == "tsx"
            else tree_sitter_typescript.language_typescript
        )
    import tree_sitter_javascript

    return tree_sitter_javascript.language


class _Order:
    """Every named node at and below one, by type, with its place in the order of the text."""

    def __init__(self, top: Node) -> None:
        self.places: dict[int, int] = {}
        self.by_type: dict[str, tuple[list[int], list[Node]]] = {}
        cursor = top.walk()
        place = 0
        while True:  # iterative: depth is the input's
            here = cursor.node
            if here is not None and here.is_named:
                self.places[here.id] = place
                places, nodes = self.by_type.setdefault(here.type, ([], []))
                places.append(place)
                nodes.append(here)
            place += 1
            if cursor.goto_first_child():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return


#: One walk serves all questions about a tree: a walk makes an object of each node, which costs more than to parse it.
#: What is kept here keeps its tree, so that no node of another one has the same id.
_orders: deque[_Order] = deque(maxlen=4)


def below(node: Node, *types: str) -> Iterator[Node]:
    """Every named node of these types at or below ``node``, in the order of the text."""
    order = next((one for one in _orders if node.id in one.places), None)
    if order is None:
        order = _Order(node)
        _orders.append(order)
    first = order.places.get(node.id, 0)
    end = first + node.descendant_count
    found: list[tuple[int, Node]] = []
    for places, nodes in (order.by_type[kind] for kind in types if kind in order.by_type):
        at = bisect_left(places, first)
        past = bisect_left(places, end, at)
        found += zip(places[at:past], nodes[at:past], strict=True)
    if len(types) > 1:
        found.sort(key=itemgetter(0))
    return iter([one for _, one in found])


def text(node: Node | None) -> str:
    """The source text of a node."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def line(node: Node) -> int:
    """The line of a node's first character, from 1."""
    return int(node.start_point[0]) + 1


def field(node: Node | None, *names: str) -> Node | None:
    """The child at a path of field names."""
    for name in names:
        node = node.child_by_field_name(name) if node is not None else None
    return node


def string(node: Node | None) -> str | None:
    """The value of a string literal without substitutions; None for anything else."""
    if node is None or node.type not in ("string", "template_string", "string_literal"):
        return None
    if any(child.type == "template_substitution" for child in node.named_children):
        return None
    return text(node)[1:-1]


def arguments(call: Node) -> list[Node]:
    """The arguments of a call, comments left out."""
    given = field(call, "arguments")
    return [child for child in given.named_children if child.type != "comment"] if given is not None else []


def pairs(node: Node | None) -> dict[str, Node]:
    """The members of an object literal by key."""
    found: dict[str, Node] = {}
    for member in node.named_children if node is not None and node.type == "object" else ():
        key, value = field(member, "key"), field(member, "value")
        if key is not None and value is not None:
            found[string(key) or text(key)] = value
    return found


def imported_from(statement: Node) -> str:
    """The module of an ``import``, also of TypeScript's ``import x = require("…")``."""
    clause = next(
        (child for child in statement.named_children if child.type == "import_require_clause"), None
    )
    return string(field(clause or statement, "source")) or ""


def imports(top: Node) -> dict[str, str]:
    """Each imported name with the module it comes from: ``import`` and ``require`` alike."""
    found: dict[str, str] = {}
    for statement in below(top, "import_statement"):
        module = imported_from(statement)
        for name in below(statement, "identifier"):
            found[text(name)] = module
    for declarator in below(top, "variable_declarator"):
        call = field(declarator, "value")
        if call is not None and text(field(call, "function")) == "require" and arguments(call):
            module = string(arguments(call)[0]) or ""
            for name in below(declarator, "identifier", "shorthand_property_identifier_pattern"):
                if text(name) != "require":
                    found[text(name)] = module
    return found
