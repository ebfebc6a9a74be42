"""The environment variables that fill the fields of pydantic's settings: prefix, aliases, and what no file tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from launchbook.repo.code.python import constant, dotted, imported, keyword, nodes
from launchbook.repo.reader import File, Found

#: Classes built on each other are followed so far.
_DEEPEST = 5
_LIBRARIES = ("pydantic", "pydantic_settings")


def fields_of(module: ast.Module, file: File, found: Found) -> Iterator[tuple[str, int, bool]]:
    """Name, line and whether it is required, of each field; a gap where a prefix is computed or another file's."""
    origins = imported(module)
    classes = {one.name: one for one in module.body if isinstance(one, ast.ClassDef)}
    for node in nodes(module):
        if not isinstance(node, ast.ClassDef):
            continue
        own, base = _lineage(node, classes)
        if not base:
            continue
        origin = origins.get(base.partition(".")[0], "")
        prefix = _prefix(own) if origin.partition(".")[0] in _LIBRARIES or not origin else None
        if prefix is None:
            _untold(node, base, file, found)
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                for name in _renamed(own, item) or _names(item, prefix):
                    yield name, item.lineno, _is_required(item.value)


def _lineage(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> tuple[list[ast.stmt], str]:
    """What a class and those of this file that it is built on say, its own first, and the library's name at the end."""
    body: list[ast.stmt] = []
    for _ in range(_DEEPEST):
        body += node.body
        names = [dotted(one) for one in node.bases]
        base = next((name for name in names if name.endswith("BaseSettings") and name not in classes), "")
        above = next((classes[name] for name in names if name in classes), None)
        if base or above is None:
            return body, base
        node = above
    return body, ""


def _renamed(body: list[ast.stmt], item: ast.AnnAssign) -> list[str]:
    """``fields = {"other": {"env": "OTHER"}}`` of the inner ``Config``, as the first version had it."""
    for config in body:
        for inner in config.body if isinstance(config, ast.ClassDef) and config.name == "Config" else ():
            named = isinstance(inner, ast.Assign) and any(dotted(one) == "fields" for one in inner.targets)
            given = (
                _member(inner.value, dotted(item.target)) if isinstance(inner, ast.Assign) and named else None
            )
            env = _member(given, "env") if given is not None else None
            if env is not None:
                return [
                    one.value.upper()
                    for one in nodes(env)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                ]
    return []


def _prefix(body: list[ast.stmt]) -> str | None:
    """``env_prefix`` of ``model_config`` or of the inner ``Config``; empty without one, None for a computed one."""
    for item in body:
        if isinstance(item, ast.Assign) and any(dotted(one) == "model_config" for one in item.targets):
            made = item.value
            if isinstance(made, ast.Call) and not dotted(made.func).endswith(("ConfigDict", "dict")):
                return None  # a function of the repository
            given = keyword(made, "env_prefix") if isinstance(made, ast.Call) else _member(made, "env_prefix")
            return _text(given) if given is not None else ""
        if isinstance(item, ast.ClassDef) and item.name == "Config":
            for inner in item.body:
                if isinstance(inner, ast.Assign) and any(
                    dotted(one) == "env_prefix" for one in inner.targets
                ):
                    return _text(inner.value)
    return ""


def _member(node: ast.expr, name: str) -> ast.expr | None:
    pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
    return next((value for key, value in pairs if constant(key) == name), None)


def _text(node: ast.expr) -> str | None:
    value = constant(node)
    return value if isinstance(value, str) else None


def _names(item: ast.AnnAssign, prefix: str | None) -> list[str]:
    """The variables that fill a field: its aliases, which take no prefix, or its own name behind the prefix."""
    if isinstance(item.value, ast.Call) and dotted(item.value.func).rpartition(".")[2] == "Field":
        for alias in ("validation_alias", "alias", "env"):
            given = keyword(item.value, alias)
            if given is not None:
                literals = (constant(one) for one in nodes(given))
                return [one.upper() for one in literals if isinstance(one, str)]
    name = item.target.id if isinstance(item.target, ast.Name) else ""
    hidden = prefix is None or name == "model_config" or name.startswith("_")
    return [] if hidden else [f"{prefix}{name}".upper()]


def _is_required(value: ast.expr | None) -> bool:
    """Whether a field has no default: none at all, or ``Field(...)`` without one."""
    if isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] == "Field":
        given = value.args[0] if value.args else keyword(value, "default")
        return keyword(value, "default_factory") is None and (given is None or constant(given) is Ellipsis)
    return value is None


def _untold(node: ast.ClassDef, base: str, file: File, found: Found) -> None:
    if found.first("settings class", f"{file.path} {base}"):
        what = f"the settings of {node.name} are filled under names that {base} or a function decides"
        found.gap(file, what, "read their names where it decides them", node.lineno, ("setting",))
