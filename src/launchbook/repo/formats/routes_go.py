"""Routes of Go: net/http, chi, gin, echo, fiber and gorilla, with the groups and sub-routers that they stand in.

Read line by line, with the functions and blocks around each: what a program builds otherwise is not seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.mounting import guard
from launchbook.repo.mounts import Mount, Router
from launchbook.repo.reader import File, Found, reader

_LONGEST = 2000
_ROUTE = regex(
    r"(?:(?P<owner>[\w.]{1,80}?)(?:\.With\((?:[^()]|\([^()]{0,80}\)){0,200}\))?|\))"
    r"\.(?P<verb>HandleFunc|Handle|Get|Post|Put|Patch|Delete|Head|Options|All"
    r"|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|Any)\(\s*"
    r"\"(?:(?P<method>[A-Z]{3,7}) )?(?:[\w-]{1,60}\.[\w.:-]{1,100}(?=/))?(?P<path>/?[^\"\s]{0,200})\"\s*,"
)
#: The method as an argument: ``Handle("PUT", "/x", …)`` of gin and chi, ``Add``, ``Match([]string{"GET"}, "/x", …)``.
_GIVEN_METHOD = regex(
    r"(?P<owner>[\w.]{1,80})\.(?:Handle|Method|MethodFunc|Add|Match)\(\s*"
    r"(?:\"(?P<one>[A-Z]{3,7})\"|(?:\[\]string\{)(?P<many>(?:\s*\"[A-Z]{3,7}\"\s*,?){1,7})\}|http\.Method(?P<named>\w{3,7}))"
    r"\s*,\s*\"(?P<path>/[^\"\s]{0,200})\"\s*,"
)
_STRIPPED = regex(
    r"(?P<owner>[\w.]{1,80})\.Handle\(\s*\"(?P<at>/[^\"]{0,200})\"\s*,\s*http\.StripPrefix\(\s*\"(?P<prefix>/[^\"]{0,200})\""
    r"\s*,\s*(?P<inner>[\w.]{1,80})(?P<call>\()?"
)
#: A path that is a name or a sum, not a text.
_COMPUTED = regex(
    r"(?P<owner>[\w.]{1,80})\.(?:HandleFunc|Get|Post|Put|Patch|Delete|GET|POST|PUT|PATCH|DELETE)"
    r"\(\s*[A-Za-z_][\w.+\" /]{0,80},\s*[\w.]"
)
_METHODS = regex(r"\.Methods\((?P<all>(?:\s*(?:\"[A-Z]{3,7}\"|http\.Method\w{3,7})\s*,?){1,7})\)")
_FUNC = regex(r"^func\s+(?:\([^)]{0,80}\)\s*)?(?P<name>\w{1,80})\((?P<given>[^{]{0,400})")
_GIVEN = regex(r"(?P<name>\w{1,40})\s+\*?(?P<type>(?:\w+\.)?\w+)\s*(?:,|\))")
_GROUP = regex(
    r"(?P<name>\w{1,40})\s*:?=\s*(?P<owner>[\w.]{1,80})\.(?:Group|PathPrefix)\(\s*(?P<prefix>\"[^\"]{0,200}\"|[^,)]{0,80})"
)
_MADE = regex(
    r"(?P<name>\w{1,40})\s*:?=\s*(?:gin\.(?:Default|New)|echo\.New|chi\.NewRouter|chi\.NewMux|mux\.NewRouter|fiber\.New"
    r"|http\.NewServeMux|httprouter\.New)\("
)
_BLOCK = regex(
    r"(?P<owner>[\w.]{1,80})\.(?:Route|Group)\(\s*(?:(?P<prefix>\"[^\"]{0,200}\")\s*,\s*)?func\(\s*(?P<name>\w{1,40})\s"
)
_MOUNT = regex(
    r"(?P<owner>[\w.]{1,80})\.Mount\(\s*\"(?P<prefix>[^\"]{0,200})\"\s*,\s*(?P<inner>[\w.]{1,80})(?P<call>\()?"
)
_CALL = regex(
    r"(?:^|[\s(=,])(?:(?P<package>\w{1,40})\.)?(?P<function>[A-Za-z]\w{1,80})\((?P<given>[^()]{1,200})\)"
)
#: What answers before the routes that follow: ``r.Use(Auth)``.
_USE = regex(r"(?P<owner>[\w.]{1,80})\.Use\((?P<given>.{1,400})")
_WITH = regex(r"\.With\((?P<given>(?:[^()]|\([^()]{0,80}\)){0,200})\)")
_STARTED = r"\.(?:Run\w*|Start\w*|Listen\w*|Serve\w*|Handler|Test)\("
_SERVES = regex(r"\bListenAndServe|\.(?:Run|Start|Listen|Serve)\(|\bhttp\.Server\{")
_RETURN = regex(r"^\s*return\s+(?P<name>\w{1,40})\b")
_APPLICATIONS = (
    "gin.Engine",
    "echo.Echo",
    "fiber.App",
    "http.ServeMux",
    "mux.Router",
    "chi.Mux",
    "httprouter.Router",
)
_GROUPS = ("gin.RouterGroup", "gin.IRouter", "gin.IRoutes", "echo.Group", "fiber.Router", "chi.Router")
_COMMON = regex(r"^(r|e|g|app|api|mux|rg|group|router|engine|srv|server|v\d+|\w*[rR]outer|\w*[gG]roup)$")
_PREFIX = regex(r"\"([^\"]*)\"")


@dataclass
class _Names:
    """What router each name means at a line: a stack of blocks, each with its own names."""

    file: File
    found: Found
    function: str = ""
    depth: int = 0
    blocks: list[tuple[int, dict[str, Router]]] = field(default_factory=lambda: [(0, {})])
    before: dict[Router, tuple[str, ...]] = field(default_factory=dict)  # what stands before each so far

    def of(self, name: str) -> Router | None:
        """The router of that name; a field or another package's is an application of its own."""
        for _, names in reversed(self.blocks):
            if name in names:
                return names[name]
        if "." in name or _COMMON.match(name):
            router = Router(self.file.path, name)
            if "." in name:
                self.found.mounts.roots.add(router)
            return router
        return None

    def mount(self, outer: Router, inner: Router, prefix: str | None = "", own: tuple[str, ...] = ()) -> None:
        """What a router holds stands behind what the one around it uses so far, and behind its own."""
        self.found.mounts.mount(Mount(outer, inner, prefix, (*self.before.get(outer, ()), *own)))

    def name(self, name: str, line: int) -> Router:
        """A new router of that name in the innermost block."""
        router = Router(self.file.path, f"{name}@{line}")
        self.blocks[-1][1][name] = router
        return router


@reader(
    "Go routes",
    "*.go",
    sniff=rb"net/http|gin-gonic|go-chi|labstack/echo|gofiber|gorilla/mux|httprouter",
    hides=("endpoint",),
)
def go_routes(file: File, found: Found) -> None:
    """Every route of the file; tests are left out."""
    if file.name.endswith("_test.go"):
        return
    names = _Names(file, found)
    for number, line in enumerate(file.text.splitlines(), 1):
        if line.lstrip().startswith(("//", "*")):
            continue
        line = line[:_LONGEST]
        _declared(names, line, number)
        _mounted(names, line)
        _routes(names, line, number)
        _entered(names, line, number)


def _declared(names: _Names, line: str, number: int) -> None:
    function = _FUNC.match(line)
    mounts, path = names.found.mounts, names.file.folder
    if function:
        names.function = function["name"]
        names.blocks = [(0, {})]
        names.depth = 0
        for place, given in enumerate(_GIVEN.finditer(function["given"])):
            if given["type"] in _APPLICATIONS + _GROUPS:
                router = names.name(given["name"], number)
                mounts.mount(Mount(Router(path, f"{names.function}({place})"), router))
                if given["type"] in _APPLICATIONS:
                    mounts.roots.add(router)
    if made := _MADE.search(line):
        router = names.name(made["name"], number)
        mounts.roots |= {router} if _is_served(names.file, made["name"]) else set()
    if (used := _USE.search(line)) and (router_used := names.of(used["owner"])) is not None:
        names.before[router_used] = (*names.before.get(router_used, ()), *_guards(used["given"]))
    if (group := _GROUP.search(line)) and (outer := names.of(group["owner"])) is not None:
        told = _PREFIX.fullmatch(group["prefix"].strip())
        prefix = told[1].rstrip("/") if told else None
        own = _guards(line[group.end() :])
        names.mount(outer, names.name(group["name"], number), prefix, own)
    if (returned := _RETURN.match(line)) and (given_back := names.of(returned["name"])) is not None:
        mounts.mount(Mount(Router(path, f"{names.function}()"), given_back))


def _is_served(file: File, name: str) -> bool:
    """Whether a router is handed to anything, or starts by itself, in a file that starts something at all."""
    used = rf"\b{name}(?:\b(?!\s*(?::?=|,\s*\w+\s*:?=|\.))|{_STARTED})"
    return _SERVES.search(file.text) is None or re.search(used, file.text) is not None


def _guards(given: str) -> tuple[str, ...]:
    """What stands in front, of the arguments before the last closing bracket of a line."""
    return tuple(dict.fromkeys(name for one in given.split(",") if (name := guard(one))))


def _mounted(names: _Names, line: str) -> None:
    if (mount := _MOUNT.search(line) or _STRIPPED.search(line)) and (
        outer := names.of(mount["owner"])
    ) is not None:
        package, _, name = mount["inner"].rpartition(".")
        folder = _folder(names, package)
        inner = (
            Router(folder, f"{name}()") if mount["call"] and folder is not None else names.of(mount["inner"])
        )
        if inner is not None:
            names.mount(outer, inner, mount["prefix"].rstrip("/"))
    for call in _CALL.finditer(line) if not line.startswith("func") else ():
        folder = _folder(names, call["package"] or "")
        for place, given in enumerate(call["given"].split(",")):
            known = any(given.strip() in held for _, held in names.blocks)
            if known and folder is not None and (outer := names.of(given.strip())) is not None:
                handed = Router(folder, f"{call['function']}({place})")
                names.mount(outer, handed)


def _folder(names: _Names, package: str) -> str | None:
    """The folder of a package of this repository; the file's own for none."""
    if not package:
        return names.file.folder
    below = (folder for folder in names.found.tree.by_folder if folder.rpartition("/")[2] == package)
    return next(below, None)


def _routes(names: _Names, line: str, number: int) -> None:
    _by_method(names, line, number)
    if _STRIPPED.search(line):
        return
    for match in _ROUTE.finditer(line):
        verb, owner = match["verb"].upper(), match["owner"] or ""
        router = names.of(owner) if owner else None
        served = match["path"].startswith("/") or (router is not None and match["path"] == "")
        if not served or (router is None and verb not in ("HANDLE", "HANDLEFUNC")):
            continue
        named = _METHODS.search(line)
        methods = (
            [one.upper() for one in re.findall(r"\"(\w+)\"|Method(\w+)", named["all"]) for one in one if one]
            if named
            else []
        )
        for method in methods or [match["method"] or verb]:
            plain = "ANY" if method in ("HANDLEFUNC", "HANDLE", "ANY", "ALL") else method
            # gin and echo: between the path and what handles it
            own = _guards(line[match.end() :].rpartition(",")[0]) if verb.isupper() else ()
            _endpoint(names, plain, match["path"] or "/", number, router, (*_with(match), *own))


def _with(match: re.Match[str]) -> tuple[str, ...]:
    found = _WITH.search(match.group())
    return _guards(found["given"]) if found else ()


def _by_method(names: _Names, line: str, number: int) -> None:
    """Routes whose method is an argument, and a gap for those whose path is computed."""
    for match in _GIVEN_METHOD.finditer(line):
        router = names.of(match["owner"])
        methods = re.findall(r"[A-Z]{3,7}", match["one"] or match["many"] or match["named"].upper())
        for method in methods if router is not None else ():
            _endpoint(names, method, match["path"], number, router)
    for match in _COMPUTED.finditer(line):
        if any(match["owner"] in held for _, held in names.blocks):
            what = "a route whose path the code computes"
            names.found.gap(names.file, what, "write the path out, or ask the running service", number)


def _endpoint(
    names: _Names,
    method: str,
    written: str,
    number: int,
    router: Router | None,
    own: tuple[str, ...] = (),
) -> None:
    path = re.sub(r":(\w+)|\{(\w+)(?::[^}]*)?\}", r"{\1\2}", written.replace("{$}", ""))
    path = re.sub(r"\{(\w+)\.\.\.\}|\*(\w+)$", r"{\1\2*}", path)
    before = names.before.get(router, ()) if router is not None else ()
    guards = [*dict.fromkeys([*before, *own])]
    kind = kind_of(path)
    endpoint = names.found.endpoint(
        names.file, method, path, number, kind=kind, of=str(number), guards=[*guards]
    )
    if router is not None:
        names.found.mounts.belongs(endpoint, router)


def _entered(names: _Names, line: str, number: int) -> None:
    """Follow the braces: a block that a route group opens has names of its own until it closes."""
    block = _BLOCK.search(line)
    code = re.sub(r"\"(?:[^\"\\]|\\.)*\"|`[^`]*`|//.*", "", line)
    opened, closed = code.count("{"), code.count("}")
    if block and opened > closed and (outer := names.of(block["owner"])) is not None:
        prefix = (block["prefix"] or "").strip('"').rstrip("/")
        names.blocks.append((names.depth + opened - closed, {}))
        names.mount(outer, names.name(block["name"], number), prefix)
    names.depth += opened - closed
    while len(names.blocks) > 1 and names.depth < names.blocks[-1][0]:
        names.blocks.pop()
