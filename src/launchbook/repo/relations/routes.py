"""From what calls a path to the route that answers it: health checks, cron jobs, API destinations."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from launchbook.model import Fact, Facts, NotKnown, Relation, Where
from launchbook.patterns import regex
from launchbook.repo.relations._answering import Routes, served_routes
from launchbook.repo.wiring import place

_URL_PATH = regex(r"https?://[^/\s\"']+(/[^\s\"'|;&)?]*)")


def relate(facts: Facts) -> Iterator[Relation]:
    """Each caller with its route; a path that no route answers stays as written, unresolved."""
    routes = served_routes(facts)
    for fact in facts:
        for kind, method, path, at in _asked(fact):
            yield from answered(fact, kind, method, path, at, routes)


def called_method(fact: Fact, where: Where) -> str:
    """The method with which a fact calls what it calls from a place; empty when it was not read."""
    found = (method for _, method, _, at in _asked(fact) if place(fact, at) == where)
    return next(found, "")


def health_command_path(command: object) -> str:
    """The path that a container's health check command asks for; empty when it asks for none."""
    words = command if isinstance(command, list) else [command]
    match = _URL_PATH.search(" ".join(str(word) for word in words))
    return match.group(1) if match else ""


def _asked(fact: Fact) -> Iterator[tuple[str, str, str, str]]:
    if fact.type in ("aws_lb_target_group", "aws_alb_target_group"):
        path = _known(fact, "health_check.0.path")
        if isinstance(path, str):
            yield "health-path", "GET", path, "health_check.0.path"
    elif fact.type == "aws_cloudwatch_event_api_destination":
        url, method = _known(fact, "invocation_endpoint"), _known(fact, "http_method")
        if isinstance(url, str) and _path(url):
            yield "calls", str(method or "POST"), _path(url), "invocation_endpoint"
    elif fact.type == "container_health_check":
        path = health_command_path(_known(fact, "command"))
        if path:
            yield "health-path", "GET", path, "command"
    elif fact.type == "compose_service":
        path = health_command_path(_known(fact, "healthcheck"))
        if path:
            yield "health-path", "GET", path, "healthcheck"
    elif isinstance(fact.attributes.get("health_path"), str):
        yield "health-path", "GET", str(fact.attributes["health_path"]), "health_path"
    elif fact.type == "vercel_cron" and isinstance(fact.attributes.get("path"), str):
        yield "calls", "GET", str(fact.attributes["path"]), "path"
    calls = fact.attributes.get("calls")
    for number, call in enumerate(calls if isinstance(calls, list) else []):
        url = call.get("url") if isinstance(call, dict) else None
        if isinstance(call, dict) and isinstance(url, str) and _path(url):
            yield "calls", str(call.get("method") or ""), _path(url), f"calls.{number}"


def _path(url: str) -> str:
    """What a URL asks its host for; empty where it names the host alone, or is none that could be taken apart."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _known(fact: Fact, path: str) -> object:
    try:
        return fact.get(path)
    except NotKnown:
        return None


def answered(fact: Fact, kind: str, method: str, path: str, at: str, routes: Routes) -> Iterator[Relation]:
    """The relations from what asks for a path to the routes that serve it; the path itself when none does."""
    found = routes.answering(path)
    # A caller with the wrong method still means this route: that the methods differ is for a check to say.
    matching = [route for route in found if route.attributes.get("method") in (method, "ANY", "*")] or found
    source = _subject(fact)
    for route in matching:
        yield Relation(kind=kind, source=source, target=route.id, where=place(fact, at))
    if not matching:
        yield Relation(kind=kind, source=source, target=path, where=place(fact, at), resolved=False)


def _subject(fact: Fact) -> str:
    """A container's health check speaks for the task definition that it lies in."""
    owner = fact.attributes.get("of")
    return owner if fact.type == "container_health_check" and isinstance(owner, str) else fact.id
