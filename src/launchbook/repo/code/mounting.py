"""Where the routers of an Express-like file are mounted, and what stands in front of what they serve."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from launchbook.patterns import regex
from launchbook.repo.code import modules, syntax
from launchbook.repo.code.registering import base
from launchbook.repo.code.scopes import FUNCTIONS, Module, handed, parameters, returned
from launchbook.repo.code.syntax import arguments, below, pairs, text
from launchbook.repo.mounts import Mount, Mounts, Router

_LIMITS = regex(r"rate-?limit|limiter|throttle|slowDown", re.I)
_SIGNED_IN = regex(r"auth|session|jwt|passport|protect|requireUser|ensureLogged", re.I)
_MAKES_ROUTER = regex(r"^(new\s+)?([\w.]*\.)?Router\(")
_MAKES_APP = regex(
    r"^(await\s+)?(new\s+)?(express|fastify|Fastify|Hono|Koa|OpenAPIHono|[Hh]api\.server|Hapi\.Server"
    r"|require\(['\"](?:express|fastify|hono|koa)['\"]\))(<[^>]*>)?\("
)
_APP = regex(r"^(this\.)?(app|server|fastify|express)$")
_AUTOLOAD = regex(r"auto_?load", re.I)
_FOLDER = regex(r"(?:__dirname|import\.meta\.dirname|\))\s*,\s*['\"`]\.?/?([\w./-]{1,200})['\"`]\s*\)")
_SCRIPTS = (".js", ".ts", ".mjs", ".cjs", ".mts")
#: What is mounted by name even where its file is not read, unless the name says that it guards.
_ROUTER_NAME = regex(r"rout|\bapi\b|controller|handler|endpoint", re.I)
#: What a prefix that no file tells is called: ``process.env.API_PATH``, ``config.prefix``.
_PREFIX_NAME = regex(r"^process\.env\.|[\w.](prefix|path|base_?url|basename)$", re.I)


def guard(words: str) -> str:
    """What a middleware's name says that it does; empty when it says nothing."""
    if _LIMITS.search(words):
        return "rate-limit"
    if _SIGNED_IN.search(words):
        return "authentication"
    return "correlation-id" if re.search(r"correlation|requestId", words) else ""


@dataclass
class Middleware:
    """What is used on each router, from which place on, and below which prefix."""

    of: dict[Router, list[tuple[int, str, str]]] = field(default_factory=dict)

    def used(self, router: Router, at: int, prefix: str, words: str) -> None:
        """``router.use(prefix, words)``."""
        self.of.setdefault(router, []).append((at, prefix, words))

    def before(self, router: Router, at: int, path: str) -> list[str]:
        """What a request for ``path`` passes before what is registered at a place."""
        return [
            words for start, prefix, words in self.of.get(router, ()) if start < at and _below(path, prefix)
        ]


def _below(path: str, prefix: str) -> bool:
    return not prefix or path == prefix or path.startswith(prefix.rstrip("/") + "/")


def routers(module: Module) -> set[str]:
    """The names that this file sets to a router or an application."""
    made = ((name, text(value)[:120]) for name, value in module.values.items())
    return {name for name, source in made if _MAKES_ROUTER.match(source) or _MAKES_APP.match(source)}


def root(module: Module, owner: Node, router: Router, mounts: Mounts) -> None:
    """Note an application: one made here, or one that a file gets from wherever it is called from."""
    value = text(module.value(owner))[:120]
    if _MAKES_APP.match(value) or _APP.match(text(owner)):
        mounts.roots.add(router)


def mounting(module: Module, known: set[str], mounts: Mounts) -> Middleware:
    """Every mount of a file, and its middleware."""
    middleware = Middleware()
    for name in known:
        if _MAKES_APP.match(text(module.values[name])[:120]):
            mounts.roots.add(Router(module.file.path, name))
    for call in below(module.top, "call_expression"):
        _use(module, call, known, mounts, middleware)
    for name, value in registers(module):
        for ending in ("default(0)", f"{name}(0)"):
            inner = Router(module.file.path, f"{parameters(value)[0]}@{syntax.line(value)}")
            mounts.mount(Mount(Router(module.file.path, ending), inner))
    for name, value in module.values.items():
        if value.type in FUNCTIONS:
            _function(module, name, value, mounts)
    for name, value in modules.exported(module.top):
        _export(module, name, value, mounts)
    return middleware


def _use(module: Module, call: Node, known: set[str], mounts: Mounts, middleware: Middleware) -> None:
    function, given = syntax.field(call, "function"), arguments(call)
    verb = text(syntax.field(function, "property"))
    owner = base(call) if verb in ("use", "route") else syntax.field(function, "object")
    outer = module.router(owner)
    if verb in ("use", "register") and owner is not None and outer is not None:
        root(module, owner, outer, mounts)
    if verb == "route" and outer is not None and len(given) == 1:
        _tables(module, outer, given[0], mounts)
    elif verb == "register" and outer is not None and given:
        _register(module, outer, given, mounts)
    elif verb in ("use", "route") and outer is not None and given and (verb == "use" or len(given) == 2):
        at, own = call.start_byte, own_prefix(module, outer)
        for prefix in _prefixes(module, given[0]):
            last = given[-1] if given[1:] or prefix == "" else None
            inner = _inner(module, last, known)
            between = given[(0 if prefix == "" else 1) : (len(given) - 1 if inner else len(given))]
            if inner is None and prefix is not None:
                for one in between:
                    middleware.used(outer, at, prefix, text(one))
            if inner is not None:
                words = [*middleware.before(outer, at, prefix or ""), *map(text, between)]
                guards = tuple(found for one in words if (found := guard(one)))
                mounts.mount(Mount(outer, inner, None if prefix is None else own + prefix, guards))
    else:
        _hand_over(module, call, known, mounts)


def _prefixes(module: Module, first: Node) -> list[str | None]:
    """The prefixes that a ``use`` begins with: empty without one, None for one that is no literal."""
    if first.type == "array":
        return [module.literal(one) for one in first.named_children]
    told = module.literal(first)
    computed = module.value(first).type in ("template_string", "binary_expression")
    return [told] if told is not None or computed or _PREFIX_NAME.search(text(first)) else [""]


def _inner(module: Module, last: Node | None, known: set[str]) -> Router | None:
    if last is None or guard(text(last)):
        return None
    router = module.router(last)
    if router is None or router.name.startswith("function@"):
        return None
    if router.file != module.file.path:
        return router
    local = router.name in known or router.name.endswith("()") or router.name.startswith("this.")
    return router if local or _ROUTER_NAME.search(router.name) else None


def _tables(module: Module, outer: Router, given: Node, mounts: Mounts) -> None:
    """Hapi: ``server.route(require("./routes"))``, or a list of such lists."""
    wanted = [given] if modules.required(given) else list(below(given, "identifier"))
    inner = given.parent and next(iter(below(given, *FUNCTIONS)), None)
    for one in wanted if inner is None else ():
        router = module.router(one)
        if router is not None and router.file != module.file.path:
            mounts.mount(Mount(outer, router))


def _register(module: Module, outer: Router, given: list[Node], mounts: Mounts) -> None:
    """A plugin gets its own instance below a prefix: Fastify's ``prefix``, Hapi's ``routes.prefix``."""
    first, options = module.value(given[0]), pairs(module.value(given[1])) if given[1:] else {}
    if first.type == "array":
        for one in first.named_children:
            _register(module, outer, [one, *given[1:]], mounts)
        return
    if first.type == "object" and "plugin" in (members := pairs(first)):
        _register(module, outer, [members["plugin"], first], mounts)
        return
    if _AUTOLOAD.search(text(given[0])) and "dir" in options:
        _autoload(module, outer, options, mounts)
        return
    options |= pairs(options.get("routes"))
    prefix = module.literal(options["prefix"]) if "prefix" in options else ""
    inner = module.router(given[0])
    if inner is not None:
        mounts.mount(Mount(outer, Router(inner.file, f"{inner.name}(0)"), prefix))
    if given[0].type in FUNCTIONS:
        for name in parameters(given[0])[:1]:
            mounts.mount(Mount(outer, Router(module.file.path, f"{name}@{syntax.line(given[0])}"), prefix))


def _autoload(module: Module, outer: Router, options: dict[str, Node], mounts: Mounts) -> None:
    """Fastify's autoload: each file of a folder is a plugin below its own folder's path; ``_id`` is a parameter."""
    told = _FOLDER.search(text(module.value(options["dir"])))
    given = pairs(module.value(options["options"])) if "options" in options else {}
    written = options.get("prefix") or given.get("prefix")
    prefix = module.literal(written) if written is not None else ""
    top = posixpath.normpath(f"{module.file.folder}/{told[1]}").lstrip("/") if told else None
    for path in module.tree.files if top is not None else ():
        if path.startswith(f"{top}/") and path.endswith(_SCRIPTS):
            below_it = posixpath.dirname(path[len(str(top)) :])
            own = re.sub(r"/_(\w+)", r"/{\1}", "" if below_it == "/" else below_it)
            mounts.mount(Mount(outer, Router(path, "default(0)"), None if prefix is None else prefix + own))


def registers(module: Module) -> Iterator[tuple[str, Node]]:
    """The functions ``register`` of Hapi's plugins, each with the name of the object that it is of."""
    for one in below(module.top, "pair", "method_definition"):
        name = text(syntax.field(one, "key") or syntax.field(one, "name"))
        value = syntax.field(one, "value") if one.type == "pair" else one
        if name == "register" and value is not None and value.type in FUNCTIONS and parameters(value)[:1]:
            above = one.parent.parent if one.parent is not None else None
            named = syntax.field(above, "name") or syntax.field(above, "left")
            yield re.sub(r"^(module\.)?exports\.", "", text(named)) or "default", value


def _hand_over(module: Module, call: Node, known: set[str], mounts: Mounts) -> None:
    """``routes(app)`` and ``require("./routes")(app)``: a function registers on what it is given."""
    for place, one in handed(call):
        name = module.qualified(one, text(one))
        if name not in known and not _APP.match(text(one)):
            continue
        outer, function = module.router(one), module.router(syntax.field(call, "function"))
        if outer is not None and function is not None:
            mounts.mount(Mount(outer, Router(function.file, f"{function.name}({place})")))


def _function(module: Module, name: str, function: Node, mounts: Mounts) -> None:
    """A function's result and parameters stand for what its body calls them."""
    path = module.file.path
    for place, parameter in enumerate(parameters(function)):
        inner = Router(path, f"{parameter}@{syntax.line(function)}")
        mounts.mount(Mount(Router(path, f"{name}({place})"), inner))
    for value in returned(function):
        made = module.router(value)
        if made is not None:
            mounts.mount(Mount(Router(path, f"{name}()"), made))


def own_prefix(module: Module, router: Router) -> str:
    """What a router itself puts before its paths: ``new Router({ prefix: "/x" })``, ``new Hono().basePath("/x")``."""
    value = module.values.get(router.name) if router.file == module.file.path else None
    function = syntax.field(value, "function")
    if value is not None and text(syntax.field(function, "property")) == "basePath" and arguments(value):
        return module.literal(arguments(value)[0]) or ""
    given = arguments(value) if value is not None and _MAKES_ROUTER.match(text(value)[:120]) else []
    options = pairs(given[0]) if given else {}
    return (module.literal(options.get("prefix")) or "").rstrip("/")


def _export(module: Module, name: str, value: Node, mounts: Mounts) -> None:
    path = module.file.path
    if value.type in FUNCTIONS:
        _function(module, name, value, mounts)
        return
    inner = module.router(value)
    if inner is None or inner == Router(path, name):
        return
    for ending in ("", "()", "(0)", "(1)", "(2)"):
        mounts.mount(Mount(Router(path, name + ending), Router(inner.file, inner.name + ending)))
