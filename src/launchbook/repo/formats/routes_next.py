"""Next.js routes: the app router's ``route.ts`` files and ``pages/api``, behind the middleware that matches them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from launchbook.model import Fact
from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.handlers import Handler, read_handler, telling_lines
from launchbook.repo.code.syntax import below, field, imports, line, root, string, text
from launchbook.repo.mounts import Mount, Router
from launchbook.repo.reader import File, Found, reader_of_all

APPLICATION = ("package.json", "next.config.js", "next.config.mjs", "next.config.ts")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SUFFIXES = (".ts", ".tsx", ".js", ".mjs")
_STAR = regex(r"export\s*\*\s*from\b")
_BASE_PATH = regex(r"^\s*basePath\s*:\s*(?:['\"`](?P<told>[^'\"`$]{0,200})['\"`]|[^\s,])", re.M)
_BRACKETS = regex(r"^(?P<optional>\[)?\[(?P<rest>\.\.\.)?(?P<name>[\w-]+)\]+$")
_ROUTE = regex(r"^(?P<src>src/)?(?P<tree>app|pages/api)/(?P<rest>.*?)/?(?P<file>[^/]+)$")


@dataclass(frozen=True)
class Guard:
    """A middleware file: the names of what it does, and the paths it matches (none: all)."""

    names: tuple[str, ...]
    matchers: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Whether a request for the path passes through it."""
        return not self.matchers or any(re.fullmatch(_matcher(one), path) for one in self.matchers)


@reader_of_all(
    "Next.js routes",
    *(f"**/app/**/route.{suffix}" for suffix in ("ts", "tsx", "js", "mjs")),
    *(f"**/pages/api/**/*.{suffix}" for suffix in ("ts", "tsx", "js")),
    *(f"middleware.{suffix}" for suffix in ("ts", "js", "mjs")),
    sniff=rb"export|module\.exports",
    hides=("endpoint",),
)
def next_routes(files: Sequence[File], found: Found) -> None:
    """Every exported method of every route file. A tree under ``src/`` is shadowed where one stands beside ``src``."""
    guards = {_base(file): _guard(file) for file in files if file.name.startswith("middleware.")}
    routes = [
        (file, *placed)
        for file in files
        if (placed := _placed(file, found)) is not None and not _is_private(placed[1])
    ]
    served = {(base, match["tree"]) for _, base, match in routes if not match["src"]}
    for base in {base for _, base, _ in routes}:
        _base_path(base, found)
    for file, base, match in routes:
        path = _path(match)
        guard = guards.get(base)
        shadowed = bool(match["src"]) and (base, match["tree"]) in served
        names = list(guard.names) if guard is not None and not shadowed and guard.covers(path) else []
        top = root(file)
        known, told = imports(top), set[str]()
        exports = list(_exports(top, match["tree"]))
        exports += _passed_on(file, found, top) if match["tree"] == "app" else []
        for method, exported, handler in exports:
            if method in told:
                continue  # a module exports a name once: what says it again does not run
            told.add(method)
            read = read_handler(handler, known)
            endpoint = _endpoint(file, found, method, path, exported, handler, read, names, shadowed)
            found.mounts.belongs(endpoint, Router(base, "Next.js"))


def _base_path(base: str, found: Found) -> None:
    """``basePath`` of the application's configuration stands before every route."""
    application = Router(base, "Next.js")
    found.mounts.roots.add(application)
    for name in APPLICATION[1:]:
        config = found.tree.get(base + name)
        match = _BASE_PATH.search(config.text) if config is not None else None
        if match is not None:
            front = Router(base, "Next.js: basePath")
            found.mounts.roots.add(front)
            found.mounts.mount(Mount(front, application, match["told"]))


def _endpoint(
    file: File,
    found: Found,
    method: str,
    path: str,
    at: Node,
    handler: Node,
    read: Handler,
    guards: list[str],
    shadowed: bool,
) -> Fact:
    return found.endpoint(
        file,
        method,
        path,
        line(at),
        kind=kind_of(path, text(handler)),
        guards=[*guards, *read.guards],
        statuses=list(read.statuses),
        touches=list(read.touches),
        shadowed=shadowed,
        simulated=read.simulated,
        unguarded_when_unset=read.authenticated is False,
        lines=telling_lines(handler),
    )


def _placed(file: File, found: Found) -> tuple[str, re.Match[str]] | None:
    """The folder of the application that a route file belongs to, and its place below. The nearest folder above with
    a ``package.json`` or a Next.js configuration is the application; without any, the first that fits."""
    if file.name.startswith("middleware."):
        return None
    parts = file.path.split("/")
    fits = []
    for depth in range(len(parts) - 1):
        match = _ROUTE.match("/".join(parts[depth:]))
        if match is not None:
            fits.append(("".join(f"{part}/" for part in parts[:depth]), match))
    marked = [fit for fit in fits if any(found.tree.get(f"{fit[0]}{name}") for name in APPLICATION)]
    return marked[-1] if marked else fits[0] if fits else None


def _base(file: File) -> str:
    folder = file.folder.removesuffix("src").removesuffix("/")
    return f"{folder}/" if folder else ""


def _path(match: re.Match[str]) -> str:
    """``app/api/(admin)/users/[id]/route.ts`` serves ``/api/users/{id}``; ``pages/api/x.ts`` serves ``/api/x``."""
    parts = match["rest"].split("/")
    if match["tree"] == "pages/api":
        stem = match["file"].rsplit(".", 1)[0]
        parts = ["api", *parts, *([] if stem == "index" else [stem])]
    kept = [part for part in parts if part and not part.startswith(("(", "@"))]
    return "/" + "/".join(_segment(part) for part in kept)


def _segment(part: str) -> str:
    """``[id]`` is ``{id}``, ``[...rest]`` ``{rest+}`` and ``[[...rest]]``, which may be nothing, ``{rest*}``."""
    match = _BRACKETS.match(part)
    if match is None:
        return re.sub("%5F", "_", part, flags=re.I)
    rest = "*" if match["optional"] else "+"
    return f"{{{match['name']}{rest if match['rest'] else ''}}}"


def _is_private(match: re.Match[str]) -> bool:
    """Whether a folder of the app router keeps its files to itself: ``_lib``."""
    return match["tree"] == "app" and any(part.startswith("_") for part in match["rest"].split("/"))


def _exports(top: Node, tree: str) -> Iterator[tuple[str, Node, Node]]:
    """Each method with its export statement and its handler; ``const GET = handler`` leads to the handler."""
    values = {
        text(field(one, "name")): value
        for one in below(top, "variable_declarator")
        if (value := field(one, "value")) is not None
    }
    values |= {text(field(one, "name")): one for one in below(top, "function_declaration")}
    for export in below(top, "export_statement"):
        if tree == "pages/api":
            if text(export).startswith("export default"):
                yield from ((method, export, export) for method in _methods(export))
            continue
        for one in below(export, "function_declaration", "variable_declarator"):
            name = text(field(one, "name"))
            if name in METHODS and (
                one.parent == export or (one.parent is not None and one.parent.parent == export)
            ):
                value = field(one, "value") if one.type == "variable_declarator" else one
                yield name, export, _handler(value or one, values)
            yield from ((text(part), export, one) for part in _destructured(one) if text(part) in METHODS)
        for specifier in below(export, "export_specifier"):
            exported = text(field(specifier, "alias") or field(specifier, "name"))
            if exported in METHODS:
                yield exported, export, values.get(text(field(specifier, "name")), export)


def _passed_on(file: File, found: Found, top: Node) -> Iterator[tuple[str, Node, Node]]:
    """What ``export * from "../other/route"`` exports as well; another package's is a gap."""
    for export in below(top, "export_statement"):
        source = string(field(export, "source"))
        if source is None or not _STAR.match(text(export)):
            continue
        names = (f"{source}{suffix}" for suffix in ("", *_SUFFIXES, *(f"/index{one}" for one in _SUFFIXES)))
        beside = [found.tree.beside(file, name) for name in names] if source.startswith(".") else []
        other = next((one for one in beside if one is not None and one.path != file.path), None)
        if other is None:
            what = f"methods exported from {source}"
            found.gap(file, what, "export each method by its name to have its route read", line(export))
            continue
        yield from ((method, export, handler) for method, _, handler in _exports(root(other), "app"))


def _destructured(declarator: Node) -> list[Node]:
    """``export const { GET, POST } = handlers``."""
    pattern = field(declarator, "name")
    if pattern is None or pattern.type != "object_pattern":
        return []
    return list(below(pattern, "shorthand_property_identifier_pattern"))


def _handler(value: Node, values: dict[str, Node]) -> Node:
    """The function behind ``handler`` or ``withAuth(handler)``: the wrapper and the wrapped stay in view together."""
    if value.type == "identifier":
        return values.get(text(value), value)
    return value


def _methods(handler: Node) -> list[str]:
    """The methods that a ``pages/api`` handler tells apart; any other is served too, so none told means GET."""
    named = re.findall(r"""req(?:uest)?\.method\s*[!=]==?\s*['"](\w+)['"]""", text(handler))
    if re.search(r"\bswitch\s*\(\s*(?:req(?:uest)?\.)?method\b", text(handler)):
        named += re.findall(r"""\bcase\s+['"](\w+)['"]\s*:""", text(handler))
    return list(dict.fromkeys(name for name in named if name in METHODS)) or ["GET"]


def _guard(file: File) -> Guard:
    top = root(file)
    modules = dict.fromkeys(module for module in imports(top).values() if not re.match(r"next($|/)", module))
    named = [_guard_name(module) for module in modules]
    matchers: list[str] = []
    for one in below(top, "pair"):
        if text(field(one, "key")) == "matcher":
            matchers += [value for node in below(one, "string") if (value := string(node)) is not None]
    return Guard(tuple(sorted(dict.fromkeys(named), key=_weight)), tuple(matchers))


def _guard_name(module: str) -> str:
    word = module.rpartition("/")[2]
    if re.search(r"rate-?limit|throttle", word, re.I):
        return "rate-limit"
    return "authentication" if re.search(r"auth|session|clerk", word, re.I) else word


def _weight(name: str) -> int:
    return 0 if name == "rate-limit" else 1


def _matcher(pattern: str) -> str:
    """Next.js's matcher as a regular expression: ``/api/:path*`` and ``/((?!static).*)``."""
    escaped = re.sub(r":\w+\*", ".*", pattern)
    escaped = re.sub(r":\w+\+?", "[^/]+", escaped)
    try:
        re.compile(escaped)
    except re.error:
        return ".*"
    return escaped.replace("/.*", "(/.*)?") if escaped.endswith("/.*") else escaped
