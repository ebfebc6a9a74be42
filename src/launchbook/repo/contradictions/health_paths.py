"""Health paths: a document, an image or a probe that asks for another path than the load balancer does."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Endpoint, Evidence, Fact, Facts, Finding
from launchbook.patterns import regex
from launchbook.repo.contradictions._ends import claims, differing, end
from launchbook.repo.relations._answering import Routes

_PATH = regex(r"https?://[^/\s\"']+(/[\w/.-]*)")
_ALIKE = 0.7


def contradict(facts: Facts) -> Iterator[Finding]:
    """Each load balancer's path with everything that asks for nearly the same one."""
    routes = [
        route
        for route in facts.seen(Endpoint)
        if route.origin == "source" and not route.attributes.get("shadowed") and not _of_api(route)
    ]
    served = Routes(routes, facts.seen("path_rewrite"))
    # Where rewrites are computed, a path that no route answers may be rewritten to one that does.
    computed = any("path_rewrite" in gap.hides for gap in facts.gaps)
    groups = [(fact, path) for fact in facts.seen("aws_lb_target_group") if (path := _group_path(fact))]
    known = {path for _, path in groups}
    others = [one for one in _others(facts) if one.value not in known]
    for group, path in groups:
        near = [one for one in others if _nearest(str(one.value), known) == path]
        if near and group.origin == "source":
            said = ", ".join(sorted({str(one.value) for one in near}))
            why = f"the load balancer asks {path}; elsewhere the health path is {said}"
            yield differing("health-path", why, group.id, [end(group, "health_check.0.path", path), *near])
        if not computed and not served.takes(path):
            yield from _unserved(group, path, routes)


def _of_api(route: Endpoint) -> bool:
    """Whether a route is an API's own, which no load balancer asks."""
    return "event" in route.attributes or "api" in route.attributes


def _unserved(group: Fact, path: str, routes: list[Endpoint]) -> Iterator[Finding]:
    """A path that no route answers, beside the route that was probably meant."""
    served = {str(route.attributes.get("path")) for route in routes}
    if group.origin != "source":
        return
    near = _nearest(path, served)
    if not near:
        near = next((one for one in sorted(served) if one.rpartition("/")[2] == path.rpartition("/")[2]), "")
    ends = [end(route, "", near) for route in routes if near and route.attributes.get("path") == near]
    if ends:
        why = f"the load balancer asks {path}, which no route here answers; {near} comes nearest"
        yield differing("health-path", why, group.id, [end(group, "health_check.0.path", path), *ends])


def _nearest(path: str, known: set[str]) -> str:
    import difflib  # wanted only where something is amiss

    return next(iter(difflib.get_close_matches(path, sorted(known), 1, _ALIKE)), "")


def _group_path(fact: Fact) -> str:
    checks = fact.attributes.get("health_check")
    first = checks[0] if isinstance(checks, list) and checks else None
    path = first.get("path") if isinstance(first, dict) else None
    return path if isinstance(path, str) else ""


def _others(facts: Facts) -> Iterator[Evidence]:
    for claim in claims(facts, "health-path"):
        yield end(claim, "", claim.attributes.get("value"))
    for fact in facts:
        for key in ("healthcheck", "command"):
            command = (
                fact.attributes.get(key) if fact.type in ("dockerfile", "container_health_check") else None
            )
            text = " ".join(map(str, command)) if isinstance(command, list) else command
            match = _PATH.search(text) if isinstance(text, str) else None
            if match and fact.origin == "source":
                yield end(fact, key, match.group(1))
