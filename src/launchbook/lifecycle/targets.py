"""How a service's targets are, as its load balancer sees them: a task that runs may still answer nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from launchbook.lifecycle.asking import Aws
from launchbook.model import Evidence
from launchbook.redact import shown

#: Registered and fine, or on its way out.
_FINE = ("healthy", "draining", "unused")


def sick_targets(aws: Aws, service: Mapping[str, Any]) -> Iterator[tuple[str, Evidence]]:
    """In words, for each target group of a service (as ECS describes it) whose targets are not healthy: how they are,
    why, and what they are asked. Raises Unanswered."""
    for one in service.get("loadBalancers") or ():
        group = one.get("targetGroupArn")
        if not group:
            continue
        said = aws.read("elbv2", "describe_target_health", TargetGroupArn=group)["TargetHealthDescriptions"]
        found = [target["TargetHealth"] for target in said]
        sick = [target for target in found if target["State"] not in _FINE]
        if sick or not found:
            checked = aws.read("elbv2", "describe_target_groups", TargetGroupArns=[group])["TargetGroups"]
            yield (
                _said(str(group), found, sick, checked[0]),
                aws.evidence("elbv2", "describe_target_health", found),
            )


def _said(
    group: str, found: list[Mapping[str, Any]], sick: list[Mapping[str, Any]], check: Mapping[str, Any]
) -> str:
    name = group.split("/")[-2]
    if not found:
        return f"target group {name} has no target"
    reasons = sorted({str(one.get("Description") or one.get("Reason") or "no reason given") for one in sick})
    states = ", ".join(sorted({str(one["State"]) for one in sick}))
    asked = f"; asked is {check['HealthCheckPath']}" if check.get("HealthCheckPath") else ""
    return str(
        shown(f"target group {name}: {len(sick)} of {len(found)} {states} ({'; '.join(reasons)}){asked}")
    )
