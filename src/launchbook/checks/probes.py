"""Health checks that ask what is there: a path that is served, a port, answers that only the well give."""

from __future__ import annotations

import re
from typing import TypeGuard

from launchbook.check import check
from launchbook.checks._shapes import all_known, field, first, known, listed, switched_on
from launchbook.checks.health import judge_path
from launchbook.model import Fact, Facts, NotKnown, Ref, Unread, Value, Verdict, verdict

#: What a container asks of itself: port and path.
_SELF = re.compile(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(?P<port>\d{1,5}))?(?P<path>/[^\s\"'|;&)]*)?"
)


@check(
    "task-health-path-without-route",
    "Every task definition's health check asks a path and a port that are served",
    of="container_health_check",
    severity="high",
    fix="Ask a path that the program serves, on the port that its container names.",
)
def task_path_without_route(one: Fact, facts: Facts) -> Verdict | None:
    """A check on a path that nobody serves stops every task as soon as it has started."""
    command = listed(known(one.get("command"), f"the health check of {one.name}"))
    all_known(command, f"the health check of {one.name}")
    asked = _SELF.search(" ".join(map(str, command)))
    if asked is None:
        return None
    container = _container(one, facts)
    if container is None:
        raise NotKnown(f"the container of {one.name}", "its task definition was not read")
    image = field(container, "image")
    if isinstance(image, str) and ".dkr.ecr." not in image:
        return None  # what a public image serves, no file here tells
    found = judge_path(one, asked["path"] or "/", "command", facts)
    if not found.holds and (image is None or (isinstance(image, Unread) and not image.refs)):
        raise NotKnown(f"what runs in {one.name}", "which image it is was not read")
    ports = [field(each, "containerPort") for each in listed(field(container, "portMappings"))]
    if found.holds and asked["port"] and ports and not _has(ports, asked["port"]):
        what = f"whether {one.name} listens on {asked['port']}"
        raise NotKnown(what, f"its container names {', '.join(map(str, ports))} alone")
    return found


def _container(one: Fact, facts: Facts) -> Value:
    owner = facts.find(known(one.get("of"), f"the task definition of {one.name}"))
    held = listed(owner.attributes.get("container_definitions")) if owner is not None else []
    name = known(one.get("container"), f"the container of {one.name}")
    return next((each for each in held if _named(each, one) == name), None)


def _named(container: Value, one: Fact) -> Value:
    return known(field(container, "name"), f"the name of a container of {one.name}")


def _has(ports: list[Value], wanted: Value) -> bool:
    """Whether a port is one of several. Raises NotKnown where one that was not read may be it."""
    if str(wanted) in {str(port) for port in ports if not isinstance(port, Unread | Ref)}:
        return True
    all_known(ports, f"whether {wanted} is a port of the container")
    return False


@check(
    "target-health-check-blunt",
    "Every target group's health check tells the sick from the well",
    of="aws_lb_target_group",
    severity="high",
    fix="Switch the health check on, and let 200 alone (or the one code that the route gives) count as healthy.",
)
def blunt(group: Fact, facts: Facts) -> Verdict | None:
    """A target that counts as healthy when its path is gone, or when it answers errors, stays in service."""
    block = first(known(group.get("health_check"), f"the health check of {group.name}"))
    if not block or known(group.get("target_type"), f"what {group.name} leads to") == "lambda":
        return None
    on = known(block.get("enabled"), f"the health check of {group.name}")
    if on is not None and not switched_on(on):
        return verdict(False, "it is switched off", at=[group.at("health_check.0.enabled")])
    matcher = known(block.get("matcher"), f"which answers of {group.name} count")
    worst = [code for code in _NOT_WELL if _takes(str(matcher or "200"), code)]
    here = group.at("health_check.0.matcher" if matcher else "health_check")
    if worst:
        return verdict(False, f"{matcher} takes an answer of {worst[0]} for healthy", at=[here])
    return verdict(True, f"{matcher} counts as healthy" if matcher else "it is on", at=[here])


#: Answers that no healthy target gives: the path is gone, the program failed. (401 says that somebody is at home.)
_NOT_WELL = (404, 500, 502, 503)


def _takes(matcher: str, code: int) -> bool:
    """Whether a matcher (``200``, ``200,204``, ``200-299``) takes a status for healthy."""
    for part in matcher.split(","):
        low, _, high = part.strip().partition("-")
        if low.isdigit() and (high or low).isdigit() and int(low) <= code <= int(high or low):
            return True
    return False


@check(
    "service-names-its-container",
    "Every service sends requests to a container and a port that its task definition has",
    of="aws_ecs_service",
    severity="critical",
    fix="Name the container as the task definition does, and a port of its portMappings.",
)
def names_container(service: Fact, facts: Facts) -> Verdict | None:
    """ECS refuses such a service: it is seen in the middle of a rollout, and not before."""
    if not service.declared:
        return None
    blocks = listed(known(service.get("load_balancer"), f"the load balancers of {service.name}"))
    definition = facts.find(service.attributes.get("task_definition"))
    ends = []
    for index, block in enumerate(blocks):
        name = known(field(block, "container_name"), f"which container {service.name} means")
        if name is None:
            continue
        if definition is None:
            raise NotKnown(f"the containers of {service.name}", "its task definition was not read")
        containers = listed(known(definition.get("container_definitions"), "the containers"))
        here = service.at(f"load_balancer.{index}.container_name")
        names = [_named(one, definition) for one in containers]
        meant = containers[names.index(name)] if name in names else None
        if meant is None:
            there = definition.at("container_definitions")
            return verdict(False, f"no container is called {name}", at=[here, there])
        port = known(field(block, "container_port"), f"which port {service.name} means")
        ports = [field(one, "containerPort") for one in listed(field(meant, "portMappings"))]
        if _fixed(port) and not _has(ports, port):
            there = definition.at(f"container_definitions.{names.index(name)}.portMappings")
            at = service.at(f"load_balancer.{index}.container_port")
            return verdict(False, f"{name} has no port {port}", at=[at, there])
        ends += [here, definition.at("container_definitions")]
    return verdict(True, "they are there", at=ends) if ends else None


def _fixed(port: Value) -> TypeGuard[str | int]:
    return re.fullmatch(r"\d+", str(port)) is not None
