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
    sniff=rb"\b(app|router|server|api|fastify|\w*[rR]outer?s?)\.(get|post|put|patch|delete|all|route)\(\s*['\"`]/"
    rb"|\.route\(\s*['\"`]/",
    hides=("endpoint",),
)
def express_routes(file: File, found: Found) -> None:
    """Every route that the file registers, below the prefix it is mounted at in the same file."""
    top = root(file)
    named = {text(field(one, "name")): one for one in below(top, "function_declaration")}
    named |= {
        text(field(one, "name")): value
        for one in below(top, "variable_declarator")
        if (value := field(one, "value"))
    }
    modules = imports(top)
    made = {name: text(field(value, "constructor")) for name, value in named.items()}
    modules |= {name: modules[maker] for name, maker in made.items() if maker in modules}
    routers = {name for name, value in named.items() if _MAKES.search(text(value)[:80])}
    mounts, general = _used(top)
    for call in below(top, "call_expression"):
        verb = text(field(call, "function", "property"))
        owner, path, given = _registered(call)
        if verb not in _VERBS or path is None or not path.startswith("/") or not given:
            continue
        if owner not in routers and not _OWNER.search(owner):
            continue
        last = given[-1]
        handler = last if last.type in _FUNCTIONS else named.get(text(last), last)
        # What is used further down is not in front of this route.
        before = [words for at, words in general.get(owner, ()) if at < call.end_byte]
        _endpoint(
            file,
            found,
            verb,
            mounts.get(owner, "") + path,
            call,
            handler,
            [*before, *map(text, given[:-1])],
            modules,
        )


def _registered(call: Node) -> tuple[str, str | None, list[Node]]:
    """Owner, path and handlers of ``app.get("/x", …)`` and of ``app.route("/x").get(…).post(…)``."""
    owner, given = field(call, "function", "object"), arguments(call)
    for _ in range(20):  # verbs chained to one route
        if owner is None or owner.type != "call_expression":
            break
        if text(field(owner, "function", "property")) == "route":
            path = arguments(owner)
            return text(field(owner, "function", "object")), string(path[0]) if path else None, given
        owner = field(owner, "function", "object")
    return text(field(call, "function", "object")), string(given[0]) if len(given) > 1 else None, given[1:]


def _endpoint(
    file: File,
    found: Found,
    verb: str,
    path: str,
    call: Node,
    handler: Node,
    before: list[str],
    modules: dict[str, str],
) -> None:
    read = read_handler(handler, modules)
    guards = [guard for words in before if (guard := _guard(words))]
    full = re.sub(r":(\w+)\??", r"{\1}", path)
    kind = kind_of(full, text(handler))
    property_ = field(call, "function", "property")
    found.endpoint(
        file,
        "ANY" if verb == "all" else verb.upper(),
        full.rstrip("/") or "/",
        line(property_ or call),
        kind="dependency" if kind == "liveness" and read.touches else kind,
        guards=list(dict.fromkeys([*guards, *read.guards])),
        statuses=[*read.statuses],
        touches=[*read.touches],
        simulated=read.simulated,
        unguarded_when_unset=read.authenticated is False,
    )


Used = dict[str, list[tuple[int, str]]]


def _used(top: Node) -> tuple[dict[str, str], Used]:
    """Where routers are mounted (``app.use("/api", router)``), and what each owner uses, from which place on."""
    mounts: dict[str, str] = {}
    general: Used = {}
    for owner, given, at in _uses(top):
        prefix = string(given[0]) if given else None
        if prefix is None:
            general.setdefault(owner, []).extend((at, text(one)) for one in given)
        elif given[1:] and given[-1].type == "identifier":
            mounts[text(given[-1])] = prefix.rstrip("/")
            in_front = [words for _, words in general.get(owner, ())] + [text(one) for one in given[1:-1]]
            general.setdefault(text(given[-1]), []).extend((0, words) for words in in_front)
    return mounts, general


def _uses(top: Node) -> Iterator[tuple[str, list[Node], int]]:
    for call in below(top, "call_expression"):
        if text(field(call, "function", "property")) == "use":
            yield text(field(call, "function", "object")), arguments(call), call.start_byte


def _guard(words: str) -> str:
    if _LIMITS.search(words):
        return "rate-limit"
    if _SIGNED_IN.search(words):
        return "authentication"
    return "correlation-id" if re.search(r"correlation|requestId", words) else ""
