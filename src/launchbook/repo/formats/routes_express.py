"""Routes of Express and its like (Fastify, Hapi, Hono, Koa): ``app.get("/x", guard, handler)``, with their mounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.handlers import read_handler
from launchbook.repo.code.mounting import Middleware, guard, mounting, own_prefix, root, routers
from launchbook.repo.code.registering import Registered, described, registered, tables
from launchbook.repo.code.scopes import FUNCTIONS, Module
from launchbook.repo.code.syntax import below, field, imports, line, text
from launchbook.repo.code.syntax import root as parsed
from launchbook.repo.mounts import Router
from launchbook.repo.reader import File, Found, reader

_OWNER = regex(r"app|rout|server|api|fastify|express|instance", re.I)


@reader(
    "Express routes",
    *(f"*.{suffix}" for suffix in ("js", "mjs", "cjs", "ts", "mts")),
    sniff=rb"\b(app|router|server|api|fastify|instance|\w*[rR]outer?s?)\.(get|post|put|patch|delete|all|route|use|register)\("
    rb"|\.route\(\s*['\"`]/|\bRouter\(|\bnew (Hono|Koa)\b"
    rb"|\bmethod: *\[?['\"][A-Z*]+['\"\], A-Z]*,\s*(path|url): *['\"`]/",
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
        for one in registered(module, call):
            own = module.qualified(one.owner, text(one.owner)) in known
            if own or _OWNER.search(text(one.owner)):
                _served(module, found, one, own, middleware, modules)
    for name, one in _waiting(module):
        for method, path in _told(one):
            _endpoint(module, found, one, method, path, Router(file.path, name), [], modules)


def _served(
    module: Module,
    found: Found,
    one: Registered,
    own: bool,
    middleware: Middleware,
    modules: dict[str, str],
) -> None:
    """What is registered on an application or router; a computed part is a gap where that is made in this file."""
    router = module.router(one.owner)
    prefix = own_prefix(module, router) if router is not None else ""
    for method, path in _told(one):
        # What is used further down is not in front of this route.
        before = middleware.before(router, one.end, prefix + path) if router is not None else []
        _endpoint(module, found, one, method, prefix + path, router, before, modules)
        if router is not None:
            root(module, one.owner, router, found.mounts)
    if own and (one.methods is None or None in one.paths) and one.given[-1].type != "object":
        what = "a route whose path or method the code computes"
        found.gap(module.file, what, "write the path out, or ask the running service", line(one.at))


def _told(one: Registered) -> Iterator[tuple[str, str]]:
    for path in one.paths:
        if path is not None and (path.startswith("/") or path == "*"):
            yield from ((method, path) for method in one.methods or ())


def _waiting(module: Module) -> Iterator[tuple[str, Registered]]:
    """The routes of lists that stand for themselves until a server is given them: Hapi's ``routes`` folders."""
    for name, array in tables(module):
        for options in array.named_children:
            told = described(module, options)
            if told is not None:
                methods, paths, handlers, at = told
                yield name, Registered(options, methods, paths, handlers, at, options.end_byte)


def _endpoint(
    module: Module,
    found: Found,
    one: Registered,
    method: str,
    path: str,
    router: Router | None,
    before: list[str],
    modules: dict[str, str],
) -> None:
    handler = one.given[-1] if one.given[-1].type in FUNCTIONS else module.value(one.given[-1])
    read = read_handler(handler, modules)
    guards = [name for words in [*before, *map(text, one.given[:-1])] if (name := guard(words))]
    full = re.sub(r":(\w+)(\([^)]*\))?\??", r"{\1}", path)
    full = re.sub(r"\{(\w+)\?\}", r"{\1}", full)
    kind = kind_of(full, text(handler))
    endpoint = found.endpoint(
        module.file,
        method,
        full.rstrip("/") or "/",
        line(one.at),
        kind="dependency" if kind == "liveness" and read.touches else kind,
        guards=list(dict.fromkeys([*guards, *read.guards])),
        statuses=[*read.statuses],
        touches=[*read.touches],
        simulated=read.simulated,
        unguarded_when_unset=read.authenticated is False,
    )
    if router is not None:
        found.mounts.belongs(endpoint, router)
