"""Next.js routes: the app router's ``route.ts`` files and ``pages/api``, behind the middleware that matches them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from launchbook.model import Fact
from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.code import modules
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.handlers import read_handler, telling_lines
from launchbook.repo.code.reexports import METHODS, Exported, exported_methods
from launchbook.repo.code.scopes import FUNCTIONS
from launchbook.repo.code.syntax import below, field, imports, line, root, string, text
from launchbook.repo.mounts import Mount, Router
from launchbook.repo.reader import File, Found, reader_of_all

APPLICATION = ("package.json", "next.config.js", "next.config.mjs", "next.config.ts")
_BASE_PATH = regex(r"^\s*basePath\s*:\s*(?:['\"`](?P<told>[^'\"`$]{0,200})['\"`]|[^\s,])", re.M)
_BRACKETS = regex(r"^(?P<optional>\[)?\[(?P<rest>\.\.\.)?(?P<name>[\w-]+)\]+$")
_ROUTE = regex(r"^(?P<src>src/)?(?P<tree>app|pages/api)/(?P<rest>.*?)/?(?P<file>[^/]+)$")


@record()
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
        told = set[str]()
        for one in _exports(file, found, top, match["tree"]):
            if one.method in told:
                continue  # a module exports a name once: what says it again does not run
            told.add(one.method)
            endpoint = _endpoint(file, found, path, one, names, shadowed, base or ".")
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
    file: File, found: Found, path: str, one: Exported, guards: list[str], shadowed: bool, base: str
) -> Fact:
    read = read_handler(one.handler, imports(root(one.file)))
    return found.endpoint(
        file,
        one.method,
        path,
        line(one.at),
        kind=kind_of(path, text(one.handler)),
        guards=[*guards, *read.guards],
        statuses=list(read.statuses),
        touches=list(read.touches),
        shadowed=shadowed,
        application=base,
        simulated=read.simulated,
        unguarded_when_unset=read.authenticated is False,
        lines={name: f"{one.file.shown}:{at}" for name, at in telling_lines(one.handler).items()},
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


def _exports(file: File, found: Found, top: Node, tree: str) -> Iterator[Exported]:
    """Each method with its export statement, its handler and where that is."""
    if tree == "app":
        yield from exported_methods(file, found)
        return
    for name, value in modules.exported(top):
        if name == modules.DEFAULT:
            at = value
            while at.type not in ("export_statement", "expression_statement") and at.parent is not None:
                at = at.parent
            # a name or a wrapper leads to a function of the file, or of another one
            handler = value if value.type in FUNCTIONS else top
            other = string(field(at, "source"))
            behind = modules.script(found.tree, file, other) if other is not None else None
            of, handler = (behind, root(behind)) if behind is not None else (file, handler)
            yield from (Exported(method, at, handler, of) for method in _methods(handler))
            return


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
