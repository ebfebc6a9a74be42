"""How a service stands, in words that name the first cause when it does not run what it should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from launchbook.lifecycle.asking import Aws, Unanswered
from launchbook.lifecycle.causes import first_cause
from launchbook.lifecycle.targets import sick_targets
from launchbook.model import Evidence, Facts, Finding
from launchbook.redact import shown


@dataclass(frozen=True)
class Standing:
    """A service now: ``well`` when it runs as many tasks as it should, at least one, and its targets are healthy;
    ``idle`` when it runs none and should run none. ``text`` has the first cause."""

    well: bool
    idle: bool
    text: str
    evidence: tuple[Evidence, ...] = ()


def explain(aws: Aws, cluster: str, service: str) -> Standing:
    """Look at a service, and at its stopped tasks when it is not well. What can't be read is said, never guessed."""
    try:
        found = aws.read("ecs", "describe_services", cluster=cluster, services=[service])["services"]
    except Unanswered as failure:
        return Standing(False, False, f"how {service} stands is not known: {failure}")
    if not found or found[0].get("status") == "INACTIVE":
        return Standing(False, True, f"service {service} does not exist")
    one = found[0]
    running, desired = int(one["runningCount"]), int(one["desiredCount"])
    counts = {"runningCount": running, "desiredCount": desired, "pendingCount": one.get("pendingCount", 0)}
    evidence: tuple[Evidence, ...] = (aws.evidence("ecs", "describe_services", counts),)
    text, then = f"service {service} has {running} running tasks of {desired} that it should have", ": "
    if running and running == desired:
        try:
            sick = list(sick_targets(aws, one))
        except Unanswered as failure:
            return Standing(False, False, f"{text}; how its targets are is not known: {failure}", evidence)
        if not sick:
            return Standing(True, False, text, evidence)
        then = "; stopped before: "
        text += "; " + "; ".join(said for said, _ in sick)
        evidence += tuple(each for _, each in sick)
    try:
        cause = first_cause(aws, cluster, service, [str(each["id"]) for each in one["deployments"]])
    except Unanswered as failure:
        return Standing(False, not (running or desired), f"{text}; why is not known: {failure}", evidence)
    if cause is None:
        said = _last_event(one)
        return Standing(False, not (running or desired), f"{text}{said}", evidence)
    return Standing(False, not (running or desired), f"{text}{then}{cause.text}", evidence + cause.evidence)


def _last_event(service: Mapping[str, Any]) -> str:
    events = service.get("events") or []
    return f"; it says: {shown(str(events[0]['message']))}" if events else ""


def unwell(aws: Aws, services: Sequence[tuple[str, str]]) -> tuple[str, tuple[Evidence, ...]]:
    """In words why services (cluster and name) do not run what they should; empty when all do."""
    found = [explain(aws, cluster, name) for cluster, name in services]
    bad = [one for one in found if not one.well]
    return "; ".join(one.text for one in bad), tuple(each for one in bad for each in one.evidence)


#: Checks whose failure has its cause in a service's tasks.
_OF_TASKS = ("ecs-running-as-desired", "ecs-rollout-completed", "tasks-keep-running")


def with_cause(aws: Aws, finding: Finding, facts: Facts) -> Finding:
    """A finding about a service's tasks with the first cause, as far as one is known."""
    service = facts.find(finding.subject)
    if finding.status != "FAIL" or finding.check not in _OF_TASKS or service is None:
        return finding
    current = service.attributes.get("deployment_ids")
    ids = [str(one) for one in current] if isinstance(current, list) else []
    try:
        cause = first_cause(aws, str(service.attributes.get("cluster")), service.name, ids)
    except Unanswered as failure:
        return replace(finding, why=f"{finding.why}; why is not known: {failure}")
    if cause is None:
        return finding
    return replace(
        finding, why=f"{finding.why}; first cause: {cause.text}", evidence=finding.evidence + cause.evidence
    )
