"""Questions about a syntax tree: nodes by type, in the order of the text, below any node of any of several trees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tree_sitter import Node

from launchbook.repo import File
from launchbook.repo.code.syntax import below, root

SOURCES = {
    "a.ts": "import { a, b } from './a';\nexport const f = (x: number) => a(b(x), [x, { y: x }]);\n",
    "b.ts": "const g = function () { return f(f(f(1))); };\nif (g()) { g(); }\n",
    "c.js": "class C { m() { return `${this.x}`; } }\nconst { p, q } = require('c';\n",  # not valid
    "d.java": 'class D { @Get("/x") int m(int a) { return a + n(a, m(1)); } }\n',
    "e.js": "",
}
TYPES = ("identifier", "call_expression", "string", "function_expression", "method_invocation", "ERROR")


def walked(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walked(child)


@pytest.fixture
def tops(tmp_path: Path) -> list[Node]:
    for name, text in SOURCES.items():
        (tmp_path / name).write_text(text)
    return [root(File(str(tmp_path), name, "source")) for name in SOURCES]


def test_every_named_node_of_a_type_is_found_below_every_node(tops: list[Node]) -> None:
    asked = 0
    for top in (*tops, *reversed(tops)):  # more trees than are kept, so that each is asked about anew
        for node in filter(lambda one: one.is_named, walked(top)):
            for types in (*((kind,) for kind in TYPES), TYPES, (top.type, *TYPES[:2])):
                expected = [one.id for one in walked(node) if one.is_named and one.type in types]
                assert [one.id for one in below(node, *types)] == expected, (node, types)
                asked += len(expected)
    assert asked > 300
