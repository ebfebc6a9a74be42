"""What an API puts in front of each endpoint: its authorizers, keys, usage plans and firewall.

An API's event or route says it for the path; what it does not say, the API's own default does. A route in a function's
code stands behind the event that leads to it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from launchbook.model import Endpoint, Fact, Facts, Value
from launchbook.repo.relations.api_routes import pointed, value


def fronted(facts: Facts) -> Facts:
    """The facts, each endpoint with all that is in front of it."""
    apis = _Apis(facts)
    events = {fact.id: _with(fact, apis.guards(fact)) for fact in facts.seen(Endpoint) if _behind_api(fact)}
    code = _in_code(facts, list(events.values()))
    changed = events | code
    if all(changed[key] is facts.find(key) for key in changed):
        return facts
    return Facts(
        [changed.get(fact.id, fact) for fact in facts.all], facts.gaps, facts.relations, facts.complete
    )


def _behind_api(fact: Fact) -> bool:
    return "event" in fact.attributes or "api" in fact.attributes


def _with(fact: Fact, guards: list[str]) -> Fact:
    own = fact.attributes.get("guards")
    before = [str(one) for one in own] if isinstance(own, list) else []
    after: list[Value] = [*dict.fromkeys([*guards, *before])]
    if after == before:
        return fact
    return replace(fact, attributes={**fact.attributes, "guards": after})


class _Apis:
    """The APIs of a repository and what they ask of every caller."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.planned = {
            pointed(plan, "api_stages") for plan in facts if plan.type == "aws_api_gateway_usage_plan"
        }
        self.walled = {link.source for link in facts.relations if link.kind == "firewall"}

    def guards(self, endpoint: Fact) -> list[str]:
        """What the API of an endpoint puts in front of it."""
        api = self.facts.find(pointed(endpoint, "api"))
        defaults = self._auth(api) if api is not None else self._implicit(endpoint)
        own = _block(endpoint.attributes.get("auth"))
        asked = _given(own, "Authorizer", "authorizer") or _given(
            defaults, "DefaultAuthorizer", "default_authorizer"
        )
        found = ["authentication"] if asked not in (None, "NONE") else []
        key = _given(own, "ApiKeyRequired", "api_key_required")
        if key is None:
            key = _given(defaults, "ApiKeyRequired", "api_key_required")
        given = endpoint.attributes.get("guards")
        keyed = key is True or (isinstance(given, list) and "api-key" in given)
        found += ["api-key"] if keyed else []
        planned = _given(defaults, "UsagePlan", "usage_plan") is not None or (
            api is not None and api.id in self.planned
        )
        found += ["usage-plan"] if keyed and planned else []
        return found + (["firewall"] if api is not None and api.id in self.walled else [])

    def _auth(self, api: Fact) -> dict[str, Value]:
        return _block(api.attributes.get("auth"))

    def _implicit(self, endpoint: Fact) -> dict[str, Value]:
        """The defaults of the API that SAM makes of events that name none."""
        template = self.facts.find(f"{endpoint.id.partition('#')[0]}#template")
        shared = template.attributes.get("globals") if template is not None else None
        section = shared.get(str(value(endpoint, "event"))) if isinstance(shared, dict) else None
        return _block(_block(section).get("Auth"))


def _block(held: Value) -> dict[str, Value]:
    """A structure, or the only block of a list."""
    if isinstance(held, list) and len(held) == 1:
        held = held[0]
    return held if isinstance(held, dict) else {}


def _given(block: dict[str, Value], *names: str) -> Value:
    return next((block[name] for name in names if name in block), None)


def _in_code(facts: Facts, events: list[Fact]) -> dict[str, Fact]:
    """Routes of functions' code with the guards of the event that leads to each."""
    leading: dict[str, list[Fact]] = {}
    for event in events:
        leading.setdefault(pointed(event, "handler"), []).append(event)
    functions: dict[str, Fact] = {}  # the first of each file: a file may have thousands
    for key in leading:
        if (one := facts.find(key)) and (at := _entry(one)):
            functions.setdefault(at, one)
    found: dict[str, Fact] = {}
    for fact in facts.seen(Endpoint) if functions else ():
        if _behind_api(fact) or "handler" in fact.attributes:
            continue
        function = functions.get(posixpath.splitext(fact.where.file)[0])
        if function is not None:
            leads = next(_leads(fact, leading[function.id]), None)
            guards = leads.attributes.get("guards") if leads is not None else None
            if isinstance(guards, list):
                found[fact.id] = _with(fact, [str(one) for one in guards])
    return found


def _entry(function: Fact) -> str:
    """The file that a function's handler is in, without its ending; empty when that is not written."""
    handler, folder = value(function, "handler"), value(function, "code_uri")
    if not isinstance(handler, str) or not isinstance(folder, str | None):
        return ""
    below = posixpath.join(posixpath.dirname(function.where.file), folder or "")
    return posixpath.normpath(posixpath.join(below, handler.rpartition(".")[0].replace(".", "/")))


def _leads(route: Fact, events: list[Fact]) -> Iterator[Fact]:
    """The events that lead to a route, the most exact first."""
    method, path = str(value(route, "method")), str(value(route, "path"))
    for event in sorted(events, key=_exactness):
        if str(value(event, "method")) in (method, "ANY", "*") and _pattern(
            str(value(event, "path"))
        ).fullmatch(path):
            yield event


def _exactness(event: Fact) -> tuple[bool, int, bool]:
    path = str(value(event, "path"))
    return "+}" in path, path.count("{"), value(event, "method") in ("ANY", "*")


def _pattern(path: str) -> re.Pattern[str]:
    """An event's path, with what its parameters stand for."""
    parts = re.split(r"(\{[^}]*\})", path)
    shaped = (
        ".*" if part.endswith("+}") else r"[^/]+" if part.startswith("{") else re.escape(part)
        for part in parts
    )
    return re.compile("".join(shaped))
