"""Health checks that tell the truth: a route behind the path, nothing in its way, nothing outside touched."""

from __future__ import annotations

import re
from collections.abc import Callable

from launchbook.check import check
from launchbook.checks._absence import unhidden
from launchbook.checks._pointing import among
from launchbook.checks._shapes import all_known, balanced, field, first, known, listed, pick, some, words
from launchbook.model import (
    Endpoint,
    Evidence,
    Fact,
    Facts,
    NotKnown,
    Setting,
    Unread,
    Value,
    Verdict,
    verdict,
)

_URL_PATH = re.compile(r"https?://[^/\s\"']+(/[^\s\"'|;&]*)")
#: Commands that succeed whatever the program does.
_CANNOT_FAIL = re.compile(
    r"^\s*(?:CMD(?:-SHELL)?\s+)?(?:echo\b(?!.*\|\|)|true\b|:\s*$|exit 0|/bin/true)|(?:\|\||;)\s*(?:true|:|exit 0)\s*$"
)
#: curl succeeds on an answer of 500 unless it is told to fail, or something looks at what it says.
_CURL = re.compile(r"\bcurl\b(?P<how>[^|;&]*)")
_FAILS = re.compile(r"(?:^|\s)(?:-[a-zA-Z]*f|--fail)|http_code|-w\b|--write-out")


def asked_path(asker: Fact) -> tuple[str, str] | None:
    """The path that something asks, and where it stands; None where it asks none. Raises NotKnown."""
    if asker.type == "dockerfile":
        command = known(asker.attributes.get("healthcheck"), f"the health check of {asker.name}")
        match = _URL_PATH.search(str(command or ""))
        return (match[1], "healthcheck") if match else None
    block = first(asker.attributes.get("health_check"))
    path = known(block.get("path"), f"the health check of {asker.name}")
    return (path, "health_check.0.path") if isinstance(path, str) else None


def routes(facts: Facts, path: str) -> list[Endpoint]:
    """The served endpoints that answer GET on a path."""
    clean = path.split("?")[0].rstrip("/") or "/"
    return [
        one
        for one in facts.seen(Endpoint)
        if one.origin == "source"
        and not one.shadowed
        and one.method in ("GET", "ANY", "HEAD")
        and one.path == clean
    ]


@check(
    "health-path-without-route",
    "Every health-check path has a route behind it",
    of="aws_lb_target_group",
    severity="high",
    fix="Ask a path that the program serves, or serve the path.",
)
def path_without_route(group: Fact, facts: Facts) -> Verdict | None:
    """A health check on a path that nobody serves takes every task out of service."""
    return _route(group, facts)


@check(
    "container-health-path-without-route",
    "Every container health check asks a path that is served",
    of="dockerfile",
    severity="high",
    fix="Ask a path that the program serves, or serve the path.",
)
def image_path_without_route(image: Fact, facts: Facts) -> Verdict | None:
    """The same, for the health check that an image brings along."""
    return _route(image, facts)


def _route(asker: Fact, facts: Facts) -> Verdict | None:
    asked = asked_path(asker)
    if asked is None:
        return None
    return judge_path(asker, *asked, facts)


def judge_path(asker: Fact, path: str, place: str, facts: Facts) -> Verdict:
    """Whether something answers on a path that is asked. Raises NotKnown where no route was read."""
    found = routes(facts, path)
    if found:
        return verdict(True, "a route answers", at=[asker.at(place), found[0].at("path")])
    served = [one for one in facts.seen(Endpoint) if one.origin == "source" and one.method == "GET"]
    if not served:
        raise NotKnown(f"whether {path} is served", "no route of this repository was read")
    unhidden(facts, asker, "endpoint")
    near = [one.at("path") for one in served if one.kind == "liveness"][:2]
    return verdict(False, f"no route answers GET {path}", at=[asker.at(place), *near])


@check(
    "health-path-rate-limited",
    "No health check stands behind a rate limiter",
    of="aws_lb_target_group",
    severity="high",
    fix="Leave the health path out of the limiter's matcher.",
)
def rate_limited(group: Fact, facts: Facts) -> Verdict | None:
    """The load balancer's own requests use up the limit; then healthy tasks are taken out."""
    return _of_route(
        group,
        facts,
        lambda one: _guarded(one, "rate-limit"),
        "guards",
        "a rate limiter stands in front",
    )


@check(
    "health-path-touches-dependency",
    "No load balancer's health check touches an external dependency",
    of="aws_lb_target_group",
    severity="high",
    fix="Answer liveness from the process alone; ask dependencies on a route of their own.",
)
def touches_dependency(group: Fact, facts: Facts) -> Verdict | None:
    """When the dependency is slow, every task fails at once, and replacing them helps nothing."""
    return _of_route(
        group,
        facts,
        lambda one: bool(words(one.attributes.get("touches"))),
        "touches",
        "its handler asks a dependency",
    )


def _of_route(
    group: Fact, facts: Facts, bad: Callable[[Endpoint], bool], attribute: str, why: str
) -> Verdict | None:
    asked = asked_path(group)
    if asked is None:
        return None
    path, place = asked
    for one in routes(facts, path):
        wrong = bad(one)
        if not wrong:
            unhidden(facts, one, "middleware")
        return verdict(
            not wrong, why if wrong else "nothing in its way", at=[group.at(place), one.at(attribute)]
        )
    unhidden(facts, group, "endpoint")
    return None


def _guarded(endpoint: Endpoint, by: str) -> bool:
    """Whether something of a kind stands in front of a route."""
    guards: list[Value] = [*(endpoint.guards or [])]
    return some(guards, lambda one: known(one, f"what stands in front of {endpoint.name}") == by)


@check(
    "health-check-cannot-fail",
    "Every container health check can fail",
    of="container_health_check",
    severity="high",
    fix="Ask the program itself: its health route, or its own heartbeat.",
)
def cannot_fail(one: Fact, facts: Facts) -> Verdict | None:
    """A health check that always succeeds keeps a dead container in service."""
    command = listed(known(one.get("command"), f"the health check of {one.name}"))
    parts = [known(part, f"the health check of {one.name}") for part in command]
    text = " ".join(str(part) for part in parts if part not in ("CMD", "CMD-SHELL"))
    if _CANNOT_FAIL.search(text) is not None:
        return verdict(False, f"{text!r} always succeeds", at=[one.at("command")])
    if _takes_errors(text):
        return verdict(False, f"{text!r} succeeds on an answer of 500: curl needs -f", at=[one.at("command")])
    return verdict(True, "it can fail", at=[one.at("command")])


def _takes_errors(command: str) -> bool:
    """Whether a health check rests on curl, which takes every answer for a success."""
    asked = _CURL.search(command)
    read = asked is not None and re.match(r"\s*\|[^|]", command[asked.end() :])
    return asked is not None and not read and "$(" not in command and not _FAILS.search(asked["how"])


@check(
    "health-route-lacks-settings",
    "Every task has the settings without which its health route answers 503",
    of="aws_lb_target_group",
    severity="high",
    fix="Give the container the settings that the route asks for, from Secrets Manager where they are secret.",
)
def lacks_settings(group: Fact, facts: Facts) -> Verdict | None:
    """A route that answers 503 without its settings, on a task that has none of them, never gets healthy."""
    asked = asked_path(group)
    if asked is None:
        return None
    for route in routes(facts, asked[0]):
        needed = [one for one in facts.seen(Setting) if _reads(one, route)]
        if not _answers(route, 503) or not needed:
            continue
        given, ends = _given(group, facts)
        names = [str(one) for one in given if not isinstance(one, Unread)]
        missing = sorted({one.name for one in needed if _required(one)} - set(names))
        if missing:
            all_known(given, f"the settings behind {group.name}")
        why = (
            f"the route answers 503 without {', '.join(missing)}, which the task does not get"
            if missing
            else "the task gets what it asks for"
        )
        return verdict(not missing, why, at=[route.at("statuses"), needed[0].at(), *ends])
    unhidden(facts, group, "endpoint", "setting")
    return None


def _reads(setting: Setting, route: Endpoint) -> bool:
    return setting.where.file == route.where.file and setting.role == "read"


def _required(setting: Setting) -> bool:
    given = setting.attributes.get("required")
    return known(given, f"whether {setting.name} is required") is not False


def _answers(route: Endpoint, status: int) -> bool:
    statuses: list[Value] = [*(route.statuses or [])]
    return some(statuses, lambda one: known(one, f"what {route.name} answers") == status)


def _given(group: Fact, facts: Facts) -> tuple[list[Value], list[Evidence]]:
    """The names that the containers behind a target group are given, and where."""
    names: list[Value] = []
    ends: list[Evidence] = []
    behind = pick(facts.seen("aws_ecs_service"), lambda one: among(facts, balanced(one), group))
    for service in behind.found or behind.settled():
        definition = facts.find(service.attributes.get("task_definition"))
        if definition is None:
            raise NotKnown(f"the settings of {service.name}", "its task definition was not read")
        containers = listed(known(definition.get("container_definitions"), "the containers"))
        for index, one in enumerate(containers):
            for key in ("environment", "secrets"):
                names += [field(entry, "name") for entry in listed(field(one, key))]
                ends.append(definition.at(f"container_definitions.{index}.{key}"))
    if not ends:
        raise NotKnown(f"what runs behind {group.name}", "no service that names it was read")
    return names, ends


@check(
    "metrics-simulated",
    "No metrics endpoint makes its values up",
    of="endpoint",
    severity="high",
    fix="Measure, or remove the endpoint: a made-up number is worse than none.",
)
def simulated(endpoint: Endpoint, facts: Facts) -> Verdict | None:
    """Values from a random number look well on a dashboard on the worst day."""
    if endpoint.kind != "metrics":
        return None
    made_up = known(endpoint.attributes.get("simulated"), f"how {endpoint.name} answers") is True
    return verdict(
        not made_up, "its values are random" if made_up else "not random", at=[endpoint.at("simulated")]
    )


@check(
    "route-skips-authentication",
    "No route lets everybody in while a setting is empty",
    of="endpoint",
    severity="critical",
    fix="Refuse when the secret is not set.",
)
def skips_authentication(endpoint: Endpoint, facts: Facts) -> Verdict | None:
    """``if (secret && header !== secret)`` asks nobody as long as the secret is missing."""
    unguarded = endpoint.attributes.get("unguarded_when_unset")
    if known(unguarded, f"what {endpoint.name} asks for") is True:
        return verdict(
            False, "it asks nobody while its secret is not set", at=[endpoint.at("unguarded_when_unset")]
        )
    if _guarded(endpoint, "authentication"):
        return verdict(True, "it always asks", at=[endpoint.at("guards")])
    return None
