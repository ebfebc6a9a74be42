"""Python sources as syntax trees: names, constants and calls; nothing is imported or run."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache, lru_cache

from launchbook.patterns import regex
from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import File

LIMIT = 256_000


@lru_cache(maxsize=4)  # every reader of a file has its turn before the next file's
def tree(file: File) -> ast.Module:
    """The module of a file. Raises Unreadable when it is too large or does not parse."""
    if file.size > LIMIT:
        raise Unreadable(f"{file.size:,} bytes of code is more than is read ({LIMIT:,})")
    try:
        return ast.parse(file.text)
    except SyntaxError as error:
        version = ".".join(map(str, sys.version_info[:2]))  # a later one may know more
        raise Unreadable(f"not valid Python {version}: {error.msg}", error.lineno or 0) from None
    except (ValueError, RecursionError, MemoryError):
        raise Unreadable("not valid Python: too deeply nested") from None


#: Comments, strings (those that take values, too), and everything else one sign at a time.
_TOKEN = regex(
    r"#[^\n]*|(?P<prefix>[rbfuRBFU]{0,2})(?P<string>\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')",
    re.S,
)
_BRACKETS = {"(": ")", "[": "]"}
#: Characters of one expression that is looked at.
_REACH = 2000


def expressions(file: File, wanted: re.Pattern[str]) -> Iterator[tuple[ast.expr, int]]:
    """The calls and subscripts that begin with what a pattern finds, each with its line: nothing else is parsed.

    The pattern ends before the bracket. Comments and strings are passed over, but for what a format string holds.
    """
    text = file.text
    line = at = 0
    # Looked for no further than the last match; a string that takes values holds expressions.
    inert = (token for token in _TOKEN.finditer(text) if "f" not in (token["prefix"] or "").lower())
    spans = (token.span() for token in inert)
    span = next(spans, None)
    for match in wanted.finditer(text):
        while span is not None and span[1] <= match.start():
            span = next(spans, None)
        if span is not None and span[0] <= match.start():
            continue
        line += text.count("\n", at, match.start())
        at = match.start()
        found = _expression(text, match)
        if found is not None:
            yield found, line + 1


def _expression(text: str, match: re.Match[str]) -> ast.expr | None:
    """What stands from the match to the bracket that closes it."""
    closing = _BRACKETS.get(text[match.end() : match.end() + 1], "")
    end = match.end()
    for _ in range(8 if closing else 0):  # a default may hold brackets of its own
        end = text.find(closing, end, match.start() + _REACH) + 1
        if not end:
            return None
        try:
            return ast.parse(f"({text[match.start() : end]})", mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def dotted(node: ast.AST | None) -> str:
    """``app.get`` for a name or an attribute chain; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def constant(node: ast.AST | None) -> object:
    """The value of a literal; None for anything else."""
    return node.value if isinstance(node, ast.Constant) else None


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The argument of that name."""
    return next((given.value for given in call.keywords if given.arg == name), None)


def strings(node: ast.AST | None) -> list[str]:
    """Every string literal in a list, tuple or set literal."""
    items = node.elts if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else []
    return [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]


@lru_cache(maxsize=32)  # a module and its functions, which every reader of a file asks for many times
def nodes(top: ast.AST) -> tuple[ast.AST, ...]:
    """A node with all below it, as :func:`ast.walk` gives them, without those that say load or store."""
    found = [top]
    for node in found:
        for name in _parts(node._fields):
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                found.append(value)
    return tuple(found)


@cache
def _parts(fields: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the fields of a kind of node that may hold another one."""
    return tuple(name for name in fields if name not in ("ctx", "id", "attr", "kind", "type_comment"))


@lru_cache(maxsize=4)
def functions(module: ast.Module) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    """Every function and method."""
    return tuple(node for node in nodes(module) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def imported(module: ast.Module) -> dict[str, str]:
    """Each name that a module imports or makes by a call, with what it comes from: ``cache`` → ``redis.Redis``."""
    found: dict[str, str] = {}
    for node in nodes(module):
        if isinstance(node, ast.Import):
            found |= {(alias.asname or alias.name).split(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module or ''}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            maker = dotted(node.value.func)
            found |= {target.id: maker for target in node.targets if isinstance(target, ast.Name) and maker}
    return found


@lru_cache(maxsize=4)
def _lines(file: File) -> list[str]:
    return file.text.splitlines()


def source(file: File, node: ast.stmt | None) -> str:
    """The lines of a statement; empty for none."""
    return "\n".join(_lines(file)[node.lineno - 1 : node.end_lineno]) if node is not None else ""


def words_of(node: ast.AST) -> str:
    """An expression as text, to look for words in; empty for one that is nested deeper than any that people write."""
    try:
        return ast.unparse(node)
    except RecursionError:
        return ""
