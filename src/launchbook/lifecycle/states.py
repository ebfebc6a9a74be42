"""How a service stands, in words that name the first cause when it does not run what it should."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from launchbook.lifecycle.asking import Aws, Unanswered
from launchbook.lifecycle.causes import first_cause
from launchbook.model import Evidence
from launchbook.redact import shown


@dataclass(frozen=True)
class Standing:
    """A service now: ``well`` when it runs as many tasks as it should and at least one; ``idle`` when it runs none and
    should run none. ``text`` has the first cause."""

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
    evidence = (aws.evidence("ecs", "describe_services", counts),)
    text = f"service {service} has {running} running tasks of {desired} that it should have"
    if running and running == desired:
        return Standing(True, False, text, evidence)
    try:
        cause = first_cause(aws, cluster, service)
    except Unanswered as failure:
        return Standing(False, not (running or desired), f"{text}; why is not known: {failure}", evidence)
    if cause is None:
        said = _last_event(one)
        return Standing(False, not (running or desired), f"{text}{said}", evidence)
    return Standing(False, not (running or desired), f"{text}: {cause.text}", evidence + cause.evidence)


def _last_event(service: Mapping[str, Any]) -> str:
    events = service.get("events") or []
    return f"; it says: {shown(str(events[0]['message']))}" if events else ""
