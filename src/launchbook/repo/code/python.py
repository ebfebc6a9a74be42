"""Python sources as syntax trees: names, constants and calls; nothing is imported or run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import File

LIMIT = 256_000
_trees: WeakKeyDictionary[File, ast.Module] = WeakKeyDictionary()


def tree(file: File) -> ast.Module:
    """The module of a file, parsed once. Raises Unreadable when it is too large or does not parse."""
    if file.size > LIMIT:
        raise Unreadable(f"{file.size:,} bytes of code is more than is read ({LIMIT:,})")
    try:
        if file not in _trees:
            _trees[file] = ast.parse(file.text)
        return _trees[file]
    except SyntaxError as error:
        raise Unreadable(f"not valid Python: {error.msg}", error.lineno or 0) from None
    except (ValueError, RecursionError, MemoryError):
        raise Unreadable("not valid Python: too deeply nested") from None


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


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def imported(module: ast.Module) -> dict[str, str]:
    """Each name that a module imports or makes by a call, with what it comes from: ``cache`` → ``redis.Redis``."""
    found: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {(alias.asname or alias.name).split(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module or ''}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            maker = dotted(node.value.func)
            found |= {target.id: maker for target in node.targets if isinstance(target, ast.Name) and maker}
    return found
