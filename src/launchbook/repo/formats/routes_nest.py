"""Routes of NestJS: ``@Get(":id")`` below ``@Controller("cats")``, below the application's global prefix."""

from __future__ import annotations

import re

from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.mounts import Mount, Router
from launchbook.repo.reader import File, Found, reader

_LIMIT = 256_000
_DECORATOR = regex(
    r"^[ \t]*@(?P<name>Controller|Get|Post|Put|Patch|Delete|Head|Options|All|UseGuards|Throttle|HttpCode)"
    r"\((?P<given>[^()]{0,400})\)"
    r"|^[ \t]*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?class\s+(?P<class>\w{1,100})",
    re.M,
)
_PATH = regex(r"\bpath\s*:\s*(\[[^\]]*\]|['\"`][^'\"`]*['\"`])")
_VERSION = regex(r"\bversion\s*:\s*(\[[^\]]*\]|['\"`][^'\"`]*['\"`])")
_TEXT = regex(r"['\"`]([^'\"`$]{0,200})['\"`]")
_PREFIX = regex(
    r"\.setGlobalPrefix\(\s*(?P<prefix>['\"`][^'\"`$]{0,200}['\"`]|[^,)]{1,80})(?P<rest>[^;]{0,600})"
)
_EXCLUDED = regex(r"exclude\s*:\s*\[(?P<all>[^\]]{0,500})\]")


def _application(file: File) -> Router:
    """What controllers of one application mount on: the folder that holds ``src``."""
    return Router(re.sub(r"(^|/)src/.*$", "", file.path), "NestJS")


@reader(
    "NestJS routes", "*.ts", sniff=rb"@Controller\(|\.setGlobalPrefix\(", hides=("endpoint",), limit=_LIMIT
)
def nest_routes(file: File, found: Found) -> None:
    """Every route of the file's controllers, and the prefix that the application puts before all of them."""
    if re.search(r"\.(spec|test|e2e-spec)\.ts$", file.name):
        return
    application = _application(file)
    if match := _PREFIX.search(file.text):
        _global_prefix(match, application, found)
    found.mounts.roots.add(application)
    controllers: list[str] | None = []
    waiting: list[str] = []
    guards: list[str] = []
    for match in _DECORATOR.finditer(file.text):
        name, given = match["name"], match["given"] or ""
        if match["class"]:
            guards, waiting = waiting, []
        elif name == "Controller":
            controllers = _versioned(given, application, found)
            if controllers is None:
                _computed(file, match, found)
        elif name in ("UseGuards", "Throttle"):
            waiting.append("authentication" if name == "UseGuards" else "rate-limit")
        elif name != "HttpCode" and controllers:
            line = file.text.count("\n", 0, match.start("name")) + 1
            verb = "ANY" if name == "All" else name.upper()
            own_paths = _paths(given)
            if own_paths is None:
                _computed(file, match, found)
            for path in (_joined(above, own) for above in controllers for own in own_paths or ()):
                endpoint = found.endpoint(
                    file, verb, path, line, kind=kind_of(path), guards=[*dict.fromkeys([*guards, *waiting])]
                )
                found.mounts.belongs(endpoint, application)
            waiting = []


def _global_prefix(match: re.Match[str], application: Router, found: Found) -> None:
    told = _TEXT.fullmatch(match["prefix"].strip())
    excluded = _EXCLUDED.search(match["rest"])
    outside = tuple("/" + one.strip("/") for one in _TEXT.findall(excluded["all"])) if excluded else ()
    front = Router(application.file, "NestJS: global prefix")
    found.mounts.roots.add(front)
    prefix = "/" + told[1].strip("/") if told else None
    found.mounts.mount(Mount(front, application, prefix, outside=outside))


def _computed(file: File, match: re.Match[str], found: Found) -> None:
    line = file.text.count("\n", 0, match.start("name")) + 1
    what = f"the path of @{match['name']} is computed: its routes are not told"
    found.gap(file, what, "write the path out, or ask the running service", line)


def _versioned(given: str, application: Router, found: Found) -> list[str] | None:
    """A controller's paths, below their version where the application puts that into its addresses."""
    paths, version = _paths(given), _VERSION.search(given)
    main = found.tree.get(f"{application.file}src/main.ts") if version else None
    if paths is None or version is None or main is None or "VersioningType.URI" not in main.text:
        return paths
    return [_joined(f"v{one}", path)[1:] for one in _TEXT.findall(version[1]) for path in paths]


def _paths(given: str) -> list[str] | None:
    """``"cats"``, ``["cats", "kittens"]``, ``{ path: "cats", version: "1" }``, or nothing: the root itself.

    None where the code computes it.
    """
    if given.lstrip().startswith("{"):
        path = _PATH.search(given)
        if path is None:
            return None if re.search(r"\bpath\b", given) else [""]
        given = path[1]
    return _TEXT.findall(given) or ([""] if not given.strip(" \n[]'\"`") else None)


def _joined(above: str, own: str) -> str:
    path = "/".join(part.strip("/") for part in (above, own) if part.strip("/"))
    return "/" + re.sub(r":(\w+)(\([^)]*\))?\??", r"{\1}", path)
