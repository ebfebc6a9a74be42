"""Routes of Go, Django and Rails, as far as single lines register them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.reader import File, Found, reader

_LONGEST = 2000
_GO = re.compile(
    r"\.(?P<verb>HandleFunc|Handle|Get|Post|Put|Patch|Delete|GET|POST|PUT|PATCH|DELETE|Any)\(\s*"
    r"\"(?:(?P<method>[A-Z]{3,7}) )?(?P<path>/[^\"\s]{0,200})\"\s*,"
)
_METHODS = re.compile(r"\.Methods\((?P<all>(?:\s*\"[A-Z]{3,7}\"\s*,?){1,7})\)")


@reader(
    "Go routes",
    "*.go",
    sniff=rb"net/http|gin-gonic|go-chi|labstack/echo|gofiber|gorilla/mux",
    hides=("endpoint",),
)
def go_routes(file: File, found: Found) -> None:
    """``mux.HandleFunc("GET /x", …)``, ``r.Get("/x", …)`` and ``e.GET("/x", …)``; tests are left out."""
    if file.name.endswith("_test.go"):
        return
    for number, line in _lines(file):
        for match in _GO.finditer(line):
            verb = match["verb"]
            named = _METHODS.search(line)
            methods = re.findall(r"[A-Z]+", named["all"]) if named else [match["method"] or verb.upper()]
            for method in methods:
                plain = "ANY" if method in ("HANDLEFUNC", "HANDLE", "ANY") else method
                path = re.sub(r":(\w+)|\{(\w+)(?:\.\.\.|:[^}]*)?\}", r"{\1\2}", match["path"])
                found.endpoint(file, plain, path, number, kind=kind_of(path), of=str(number))


_DJANGO = re.compile(
    r"^\s*(?P<how>path|re_path|url)\(\s*r?[\"'](?P<path>[^\"']{0,200})[\"']\s*,\s*(?P<to>[\w.]{1,200})"
)


@reader("Django routes", "urls.py", sniff=rb"urlpatterns", hides=("endpoint",))
def django_routes(file: File, found: Found) -> None:
    """``path("x/<int:pk>/", view)``; a prefix that another file includes this one under is not put before it."""
    for number, line in _lines(file):
        match = _DJANGO.match(line)
        if match is None or match["to"] in ("include", "admin.site.urls"):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)", r"{\1\2}", match["path"])
        path = "/" + path.lstrip("^/").removesuffix("$")
        found.endpoint(file, "ANY", path, number, kind=kind_of(path), of=str(number))


_RAILS = re.compile(r"^\s*(?P<verb>get|post|put|patch|delete)[\s(]+[\"':](?P<path>[\w/:.*()-]{1,200})[\"']?")
_RESOURCES = re.compile(r"^\s*(?P<how>resources?)[\s(]+:(?P<name>\w{1,80})(?P<rest>.*)$")
_BLOCK = re.compile(r"^\s*(?:namespace|scope)[\s(]+(?:path:\s*)?[:\"'](?P<name>[\w/-]{1,80})[\"']?.*\bdo\s*$")
_ACTIONS = {
    "index": ("GET", ""),
    "create": ("POST", ""),
    "show": ("GET", "/{id}"),
    "update": ("PATCH", "/{id}"),
    "destroy": ("DELETE", "/{id}"),
}


@reader("Rails routes", "**/config/routes.rb", "**/config/routes/*.rb", hides=("endpoint",))
def rails_routes(file: File, found: Found) -> None:
    """Verbs and resources below the namespaces that stand around them."""
    above: list[str] = []
    for number, line in _lines(file):
        opens = _BLOCK.match(line)
        if opens:
            above.append("/" + opens["name"].strip("/"))
        elif re.search(r"\bdo\s*(\|\w+\|\s*)?$", line):
            above.append("")
        elif re.match(r"\s*end\b", line) and above:
            above.pop()
        for method, path in _rails(line):
            full = "".join(above) + "/" + path.strip("/")
            full = re.sub(r":(\w+)", r"{\1}", full.replace("(.:format)", ""))
            found.endpoint(file, method, full, number, kind=kind_of(full), of=str(number))


def _rails(line: str) -> Iterator[tuple[str, str]]:
    verb, resources = _RAILS.match(line), _RESOURCES.match(line)
    if verb:
        yield verb["verb"].upper(), verb["path"]
    elif re.match(r"\s*root[\s(]", line):
        yield "GET", "/"
    elif resources:
        only = re.search(r"only:\s*(?:\[([^\]]*)\]|:(\w+)|%i\[([^\]]*)\])", resources["rest"])
        wanted = re.findall(r"\w+", " ".join(filter(None, only.groups()))) if only else list(_ACTIONS)
        for action in wanted:
            if action in _ACTIONS:
                method, below = _ACTIONS[action]
                yield method, resources["name"] + (below if resources["how"] == "resources" else "")


def _lines(file: File) -> Iterator[tuple[int, str]]:
    """Lines that are no comment, each as far as a person would write it."""
    for number, line in enumerate(file.text.splitlines(), 1):
        if not line.lstrip().startswith(("//", "#", "*")):
            yield number, line[:_LONGEST]
