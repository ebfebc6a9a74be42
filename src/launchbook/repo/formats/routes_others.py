"""Routes of Django and Rails, as far as single lines register them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.modules import python
from launchbook.repo.mounts import Mount, Router
from launchbook.repo.reader import File, Found, reader

_LONGEST = 2000
_DJANGO = regex(
    r"^\s*(?:path|re_path|url)\(\s*r?[\"'](?P<path>[^\"']{0,200})[\"']\s*,\s*(?P<to>[\w.]{1,200})(?P<rest>.{0,300})"
)
_INCLUDED = regex(r"^\(\s*(?:[\"'](?P<module>[\w.]{1,200})[\"']|(?P<name>[\w.]{1,200}))")
_REGISTERED = regex(r"^\s*(?P<router>\w{1,80})\.register\(\s*r?[\"'](?P<path>[^\"']{0,200})[\"']\s*,")
_VIEWSET = (
    ("GET", ""),
    ("POST", ""),
    ("GET", "/{pk}"),
    ("PUT", "/{pk}"),
    ("PATCH", "/{pk}"),
    ("DELETE", "/{pk}"),
)


@reader("Django routes", "urls.py", "*_urls.py", "**/urls/*.py", sniff=rb"urlpatterns", hides=("endpoint",))
def django_routes(file: File, found: Found) -> None:
    """``path("x/<int:pk>/", view)`` below the prefixes that other files include this one under, and REST routers."""
    patterns = Router(file.path, "urlpatterns")
    found.mounts.roots.add(patterns)
    for number, line in _lines(file):
        if match := _DJANGO.match(line):
            path = _django_path(match["path"])
            if match["to"] == "include":
                _included(file, found, patterns, path, match["rest"])
            elif match["to"] != "admin.site.urls":
                endpoint = found.endpoint(file, "ANY", path, number, kind=kind_of(path), of=str(number))
                found.mounts.belongs(endpoint, patterns)
        if match := _REGISTERED.match(line):
            for method, below in _VIEWSET:
                path = _django_path(match["path"]).rstrip("/") + below
                endpoint = found.endpoint(file, method, path, number, kind=kind_of(path), of=str(number))
                found.mounts.belongs(endpoint, Router(file.path, match["router"]))
        if match := re.match(r"\s*urlpatterns\s*\+?=.{0,80}?\b(?P<router>\w{1,80})\.urls\b", line):
            found.mounts.mount(Mount(patterns, Router(file.path, match["router"])))


def _django_path(written: str) -> str:
    path = re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)", r"{\1\2}", written)
    # A pattern's optional slash at the end is none of the path, and a dot in it is a dot.
    return "/" + path.lstrip("^/").removesuffix("$").removesuffix("/?").replace("\\.", ".")


def _included(file: File, found: Found, patterns: Router, prefix: str, rest: str) -> None:
    match = _INCLUDED.match(rest)
    if match is None:
        return
    inner: Router | None = None
    if match["module"]:
        included = python(found.tree, file, match["module"])
        inner = Router(included.path, "urlpatterns") if included is not None else None
    elif match["name"].endswith(".urls"):
        inner = Router(file.path, match["name"].removesuffix(".urls"))
    if inner is not None:
        found.mounts.mount(Mount(patterns, inner, prefix))


_RAILS = regex(r"^\s*(?P<verb>get|post|put|patch|delete)[\s(]+[\"':](?P<path>[\w/:.*()-]{1,200})[\"']?")
_RESOURCES = regex(r"^\s*(?P<how>resources?)[\s(]+:(?P<name>\w{1,80})(?P<rest>.*)$")
_BLOCK = regex(r"^\s*(?:namespace|scope)[\s(]+(?:path:\s*)?[:\"'](?P<name>[\w/-]{1,80})[\"']?.*\bdo\s*$")
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
