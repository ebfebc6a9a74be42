"""Syntax trees of JavaScript, TypeScript and Java, by tree-sitter.

A file above :data:`LIMIT` bytes is refused: the parser's cost explodes on one long line, and no route was ever
written in a bundle.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from weakref import WeakKeyDictionary

from tree_sitter import Language, Node, Parser

from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import File

LIMIT = 256_000
#: Brackets of one kind within each other.
DEEPEST = 400
_BRACKETS = re.compile(r"[<>(){}\[\];]")
_trees: WeakKeyDictionary[File, Node] = WeakKeyDictionary()


def root(file: File) -> Node:
    """The tree of a file, parsed once. Raises Unreadable for a file that is too large or of an unknown language."""
    if file not in _trees:
        if file.size > LIMIT:
            raise Unreadable(f"{file.size:,} bytes of code is more than is read ({LIMIT:,})")
        if _too_deep(file.text):
            raise Unreadable("brackets nested deeper than any code that people write")
        _trees[file] = _parser(file.name.rpartition(".")[2]).parse(file.text.encode()).root_node
    return _trees[file]


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


def below(node: Node, *types: str) -> Iterator[Node]:
    """Every node of these types at or below ``node``, in the order of the text. Iterative: depth is the input's."""
    stack = [node]
    while stack:
        here = stack.pop()
        if here.type in types:
            yield here
        stack.extend(reversed(here.named_children))


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


def imports(top: Node) -> dict[str, str]:
    """Each imported name with the module it comes from: ``import`` and ``require`` alike."""
    found: dict[str, str] = {}
    for statement in below(top, "import_statement"):
        module = string(field(statement, "source")) or ""
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
