"""Routes of Express and its like (Fastify, Hono, Koa): ``app.get("/x", guard, handler)``, with mounted routers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.handlers import read_handler
from launchbook.repo.code.syntax import arguments, below, field, imports, line, root, string, text
from launchbook.repo.reader import File, Found, reader

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "all")
_LIMITS = re.compile(r"rate-?limit|limiter|throttle|slowDown", re.I)
_SIGNED_IN = re.compile(r"auth|session|jwt|passport|protect|requireUser|ensureLogged", re.I)
_MAKES = re.compile(r"^(new )?(express|fastify|Fastify|Hono|Koa|\w*\.?Router)\(")
_OWNER = re.compile(r"app|rout|server|api|fastify|express", re.I)
_FUNCTIONS = ("arrow_function", "function_expression", "function")


@reader(
    "Express routes",
    *(f"*.{suffix}" for suffix in ("js", "mjs", "cjs", "ts")),
    sniff=rb"\b(app|router|server|api|fastify|\w*[rR]outer?s?)\.(get|post|put|patch|delete|all)\(\s*['\"`]/",
    hides=("endpoint",),
)
def express_routes(file: File, found: Found) -> None:
    """Every route that the file registers, below the prefix it is mounted at in the same file."""
    top = root(file)
    modules = imports(top)
    named = {text(field(one, "name")): one for one in below(top, "function_declaration")}
    named |= {
        text(field(one, "name")): value
        for one in below(top, "variable_declarator")
        if (value := field(one, "value"))
    }
    routers = {name for name, made in named.items() if _MAKES.search(text(made)[:80])}
    mounts, general = _used(top)
    for call in below(top, "call_expression"):
        owner, verb = text(field(call, "function", "object")), text(field(call, "function", "property"))
        given = arguments(call)
        path = string(given[0]) if given else None
        if verb not in _VERBS or path is None or not path.startswith("/") or len(given) < 2:
            continue
        if owner not in routers and not _OWNER.search(owner):
            continue
        last = given[-1]
        handler = last if last.type in _FUNCTIONS else named.get(text(last), last)
        read = read_handler(handler, modules)
        guards = [
            guard for words in (*general.get(owner, ()), *map(text, given[1:-1])) if (guard := _guard(words))
        ]
        full = re.sub(r":(\w+)\??", r"{\1}", mounts.get(owner, "") + path)
        found.endpoint(
            file,
            "ANY" if verb == "all" else verb.upper(),
            full.rstrip("/") or "/",
            line(call),
            kind=kind_of(full, text(handler)),
            guards=list(dict.fromkeys([*guards, *read.guards])),
            statuses=[*read.statuses],
            touches=[*read.touches],
            simulated=read.simulated,
            unguarded_when_unset=read.authenticated is False,
        )


def _used(top: Node) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Where routers are mounted (``app.use("/api", router)``), and what is used in front of every route of an owner."""
    mounts: dict[str, str] = {}
    general: dict[str, list[str]] = {}
    for owner, given in _uses(top):
        prefix = string(given[0]) if given else None
        if prefix is None:
            general.setdefault(owner, []).extend(text(one) for one in given)
        elif given[1:] and given[-1].type == "identifier":
            mounts[text(given[-1])] = prefix.rstrip("/")
            general.setdefault(text(given[-1]), []).extend([*general.get(owner, ()), *map(text, given[1:-1])])
    return mounts, general


def _uses(top: Node) -> Iterator[tuple[str, list[Node]]]:
    for call in below(top, "call_expression"):
        if text(field(call, "function", "property")) == "use":
            yield text(field(call, "function", "object")), arguments(call)


def _guard(words: str) -> str:
    if _LIMITS.search(words):
        return "rate-limit"
    if _SIGNED_IN.search(words):
        return "authentication"
    return "correlation-id" if re.search(r"correlation|requestId", words) else ""
