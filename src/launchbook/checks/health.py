"""Health checks that tell the truth: a route behind the path, nothing in its way, nothing outside touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from launchbook.check import check
from launchbook.checks._shapes import balanced, field, first, known, listed, points_at
from launchbook.model import Endpoint, Evidence, Fact, Facts, NotKnown, Setting, Verdict, verdict

_URL_PATH = re.compile(r"https?://[^/\s\"']+(/[^\s\"'|;&]*)")
#: Commands that succeed whatever the program does.
_CANNOT_FAIL = re.compile(
    r"^\s*(?:CMD(?:-SHELL)?\s+)?(?:echo\b(?!.*\|\|)|true\b|:\s*$|exit 0|/bin/true)|\|\|\s*(?:true|exit 0)\s*$"
)


def asked_paths(facts: Facts) -> Iterator[tuple[Fact, str, str]]:
    """Every path that something asks to learn whether the program lives: who asks, the path, where it stands."""
    for group in facts.seen("aws_lb_target_group"):
        path = first(group.attributes.get("health_check")).get("path")
        if isinstance(path, str):
            yield group, path, "health_check.0.path"
    for image in facts.seen("dockerfile"):
        match = _URL_PATH.search(str(image.attributes.get("healthcheck") or ""))
        if match:
            yield image, match[1], "healthcheck"
    for check_ in facts.seen("container_health_check"):
        match = _URL_PATH.search(str(check_.attributes.get("command") or ""))
        if match:
            yield check_, match[1], "command"


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
    asked = [(path, place) for one, path, place in asked_paths(facts) if one is asker]
    if not asked:
        return None
    path, place = asked[0]
    found = routes(facts, path)
    if found:
        return verdict(True, "a route answers", at=[asker.at(place), found[0].at("path")])
    served = [one for one in facts.seen(Endpoint) if one.origin == "source" and one.method == "GET"]
    if not served:
        raise NotKnown(f"whether {path} is served", "no route of this repository was read")
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
        lambda one: "rate-limit" in (one.guards or []),
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
        lambda one: bool(listed(one.attributes.get("touches"))),
        "touches",
        "its handler asks a dependency",
    )


def _of_route(
    group: Fact, facts: Facts, bad: Callable[[Endpoint], bool], attribute: str, why: str
) -> Verdict | None:
    for asker, path, place in asked_paths(facts):
        if asker is not group:
            continue
        for one in routes(facts, path):
            wrong = bad(one)
            return verdict(
                not wrong, why if wrong else "nothing in its way", at=[group.at(place), one.at(attribute)]
            )
    return None


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
    text = " ".join(str(part) for part in command if part not in ("CMD", "CMD-SHELL"))
    useless = _CANNOT_FAIL.search(text) is not None
    return verdict(
        not useless, f"{text!r} always succeeds" if useless else "it can fail", at=[one.at("command")]
    )


@check(
    "health-route-lacks-settings",
    "Every task has the settings without which its health route answers 503",
    of="aws_lb_target_group",
    severity="high",
    fix="Give the container the settings that the route asks for, from Secrets Manager where they are secret.",
)
def lacks_settings(group: Fact, facts: Facts) -> Verdict | None:
    """A route that answers 503 without its settings, on a task that has none of them, never gets healthy."""
    for asker, path, _ in asked_paths(facts):
        if asker is not group:
            continue
        for route in routes(facts, path):
            asked = [
                one
                for one in facts.seen(Setting)
                if one.where.file == route.where.file and one.role == "read"
            ]
            if 503 not in (route.statuses or []) or not asked:
                continue
            given, ends = _given(group, facts)
            required = {one.name for one in asked if one.attributes.get("required") is not False}
            missing = sorted(required - given)
            why = (
                f"the route answers 503 without {', '.join(missing)}, which the task does not get"
                if missing
                else "the task gets what it asks for"
            )
            return verdict(not missing, why, at=[route.at("statuses"), asked[0].at(), *ends])
    return None


def _given(group: Fact, facts: Facts) -> tuple[set[str], list[Evidence]]:
    """The names that the containers behind a target group are given, and where."""
    names: set[str] = set()
    ends: list[Evidence] = []
    for service in facts.seen("aws_ecs_service"):
        if not any(points_at(facts, one, group) for one in balanced(service)):
            continue
        definition = facts.find(service.attributes.get("task_definition"))
        if definition is None:
            raise NotKnown(f"the settings of {service.name}", "its task definition was not read")
        containers = listed(known(definition.get("container_definitions"), "the containers"))
        for index, one in enumerate(containers):
            for key in ("environment", "secrets"):
                names |= {str(field(entry, "name")) for entry in listed(field(one, key))}
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
    if endpoint.attributes.get("unguarded_when_unset") is True:
        return verdict(
            False, "it asks nobody while its secret is not set", at=[endpoint.at("unguarded_when_unset")]
        )
    if "authentication" in (endpoint.guards or []):
        return verdict(True, "it always asks", at=[endpoint.at("guards")])
    return None
