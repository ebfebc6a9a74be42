"""The routes that API Gateway's own resources declare: routes of HTTP APIs, methods of REST APIs."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact, Facts, NotKnown, Ref, Value, make_fact
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.wiring import pointers_at

#: A REST API's tree of resources is no deeper than this.
_DEEPEST = 30


def relate(facts: Facts) -> Iterator[Fact]:
    """One endpoint for each; a path whose parts are not all in the files begins with ``…``."""
    for fact in facts:
        if fact.type == "aws_apigatewayv2_route":
            method, _, path = str(value(fact, "route_key") or "").partition(" ")
            if method == "$default":
                method, path = "ANY", "/{proxy+}"
            if path.startswith("/"):
                yield _endpoint(fact, method, path, "route_key", pointed(fact, "api_id"))
        elif fact.type == "aws_api_gateway_method":
            verb = value(fact, "http_method")
            if isinstance(verb, str):
                yield _endpoint(fact, verb, _path(fact, facts), "http_method", pointed(fact, "rest_api_id"))


def value(fact: Fact, *names: str) -> object:
    """The first of some attributes that is known."""
    for name in names:
        try:
            found = fact.get(name)
        except NotKnown:
            continue
        if found is not None:
            return found
    return None


def pointed(fact: Fact, name: str) -> str:
    """The id of the fact that an attribute points to, wherever below it the reference stands; empty for none."""
    return next((ref.to for _, ref in pointers_at(fact.attributes.get(name))), "")


def _path(method: Fact, facts: Facts) -> str:
    at = pointed(method, "resource_id")
    parts: list[str] = []
    for _ in range(_DEEPEST):
        one = facts.find(at)
        if one is None:
            return "…/" + "/".join(reversed(parts))
        if one.type == "aws_api_gateway_rest_api":
            return "/" + "/".join(reversed(parts))
        parts.append(str(value(one, "path_part") or "…"))
        at = pointed(one, "parent_id")
    return "…/" + "/".join(reversed(parts))


def _endpoint(fact: Fact, method: str, path: str, said: str, api: str) -> Fact:
    how = value(fact, "authorization_type", "authorization")
    guards: list[Value] = [] if how in (None, "NONE") else ["authentication"]
    if value(fact, "api_key_required") is True:
        guards.append("api-key")
    attributes: dict[str, Value] = {
        "method": method.upper(),
        "path": path,
        "kind": kind_of(path),
        "guards": guards,
        "declared_by": fact.id,
    }
    if api:
        attributes["api"] = Ref(api, "id")
    return make_fact(
        "endpoint",
        id=f"{fact.id}:endpoint",
        name=f"{method.upper()} {path}",
        where=fact.where,
        level=fact.level,
        origin=fact.origin,
        attributes=attributes,
        sources={"path": fact.source(said), "guards": str(fact.where)},
        condition=fact.condition,
        created=fact.created,
    )
