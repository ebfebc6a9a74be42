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
    controllers: list[str] = []
    waiting: list[str] = []
    guards: list[str] = []
    for match in _DECORATOR.finditer(file.text):
        name, given = match["name"], match["given"] or ""
        if match["class"]:
            guards, waiting = waiting, []
        elif name == "Controller":
            controllers = _paths(given)
        elif name in ("UseGuards", "Throttle"):
            waiting.append("authentication" if name == "UseGuards" else "rate-limit")
        elif name != "HttpCode" and controllers:
            line = file.text.count("\n", 0, match.start("name")) + 1
            verb = "ANY" if name == "All" else name.upper()
            for path in (_joined(above, own) for above in controllers for own in _paths(given)):
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


def _paths(given: str) -> list[str]:
    """``"cats"``, ``["cats", "kittens"]``, ``{ path: "cats", version: "1" }``, or nothing: the root itself."""
    path = re.search(r"\bpath\s*:\s*(\[[^\]]*\]|['\"`][^'\"`]*['\"`])", given)
    if given.lstrip().startswith("{"):
        given = path[1] if path else ""
    return _TEXT.findall(given) or [""]


def _joined(above: str, own: str) -> str:
    path = "/".join(part.strip("/") for part in (above, own) if part.strip("/"))
    return "/" + re.sub(r":(\w+)(\([^)]*\))?\??", r"{\1}", path)
