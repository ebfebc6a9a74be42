"""Routes of Express and its like (Fastify, Hono, Koa): ``app.get("/x", guard, handler)``, with mounted routers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.handlers import read_handler
from launchbook.repo.code.mounting import Middleware, guard, mounting, own_prefix, root, routers
from launchbook.repo.code.scopes import FUNCTIONS, Module
from launchbook.repo.code.syntax import arguments, below, field, imports, line, text
from launchbook.repo.code.syntax import root as parsed
from launchbook.repo.reader import File, Found, reader

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "all")
_OWNER = regex(r"app|rout|server|api|fastify|express|instance", re.I)


@reader(
    "Express routes",
    *(f"*.{suffix}" for suffix in ("js", "mjs", "cjs", "ts", "mts")),
    sniff=rb"\b(app|router|server|api|fastify|instance|\w*[rR]outer?s?)\.(get|post|put|patch|delete|all|route|use|register)\("
    rb"|\.route\(\s*['\"`]/|\bRouter\(|\bnew (Hono|Koa)\b",
    hides=("endpoint",),
)
def express_routes(file: File, found: Found) -> None:
    """Every route that the file registers; where its router is mounted is noted for the files together."""
    if re.search(r"\.(test|spec|d)\.[cm]?[jt]s$", file.name):
        return
    module = Module(file, found.tree, parsed(file))
    known = routers(module)
    middleware = mounting(module, known, found.mounts)
    modules = imports(module.top)
    made = {name: text(field(value, "constructor")) for name, value in module.values.items()}
    modules |= {name: modules[maker] for name, maker in made.items() if maker in modules}
    for call in below(module.top, "call_expression"):
        if text(field(call, "function", "property")) not in _VERBS:
            continue
        owner, paths, given = _registered(module, call)
        if owner is None or not given or not (text(owner) in known or _OWNER.search(text(owner))):
            continue
        for path in paths:
            if path is not None and (path.startswith("/") or path == "*"):
                _endpoint(module, found, owner, path, call, given, middleware, modules)


def _registered(module: Module, call: Node) -> tuple[Node | None, list[str | None], list[Node]]:
    """Owner, paths and handlers of ``app.get("/x", …)`` and of ``app.route("/x").get(…).post(…)``."""
    owner, given = field(call, "function", "object"), arguments(call)
    for _ in range(20):  # verbs chained to one route
        if owner is None or owner.type != "call_expression":
            break
        if text(field(owner, "function", "property")) == "route":
            path = arguments(owner)
            return field(owner, "function", "object"), _paths(module, path[:1]), given
        owner = field(owner, "function", "object")
    first = given[:1] if len(given) > 1 else []
    return field(call, "function", "object"), _paths(module, first), given[1:]


def _paths(module: Module, given: Sequence[Node]) -> list[str | None]:
    listed = [one for node in given for one in (node.named_children if node.type == "array" else [node])]
    return [module.literal(one) for one in listed]


def _endpoint(
    module: Module,
    found: Found,
    owner: Node,
    path: str,
    call: Node,
    given: list[Node],
    middleware: Middleware,
    modules: dict[str, str],
) -> None:
    handler = given[-1] if given[-1].type in FUNCTIONS else module.value(given[-1])
    read = read_handler(handler, modules)
    router = module.router(owner)
    path = (own_prefix(module, router) if router is not None else "") + path
    # What is used further down is not in front of this route.
    before = middleware.before(router, call.end_byte, path) if router is not None else []
    guards = [name for words in [*before, *map(text, given[:-1])] if (name := guard(words))]
    full = re.sub(r":(\w+)(\([^)]*\))?\??", r"{\1}", path)
    kind = kind_of(full, text(handler))
    verb = text(field(call, "function", "property"))
    endpoint = found.endpoint(
        module.file,
        "ANY" if verb == "all" else verb.upper(),
        full.rstrip("/") or "/",
        line(field(call, "function", "property") or call),
        kind="dependency" if kind == "liveness" and read.touches else kind,
        guards=list(dict.fromkeys([*guards, *read.guards])),
        statuses=[*read.statuses],
        touches=[*read.touches],
        simulated=read.simulated,
        unguarded_when_unset=read.authenticated is False,
    )
    if router is not None:
        root(module, owner, router, found.mounts)
        found.mounts.belongs(endpoint, router)
