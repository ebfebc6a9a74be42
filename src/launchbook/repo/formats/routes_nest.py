"""Routes of NestJS: ``@Get(":id")`` below ``@Controller("cats")``, below the application's global prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.mounts import Mount, Router
from launchbook.repo.reader import File, Found, Tree, reader

_LIMIT = 256_000
_VERBS = ("Get", "Post", "Put", "Patch", "Delete", "Head", "Options", "All")
_DECORATOR = regex(r"@(?P<name>[A-Z]\w{0,80})(?:\((?P<given>(?:[^()]|\([^()]{0,200}\)){0,600})\))?")
_CLASS = regex(r"\s*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?class\s+(?P<class>\w{1,100})")
_COMMENT = regex(r"^[ \t]*(?://|/?\*)[^\n]{0,2000}", re.M)
_DEFAULT_VERSION = regex(r"\bdefaultVersion\s*:\s*(\[[^\]]{0,200}\]|['\"`][^'\"`]{0,40}['\"`])")
_VERSIONING = regex(r"\.enableVersioning\((?P<given>[^;]{0,600})")
_VERSION_PREFIX = regex(r"\bprefix\s*:\s*(?:['\"`](?P<text>[^'\"`]{0,40})['\"`]|(?P<none>false))")
_PATH = regex(r"\bpath\s*:\s*(\[[^\]]*\]|['\"`][^'\"`]*['\"`])")
_VERSION = regex(r"\bversion\s*:\s*(\[[^\]]*\]|VERSION_NEUTRAL|['\"`][^'\"`]*['\"`])")
_VERSION_OF = regex(r"VERSION_NEUTRAL|(?<=['\"`])[\w.-]{1,40}(?=['\"`])")
_TEXT = regex(r"['\"`]([^'\"`$]{0,200})['\"`]")
_PREFIX = regex(
    r"\.setGlobalPrefix\(\s*(?P<prefix>['\"`][^'\"`$]{0,200}['\"`]|[^,)]{1,80})(?P<rest>[^;]{0,600})"
)
_EXCLUDED = regex(r"exclude\s*:\s*\[(?P<all>[^\]]{0,500})\]")


def _mains(tree: Tree) -> list[File]:
    return [one for one in tree.named("main.ts") if b"NestFactory" in one.data]


def _main(file: File, tree: Tree) -> File | None:
    """What starts the application that a file is of: the ``main.ts`` above it, or the only one that there is."""
    parts = file.folder.split("/") if file.folder else []
    for count in range(len(parts), -1, -1):
        for name in ("main.ts", "src/main.ts"):
            found = tree.get("/".join([*parts[:count], name]))
            if found is not None:
                return found
    mains = _mains(tree)
    return mains[0] if len(mains) == 1 else None


def _application(file: File, tree: Tree) -> Router:
    """What controllers of one application mount on: its ``main.ts``, or the folder that holds ``src``."""
    main = _main(file, tree)
    return Router(main.path if main is not None else re.sub(r"(^|/)src/.*$", "", file.path), "NestJS")


@reader(
    "NestJS routes", "*.ts", sniff=rb"@Controller\(|\.setGlobalPrefix\(", hides=("endpoint",), limit=_LIMIT
)
def nest_routes(file: File, found: Found) -> None:
    """Every route of the file's controllers, and the prefix that the application puts before all of them."""
    if re.search(r"\.(spec|test|e2e-spec)\.ts$", file.name):
        return
    application, source = _application(file, found.tree), _COMMENT.sub(lambda m: " " * len(m[0]), file.text)
    if match := _PREFIX.search(source):
        _global_prefix(match, application, found)
    main = _main(file, found.tree)
    if main is not None or not _mains(found.tree):  # one of several applications: no file tells which
        found.mounts.roots.add(application)
    scheme = _Versions.of(main.text if main is not None else "")
    above: _Controller | None = None
    for group, end in _groups(source):
        named = {match["name"]: match for match in group}
        if _CLASS.match(source, end):
            above = _controller(file, found, named) if "Controller" in named else None
        elif above is not None:
            own = _VERSION_OF.findall(named["Version"]["given"] or "") if "Version" in named else None
            for match in group if above.paths is not None else ():
                if match["name"] in _VERBS:
                    versions = scheme.fronts(above.versions if own is None else own)
                    _routes(file, found, match, above, versions, _guards(named), application)


def _groups(source: str) -> Iterator[tuple[list[re.Match[str]], int]]:
    """Decorators that stand together, with where they end: what they decorate is next."""
    group: list[re.Match[str]] = []
    for match in _DECORATOR.finditer(source):
        if group and source[group[-1].end() : match.start()].strip():
            yield group, group[-1].end()
            group = []
        group.append(match)
    if group:
        yield group, group[-1].end()


@record()
class _Controller:
    """A controller: its paths (None: computed), its versions as written, and what stands in front of all of it."""

    paths: list[str] | None
    versions: list[str]
    guards: list[str]


@record()
class _Versions:
    """How an application puts versions into its addresses: not at all without a ``prefix``."""

    prefix: str | None = None
    default: tuple[str, ...] = ()

    @staticmethod
    def of(main: str) -> _Versions:
        """As what starts the application asks for it."""
        match = _VERSIONING.search(main)
        if match is None or "VersioningType.URI" not in match["given"]:
            return _Versions()
        given, default = _VERSION_PREFIX.search(match["given"]), _DEFAULT_VERSION.search(match["given"])
        prefix = "v" if given is None else given["text"] or ""
        return _Versions(prefix, tuple(_TEXT.findall(default[1])) if default else ())

    def fronts(self, versions: list[str]) -> list[str]:
        """What stands before the paths of something that has these versions."""
        if self.prefix is None:
            return [""]
        return [
            "" if one == "VERSION_NEUTRAL" else f"{self.prefix}{one}"
            for one in versions or self.default or ("VERSION_NEUTRAL",)
        ]


def _controller(file: File, found: Found, named: dict[str, re.Match[str]]) -> _Controller:
    given = named["Controller"]["given"] or ""
    paths, version = _paths(given), _VERSION.search(given)
    if paths is None:
        _computed(file, named["Controller"], found)
    return _Controller(paths, _VERSION_OF.findall(version[1]) if version else [], _guards(named))


def _guards(named: dict[str, re.Match[str]]) -> list[str]:
    found = ["authentication"] if "UseGuards" in named else []
    return found + (["rate-limit"] if "Throttle" in named else [])


def _routes(
    file: File,
    found: Found,
    match: re.Match[str],
    above: _Controller,
    fronts: list[str],
    guards: list[str],
    application: Router,
) -> None:
    line = file.text.count("\n", 0, match.start("name")) + 1
    verb = "ANY" if match["name"] == "All" else match["name"].upper()
    own_paths = _paths(match["given"] or "")
    if own_paths is None:
        _computed(file, match, found)
    before = [*dict.fromkeys([*above.guards, *guards])]
    for front in fronts:
        for one in above.paths or ():
            for path in (_joined(front, one, own) for own in own_paths or ()):
                endpoint = found.endpoint(file, verb, path, line, kind=kind_of(path), guards=[*before])
                found.mounts.belongs(endpoint, application)


def _global_prefix(match: re.Match[str], application: Router, found: Found) -> None:
    told = _TEXT.fullmatch(match["prefix"].strip())
    excluded = _EXCLUDED.search(match["rest"])
    outside = tuple(map(_excluded, _TEXT.findall(excluded["all"]))) if excluded else ()
    front = Router(application.file, "NestJS: global prefix")
    found.mounts.roots.add(front)
    listed = excluded is not None or not re.search(r"\bexclude\b", match["rest"])
    prefix = "/" + told[1].strip("/") if told and listed else None
    found.mounts.mount(Mount(front, application, prefix, outside=outside))


def _computed(file: File, match: re.Match[str], found: Found) -> None:
    line = file.text.count("\n", 0, match.start("name")) + 1
    what = f"the path of @{match['name']} is computed: its routes are not told"
    found.gap(file, what, "write the path out, or ask the running service", line)


def _excluded(written: str) -> str:
    """``auth/(.*)`` and ``auth/*path`` are all that begins so."""
    return "/" + re.sub(r"(?:\(\.\*\)|\{?/?\*\w*\}?)$", "*", written.strip("/"))


def _paths(given: str) -> list[str] | None:
    """``"cats"``, ``["cats", "kittens"]``, ``{ path: "cats", version: "1" }``, or nothing: the root itself.

    None where the code computes it.
    """
    if given.lstrip().startswith("{"):
        path = _PATH.search(given)
        if path is None:
            return None if re.search(r"\bpath\b", given) else [""]
        given = path[1]
    texts = _TEXT.findall(given)
    # ``[A, "b"]`` and ``A + "b"`` are more than their texts.
    return (texts or [""]) if not _TEXT.sub("", given).strip(" \n\r\t[],'\"`") else None


def _joined(*parts: str) -> str:
    path = "/".join(part.strip("/") for part in parts if part.strip("/"))
    return "/" + re.sub(r":(\w+)(\([^)]*\))?\??", r"{\1}", path)
