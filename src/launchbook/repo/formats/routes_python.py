"""Routes of Starlette, FastAPI and Flask: decorators, ``Route(…)`` lists with the prefixes of their routers, and tables
(``{"/orders": {"POST": create}}``)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from launchbook.repo.code.endpoints import kind_of, touches
from launchbook.repo.code.python import constant, dotted, functions, imported, keyword, strings, tree
from launchbook.repo.reader import File, Found, reader

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_AUTHENTICATES = re.compile(
    r"login_required|require_?auth|authenticate|Security\b|HTTPBearer|OAuth2|compare_digest|APIKey"
)
_RESPONDERS = re.compile(r"Response$|^jsonify$|^render_template$|^dict$|^str$|\.(json|model_dump|dict)$")
_LIMITS = re.compile(r"\blimiter\b|rate_?limit|throttle", re.I)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Route:
    """A declared route: where it stands, its path as declared, its methods and its handler's name."""

    line: int
    path: str
    methods: list[str]
    handler: str
    guards: list[str]


@reader(
    "Python routes",
    "*.py",
    sniff=rb"@\w+\.(get|post|put|patch|delete|route|api_route|websocket)\(|\bRoute\("
    rb"|[\"']/[^\"']*[\"']: *\{ *[\"'](GET|POST|PUT|DELETE)[\"']",
    hides=("endpoint",),
)
def python_routes(file: File, found: Found) -> None:
    """Every route that the file declares."""
    module = tree(file)
    by_name = {function.name: function for function in functions(module)}
    origins = imported(module)
    prefixes = _prefixes(module)
    for route in (*_decorated(module, prefixes), *_listed(module), *_tabled(module)):
        handler = by_name.get(route.handler.rpartition(".")[2])
        source = ast.get_source_segment(file.text, handler) or "" if handler is not None else ""
        path = re.sub(r"<(?:\w+:)?(\w+)>|\{(\w+)(?::\w+)?\}", lambda m: f"{{{m[1] or m[2]}}}", route.path)
        guards = route.guards + (
            ["authentication"] if handler is not None and _AUTHENTICATES.search(source) else []
        )
        used = _used(handler, origins)
        for method in route.methods:
            found.endpoint(
                file,
                method,
                path or "/",
                route.line,
                kind=kind_of(path, source),
                guards=list(dict.fromkeys(guards)),
                statuses=[*_statuses(handler)],
                touches=[*touches(used)],
                simulated="random." in source,
            )


def _prefixes(module: ast.Module) -> dict[str, str]:
    """The prefix of each router or blueprint of this file, by its name."""
    found: dict[str, str] = {}
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and isinstance(node.targets[0], ast.Name)
        ):
            prefix = constant(keyword(node.value, "prefix")) or constant(keyword(node.value, "url_prefix"))
            if isinstance(prefix, str):
                found[node.targets[0].id] = prefix.rstrip("/")
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and dotted(node.func).endswith(
            (".include_router", ".register_blueprint")
        ):
            name = dotted(node.args[0]) if node.args else ""
            prefix = constant(keyword(node, "prefix")) or constant(keyword(node, "url_prefix"))
            if name and isinstance(prefix, str):
                found[name] = prefix.rstrip("/") + found.get(name, "")
    return found


def _decorated(module: ast.Module, prefixes: dict[str, str]) -> Iterator[Route]:
    for function in functions(module):
        guards = [guard for one in function.decorator_list if (guard := _guard(one))]
        for one in function.decorator_list:
            if not isinstance(one, ast.Call):
                continue
            owner, _, verb = dotted(one.func).rpartition(".")
            path = constant(one.args[0]) if one.args else constant(keyword(one, "path"))
            if not isinstance(path, str) or (not path.startswith("/") and path):
                continue
            if verb in _METHODS:
                methods = [verb.upper()]
            elif verb in ("route", "api_route"):
                methods = [method.upper() for method in strings(keyword(one, "methods"))] or ["GET"]
            else:
                continue
            if owner:
                depends = ["authentication"] if _AUTHENTICATES.search(ast.unparse(one)) else []
                yield Route(
                    one.lineno, prefixes.get(owner, "") + path, methods, function.name, guards + depends
                )


def _guard(decorator: ast.expr) -> str:
    words = ast.unparse(decorator)
    if _LIMITS.search(words):
        return "rate-limit"
    return "authentication" if _AUTHENTICATES.search(words) else ""


def _listed(module: ast.Module) -> Iterator[Route]:
    """``Route("/orders", create, methods=["POST"])``, below the ``Mount`` it stands in."""
    stack: list[tuple[ast.AST, str]] = [(module, "")]
    while stack:
        node, prefix = stack.pop()
        if isinstance(node, ast.Call):
            name, path = dotted(node.func).rpartition(".")[2], constant(node.args[0]) if node.args else None
            if name == "Mount" and isinstance(path, str):
                prefix += path.rstrip("/")
            elif name == "Route" and isinstance(path, str) and path.startswith("/") and len(node.args) > 1:
                methods = [method.upper() for method in strings(keyword(node, "methods"))] or ["GET"]
                yield Route(node.lineno, prefix + path, methods, dotted(node.args[1]), [])
        stack.extend((child, prefix) for child in reversed(list(ast.iter_child_nodes(node))))


def _tabled(module: ast.Module) -> Iterator[Route]:
    """A table of paths, each with its handlers by method."""
    for table in ast.walk(module):
        for path, methods in (
            zip(table.keys, table.values, strict=True) if isinstance(table, ast.Dict) else ()
        ):
            text = constant(path)
            if (
                path is None
                or not isinstance(text, str)
                or not text.startswith("/")
                or not isinstance(methods, ast.Dict)
            ):
                continue
            for method, handler in zip(methods.keys, methods.values, strict=True):
                name = constant(method)
                if isinstance(name, str) and name.lower() in _METHODS:
                    yield Route(path.lineno, text, [name.upper()], dotted(handler), [])


def _statuses(handler: Function | None) -> list[int]:
    """Codes by literal, and the default where a return plainly gives it; empty where an answer is made elsewhere."""
    if handler is None:
        return []
    found: set[int] = set()
    plain = False
    for node in ast.walk(handler):
        if isinstance(node, ast.Call):
            raised = dotted(node.func).endswith(("HTTPException", "abort")) and node.args
            given = node.args[0] if raised else keyword(node, "status_code") or keyword(node, "status")
            found |= _code(given)
        elif isinstance(node, ast.Assign) and any(
            dotted(one).endswith(".status_code") for one in node.targets
        ):
            found |= _code(node.value)
        elif isinstance(node, ast.Return) and node.value is not None:
            codes = _returned(node.value)
            if codes is None:
                return []
            found |= codes
            plain = plain or not codes
    declared = {code for one in handler.decorator_list if isinstance(one, ast.Call) for code in _code_of(one)}
    return sorted(found | ((declared or {200}) if plain else set()))


def _returned(value: ast.expr) -> set[int] | None:
    """The codes that a returned value gives by itself: none for a plain one, None where another function decides."""
    if isinstance(value, ast.Tuple) and len(value.elts) > 1:
        return _code(value.elts[1])
    if not isinstance(value, ast.Call):
        return set()
    if _code_of(value):
        return _code_of(value)
    if value.args and _code(value.args[0]):
        return _code(value.args[0])
    return set() if _RESPONDERS.search(dotted(value.func)) else None


def _code_of(call: ast.Call) -> set[int]:
    return _code(keyword(call, "status_code")) | _code(keyword(call, "status"))


def _code(node: ast.expr | None) -> set[int]:
    value = constant(node)
    return {value} if isinstance(value, int) and 100 <= value < 600 else set()


def _used(handler: Function | None, origins: dict[str, str]) -> str:
    """The names that a handler uses, with what each comes from."""
    names = (
        {node.id for node in ast.walk(handler) if isinstance(node, ast.Name)}
        if handler is not None
        else set()
    )
    return " ".join(origins[name] for name in sorted(names) if name in origins)
