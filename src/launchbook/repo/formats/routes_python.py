"""Routes of Starlette, FastAPI and Flask: decorators, ``Route(…)`` lists with the prefixes of their routers, and tables
(``{"/orders": {"POST": create}}``)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from launchbook.model import Fact
from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of, touches
from launchbook.repo.code.mounting_python import Module, assigned, mounting, own_prefix, root
from launchbook.repo.code.python import (
    constant,
    dotted,
    functions,
    imported,
    keyword,
    nodes,
    strings,
    tree,
    words_of,
)
from launchbook.repo.code.python import source as source_of
from launchbook.repo.mounts import Mount, Router
from launchbook.repo.reader import File, Found, reader

_ADDS = regex(r"add_(url_rule|api_route|route|resource|get|post|put|patch|delete)")
_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_VERBS = (*_METHODS, "route", "api_route")
_MAKES = regex(r"(?:^|\.)(?:FastAPI|APIRouter|Flask|Blueprint|Starlette|Sanic|Bottle|Quart)$")
_AUTHENTICATES = regex(
    r"login_required|require_?auth|authenticate|Security\b|HTTPBearer|OAuth2|compare_digest|APIKey"
)
_RESPONDERS = regex(r"Response$|^jsonify$|^render_template$|^dict$|^str$|\.(json|model_dump|dict)$")
_LIMITS = regex(r"\blimiter\b|rate_?limit|throttle", re.I)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@record()
class Route:
    """A declared route: where it stands, its path below its router, its methods and its handler's name.

    ``router`` is the name of the router as the file has it; empty for one that stands alone.
    """

    line: int
    path: str
    methods: list[str]
    handler: str
    guards: list[str]
    router: str = ""


@reader(
    "Python routes",
    "*.py",
    sniff=rb"@\w+\.(get|post|put|patch|delete|route|api_route|websocket)\(|\bRoute\("
    rb"|\.add_(url_rule|api_route|route|resource|get|post|put|patch|delete)\(|include_router|register_blueprint|\bMount\("
    rb"|[\"']/[^\"']*[\"']: *\{ *[\"'](GET|POST|PUT|DELETE)[\"']",
    hides=("endpoint",),
)
def python_routes(file: File, found: Found) -> None:
    """Every route that the file declares."""
    if file.name.startswith("test_") or file.name == "conftest.py":
        return
    module = tree(file)
    by_name = {function.name: function for function in functions(module)}
    origins = imported(module)
    names = Module(file, found.tree, module)
    mounting(names, found.mounts)
    for route in (
        *_decorated(module, names, found),
        *_added(module, names),
        *_listed(module),
        *_tabled(module),
    ):
        handler = by_name.get(route.handler.rpartition(".")[2])
        source = source_of(file, handler)
        path = re.sub(r"<(?:\w+:)?(\w+)>|\{(\w+)(?::\w+)?\}", lambda m: f"{{{m[1] or m[2]}}}", route.path)
        guards = route.guards + (
            ["authentication"] if handler is not None and _AUTHENTICATES.search(source) else []
        )
        used = _used(handler, origins)
        for method in route.methods:
            endpoint = found.endpoint(
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
            _belongs(names, endpoint, route.router, found)


def _belongs(names: Module, endpoint: Fact, owner: str, found: Found) -> None:
    if owner.endswith("[]"):  # a list of routes, which serves as it stands unless something mounts it
        router = Router(names.file.path, owner[:-2]) if len(owner) > 2 else None
        found.mounts.roots |= {router} if router is not None else set()
    else:
        router = names.router(ast.parse(owner, mode="eval").body) if owner else None
    if router is None:
        return
    root(names, owner, router, found.mounts)
    if not owner.endswith("[]") and own_prefix(names, owner) is None:
        below = Router(router.file, f"{router.name}: own prefix")
        found.mounts.mount(Mount(router, below, None))
        router = below
    found.mounts.belongs(endpoint, router)


def _is_router(names: Module, owner: str) -> bool:
    """Whether the file makes this router or application itself."""
    made = names.values.get(owner)
    return isinstance(made, ast.Call) and _MAKES.search(dotted(made.func)) is not None


def _decorated(module: ast.Module, names: Module, found: Found) -> Iterator[Route]:
    for function in functions(module):
        guards = [guard for one in function.decorator_list if (guard := _guard(one))]
        for one in function.decorator_list:
            if not isinstance(one, ast.Call):
                continue
            owner, _, verb = dotted(one.func).rpartition(".")
            given = one.args[0] if one.args else keyword(one, "path")
            path = names.literal(given) if given is not None else None
            if path is None and given is not None and verb in _VERBS and _is_router(names, owner):
                what = "a route whose path the code computes"
                found.gap(names.file, what, "write the path out, or ask the running service", one.lineno)
            if path is None or (not path.startswith("/") and path):
                continue
            if verb in _METHODS:
                methods = [verb.upper()]
            elif verb in ("route", "api_route"):
                methods = [method.upper() for method in strings(keyword(one, "methods"))] or ["GET"]
            else:
                continue
            if owner:
                depends = ["authentication"] if _AUTHENTICATES.search(words_of(one)) else []
                path = (own_prefix(names, owner) or "") + path
                yield Route(one.lineno, path, methods, function.name, guards + depends, owner)


def _added(module: ast.Module, names: Module) -> Iterator[Route]:
    """``app.add_url_rule("/x", view_func=show)``, ``add_api_route``, ``router.add_get`` and Flask-RESTful resources."""
    for call in nodes(module):
        owner, _, verb = dotted(call.func).rpartition(".") if isinstance(call, ast.Call) else ("", "", "")
        match = _ADDS.fullmatch(verb)
        if not isinstance(call, ast.Call) or match is None or not owner:
            continue
        texts = [(place, path) for place, one in enumerate(call.args) if (path := _rooted(names, one))]
        given = keyword(call, "view_func") or keyword(call, "endpoint") or keyword(call, "handler")
        others = [one for place, one in enumerate(call.args) if place not in dict(texts)]
        named = [method.upper() for method in strings(keyword(call, "methods"))]
        handled_by = given or (
            others[0] if verb == "add_resource" and others else others[-1] if others else None
        )
        verbs = [match[1].upper()] if match[1] in _METHODS else named or _of_class(module, handled_by, verb)
        handler = dotted(handled_by)
        for _, path in texts:
            full = (own_prefix(names, owner) or "") + path
            yield Route(call.lineno, full, verbs, handler, [], owner.removesuffix(".router"))


def _rooted(names: Module, node: ast.expr) -> str:
    path = names.literal(node)
    return path if path is not None and path.startswith("/") else ""


def _of_class(module: ast.Module, handler: ast.expr | None, verb: str) -> list[str]:
    """The methods that a class of views has: ``UserView.as_view("users")``, Flask-RESTful's resources."""
    view = (
        isinstance(handler, ast.Call)
        and isinstance(handler.func, ast.Attribute)
        and handler.func.attr == "as_view"
    )
    if not view and verb != "add_resource":
        return ["GET"]
    named = (
        handler.func.value
        if isinstance(handler, ast.Call) and isinstance(handler.func, ast.Attribute)
        else handler
    )
    classes = (one for one in nodes(module) if isinstance(one, ast.ClassDef) and one.name == dotted(named))
    found = next(classes, None)
    methods = [one.name for one in found.body if isinstance(one, Function)] if found is not None else []
    return [one.upper() for one in methods if one in _METHODS] or ["ANY"]


def _guard(decorator: ast.expr) -> str:
    words = words_of(decorator)
    if _LIMITS.search(words):
        return "rate-limit"
    return "authentication" if _AUTHENTICATES.search(words) else ""


def _listed(module: ast.Module) -> Iterator[Route]:
    """``Route("/orders", create, methods=["POST"])``, below the ``Mount`` it stands in."""
    stack: list[tuple[ast.AST, str, str]] = [(module, "", "")]
    while stack:
        node, prefix, owner = stack.pop()
        for name, value in assigned(node):
            owner = name if isinstance(value, ast.List) else owner
        if isinstance(node, ast.Call):
            name, path = dotted(node.func).rpartition(".")[2], constant(node.args[0]) if node.args else None
            if name == "Mount" and isinstance(path, str):
                prefix += path.rstrip("/")
            elif name == "Route" and isinstance(path, str) and path.startswith("/") and len(node.args) > 1:
                methods = [method.upper() for method in strings(keyword(node, "methods"))] or ["GET"]
                yield Route(node.lineno, prefix + path, methods, dotted(node.args[1]), [], f"{owner}[]")
        stack.extend((child, prefix, owner) for child in reversed(list(ast.iter_child_nodes(node))))


def _tabled(module: ast.Module) -> Iterator[Route]:
    """A table of paths, each with its handlers by method."""
    for table in nodes(module):
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
    for node in nodes(handler):
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
        {node.id for node in nodes(handler) if isinstance(node, ast.Name)} if handler is not None else set()
    )
    return " ".join(origins[name] for name in sorted(names) if name in origins)
