"""Files that fit in a head: about 300 lines a file, about 40 a function; an exemption is a decision page."""

from __future__ import annotations

import ast

import pytest

from tests.rules.source import Source, exemptions, sources

FILE_LINES = 310
FUNCTION_LINES = 40
OURS = (
    "src/launchbook",
    "services/orders/src",
    "services/orders/tests",
    "benchmarks",
    "examples/orders",
    "tests",
)


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the signature to the end, the docstring not counted."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        assert first.end_lineno is not None
        lines -= first.end_lineno - first.lineno + 1
    return lines


@pytest.mark.parametrize("source", sources(*OURS), ids=lambda source: source.name)
def test_a_file_fits_in_a_head(source: Source) -> None:
    if source.name in exemptions():
        return
    assert source.text.count("\n") <= FILE_LINES


@pytest.mark.parametrize("source", sources(*OURS), ids=lambda source: source.name)
def test_a_function_fits_on_a_screen(source: Source) -> None:
    functions = [
        node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = [
        f"{source.name}:{function.lineno}: {function.name} has {code_lines(function)} lines"
        for function in functions
        if code_lines(function) > FUNCTION_LINES and f"{source.name}::{function.name}" not in exemptions()
    ]
    assert long == []


def test_every_exemption_is_still_needed() -> None:
    named = {source.name: source for source in sources(*OURS)}
    for exempt in exemptions():
        path, _, function = exempt.partition("::")
        assert path in named, f"{exempt}: no such file"
        if function:
            found = [
                node
                for node in ast.walk(named[path].tree)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function
            ]
            assert any(code_lines(node) > FUNCTION_LINES for node in found), f"{exempt}: it fits now"
        else:
            assert named[path].text.count("\n") > FILE_LINES, f"{exempt}: it fits now"
