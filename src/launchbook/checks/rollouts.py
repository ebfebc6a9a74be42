"""Rollouts that can begin and end: room for a new task beside the old ones, and never none at all."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._shapes import balanced, field, first, known, listed, whole
from launchbook.model import Fact, Facts, Verdict, verdict

_LEAST, _MOST = "deployment_minimum_healthy_percent", "deployment_maximum_percent"


@check(
    "rollout-has-room",
    "Every service's rollout may start a new task and keeps old ones until it serves",
    of="aws_ecs_service",
    severity="high",
    fix="Set deployment_minimum_healthy_percent to 100 and deployment_maximum_percent to 200.",
)
def room(service: Fact, facts: Facts) -> Verdict | None:
    """With 100 and 100 nothing may start and nothing may stop: the rollout hangs. With a minimum of 0 everything stops
    first, and whoever asks meanwhile gets an error."""
    if _otherwise(service):
        return None
    least, most = _percent(service, _LEAST, 100), _percent(service, _MOST, 200)
    ends = [service.at(_LEAST), service.at(_MOST)]
    wanted = known(service.attributes.get("desired_count", 1), f"desired_count of {service.name}")
    if least >= 100 and most <= 100:
        return verdict(False, f"of {least} to {most} % no task may start and none may stop", at=ends)
    if wanted is not None and (count := whole(wanted, f"desired_count of {service.name}")) > 0:
        kept, allowed = -(-count * least // 100), count * most // 100
        if kept == count == allowed:
            why = (
                f"of {count} wanted, {kept} must stay and {allowed} may run: none may start and none may stop"
            )
            return verdict(False, why, at=ends)
    if least == 0 and balanced(service):
        return verdict(False, "every task behind its load balancer may be stopped at once", at=ends)
    return verdict(True, f"between {least} and {most} % run", at=ends)


def _otherwise(service: Fact) -> bool:
    """Whether a service is rolled out by other rules than these two: by CodeDeploy, or one task an instance."""
    controller = first(
        known(service.attributes.get("deployment_controller"), f"who rolls {service.name} out")
    )
    kind = known(field(controller, "type"), f"who rolls {service.name} out")
    strategy = known(service.attributes.get("scheduling_strategy"), f"how {service.name} is scheduled")
    return kind not in (None, "ECS") or strategy == "DAEMON"


def _percent(service: Fact, name: str, default: int) -> int:
    blocks = listed(
        known(service.attributes.get("deployment_configuration"), f"the rollouts of {service.name}")
    )
    nested = first(blocks).get(name.removeprefix("deployment_")) if blocks else None
    given = known(nested if nested is not None else service.get(name), f"{name} of {service.name}")
    return default if given is None else whole(given, f"{name} of {service.name}")
