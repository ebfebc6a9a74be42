"""Routes of Django, as far as single lines register them."""

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
    for number, line in _whole(file):
        if match := _DJANGO.match(line):
            path = _django_path(match["path"])
            if match["to"] == "include":
                _included(file, found, patterns, path, match["rest"], number)
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


def _whole(file: File) -> Iterator[tuple[int, str]]:
    """Lines; one that opens a pattern goes on with what is below it."""
    lines = list(_lines(file))
    for at, (number, line) in enumerate(lines):
        opens = line.rstrip().endswith(("path(", "url("))
        below = "".join(f" {other.strip()}" for _, other in lines[at + 1 : at + 5]) if opens else ""
        yield number, (line.rstrip() + below.lstrip())[:_LONGEST]


def _included(file: File, found: Found, patterns: Router, prefix: str, rest: str, line: int) -> None:
    match = _INCLUDED.match(rest)
    if match is None:
        return
    inner: Router | None = None
    if match["module"]:
        included = python(found.tree, file, match["module"])
        inner = Router(included.path, "urlpatterns") if included is not None else None
        if included is None:
            what = f"the routes of {match['module']} below {prefix} are not in these files"
            found.gap(file, what, "python manage.py show_urls", line)
    elif match["name"].endswith(".urls"):
        inner = Router(file.path, match["name"].removesuffix(".urls"))
    if inner is not None:
        found.mounts.mount(Mount(patterns, inner, prefix))


def _lines(file: File) -> Iterator[tuple[int, str]]:
    """Lines that are no comment, each as far as a person would write it."""
    for number, line in enumerate(file.text.splitlines(), 1):
        if not line.lstrip().startswith(("//", "#", "*")):
            yield number, line[:_LONGEST]
