"""Routes: two files that say that they answer the same method and path of one application."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Endpoint, Facts, Finding
from launchbook.repo.contradictions._ends import differing, end
from launchbook.repo.relations._answering import shape


def contradict(facts: Facts) -> Iterator[Finding]:
    """One finding for each path that two files of an application serve, where a file's place is its path."""
    served: dict[tuple[str, str, str], list[Endpoint]] = {}
    for route in facts.seen(Endpoint):
        application = route.attributes.get("application")
        if isinstance(application, str) and route.origin == "source" and not route.shadowed:
            served.setdefault((application, route.method, shape(route.path)), []).append(route)
    told: set[frozenset[str]] = set()
    for (_, method, _), routes in served.items():
        files = frozenset(route.where.file for route in routes)
        if len(files) > 1 and files not in told:
            told.add(files)
            by = " and ".join(sorted(files))
            why = f"{method} {routes[0].path} is answered by {by}: the framework takes one of them at most"
            yield differing("route", why, routes[0].id, [end(one, "path", one.name) for one in routes])
