"""Services that survive the loss of one: two tasks, two zones, rollouts that end well."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._pointing import beside, elsewhere
from launchbook.checks._shapes import all_known, first, known, listed, of_account, switched_on, whole, words
from launchbook.model import Fact, Facts, NotKnown, Verdict, verdict


@check(
    "ecs-two-tasks",
    "Every service runs at least two tasks",
    of="aws_ecs_service",
    severity="high",
    fix="Set desired_count (and the scaling minimum) to two or more.",
)
def two_tasks(service: Fact, facts: Facts) -> Verdict | None:
    """With one task, every restart and every zone failure is an outage."""
    count = known(service.get("desired_count"), f"desired_count of {service.name}")
    if count is None:
        count = 1
    ends = [service.at("desired_count")]
    if whole(count, f"desired_count of {service.name}") < 2:
        return verdict(False, f"{count} wanted", at=ends)
    for scaled in beside(facts, "aws_appautoscaling_target", "resource_id", service).settled():
        least = known(scaled.get("min_capacity"), f"the least of {service.name}")
        if elsewhere(scaled, service) or not _same_cluster(scaled, service, facts) or least is None:
            continue
        ends.append(scaled.at("min_capacity"))
        if whole(least, f"the least of {service.name}") < 2:
            return verdict(False, f"{count} wanted, and scaled in to {least}", at=ends)
    unhidden(facts, service, "aws_appautoscaling_target")
    return verdict(True, f"{count} wanted", at=ends)


def _same_cluster(scaled: Fact, service: Fact, facts: Facts) -> bool:
    """Whether what scales is the service of this cluster: ``service/CLUSTER/NAME``."""
    parts = str(scaled.attributes.get("resource_id")).split("/")
    cluster = service.attributes.get("cluster")
    held = facts.find(cluster)
    name = held.name if held is not None else cluster
    return len(parts) != 3 or not isinstance(name, str) or parts[1] == name.rpartition("/")[2]


@check(
    "ecs-two-zones",
    "Every service stands in at least two zones",
    of="aws_ecs_service",
    severity="high",
    fix="Give the service subnets of two availability zones.",
)
def two_zones(service: Fact, facts: Facts) -> Verdict | None:
    """Two tasks in one zone go down together."""
    network = first(known(service.get("network_configuration"), f"the network of {service.name}"))
    if not network:
        return None
    subnets = listed(service.get("network_configuration.0.subnets"))
    if not subnets:  # no service runs without one: they are given elsewhere
        why = "the files give it no subnet"
        raise NotKnown(f"the zones of {service.name}", why, "terraform plan, or ecs:DescribeServices")
    all_known(subnets, f"the subnets of {service.name}")
    if len(subnets) < 2:
        return verdict(False, f"{len(subnets)} subnet", at=[service.at("network_configuration.0.subnets")])
    found = [facts.find(one) for one in subnets]
    zones = {str(one.get("availability_zone")) for one in found if one is not None}
    if None in found:
        raise NotKnown(f"the zones of {service.name}", "its subnets were not read", "ec2:DescribeSubnets")
    return verdict(len(zones) > 1, f"{len(zones)} zones", at=[service.at("network_configuration.0.subnets")])


@check(
    "ecs-running-as-desired",
    "Every service runs as many tasks as it should",
    of="aws_ecs_service",
    severity="critical",
    fix="Read the service's events and the first stopped task's reason.",
)
def running(service: Fact, facts: Facts) -> Verdict | None:
    """Only an account can tell what runs."""
    of_account(service, "ecs:DescribeServices")
    wanted, now = service.get("desired_count"), service.get("running_count")
    waiting = service.attributes.get("pending_count") or 0
    why = f"{now} of {wanted} run" + (f", {waiting} are pending" if waiting else "")
    return verdict(now == wanted, why, at=[service.at("running_count"), service.at("desired_count")])


@check(
    "ecs-rollout-completed",
    "Every service's rollout is complete",
    of="aws_ecs_service",
    severity="high",
    fix="Read rolloutStateReason and the service's events; roll back if it fails.",
)
def rollout(service: Fact, facts: Facts) -> Verdict | None:
    """One deployment, COMPLETED: anything else is on its way, or stuck."""
    of_account(service, "ecs:DescribeServices")
    states = words(service.get("rollouts"))
    fine = states == ["COMPLETED"]
    reasons = "; ".join(words(service.attributes.get("rollout_reasons")))
    return verdict(fine, reasons or ", ".join(states), at=[service.at("rollouts")])


@check(
    "ecs-circuit-breaker",
    "Every service stops a rollout that fails",
    of="aws_ecs_service",
    severity="medium",
    fix="Enable the deployment circuit breaker with rollback.",
)
def circuit_breaker(service: Fact, facts: Facts) -> Verdict | None:
    """Without it a broken image is started again and again while the rollout waits for ever."""
    if "circuit_breaker" in service.attributes:  # as an account answers
        on, where, nested = service.get("circuit_breaker"), "circuit_breaker", {}
    else:
        where = "deployment_configuration.0.deployment_circuit_breaker"
        nested = first(
            first(service.attributes.get("deployment_configuration")).get("deployment_circuit_breaker")
        )
        if not nested:
            where = "deployment_circuit_breaker"
            nested = first(known(service.get(where), f"the circuit breaker of {service.name}"))
        on = service.get(f"{where}.0.enable") if nested else None
    if not switched_on(known(on, f"the circuit breaker of {service.name}")):
        return verdict(False, "it does not", at=[service.at(where)])
    path = "circuit_breaker_rollback" if where == "circuit_breaker" else f"{where}.0.rollback"
    back = service.attributes.get(path) if where == "circuit_breaker" else nested.get("rollback")
    back = known(back, f"what follows a failed rollout of {service.name}")
    if back is not None and not switched_on(back):
        return verdict(False, "it stops, and does not go back", at=[service.at(path)])
    return verdict(True, "it does", at=[service.at(where)])


@check(
    "lb-two-zones",
    "Every load balancer stands in at least two zones",
    of="aws_lb",
    severity="high",
    fix="Give the load balancer subnets of two zones.",
)
def balancer_zones(balancer: Fact, facts: Facts) -> Verdict | None:
    """A load balancer in one zone fails with it. One of an account that listens to nothing is no way in."""
    zones = words(balancer.attributes.get("zones"))
    path, held = ("zones", len(set(zones))) if zones else ("subnets", _subnets(balancer))
    if held > 1 and not balancer.declared:
        listening = beside(facts, "aws_lb_listener", "load_balancer_arn", balancer)
        if not (listening.found or listening.settled()):
            absent(facts, balancer, "aws_lb_listener")
            return None
    return verdict(held > 1, f"{held} {path}", at=[balancer.at(path)])


def _subnets(balancer: Fact) -> int:
    return len(listed(known(balancer.get("subnets"), f"the subnets of {balancer.name}")))


@check(
    "targets-healthy",
    "Every target that is registered is healthy",
    of="aws_lb_target_group",
    severity="critical",
    fix="Ask the health path yourself from inside; read the task's log.",
)
def targets_healthy(group: Fact, facts: Facts) -> Verdict | None:
    """Only an account can tell how targets are."""
    of_account(group, "elasticloadbalancing:DescribeTargetHealth")
    found = words(group.get("target_states"))
    if not found:
        return verdict(False, "it has no target", at=[group.at("target_states")])
    sick = [one for one in found if one != "healthy"]
    if not sick:
        return verdict(True, f"all {len(found)} are", at=[group.at("target_states")])
    said = sorted({*_said(group, "target_reasons"), *_said(group, "target_descriptions")})
    path = first(group.attributes.get("health_check")).get("path")
    why = f"{len(sick)} of {len(found)} are {', '.join(sorted(set(sick)))}"
    why += f" ({'; '.join(said)})" if said else ""
    why += f"; asked is {path}" if isinstance(path, str) and path else ""
    return verdict(False, why, at=[group.at("target_states"), group.at("target_descriptions")])


def _said(group: Fact, name: str) -> list[str]:
    """What tells more, as far as it was read."""
    return [one for one in listed(group.attributes.get(name)) if isinstance(one, str) and one]
