"""Roll services out: a new deployment of each, waited for; one that fails says its first cause."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from launchbook.lifecycle.asking import Aws, Unanswered
from launchbook.lifecycle.causes import Cause, first_cause
from launchbook.model import Evidence
from launchbook.redact import shown

_HINT = "allow ecs:UpdateService to whoever releases, then run the same command again"
#: Reads that fail in a row before a wait is given up: throttling and short absences are waited out.
_MISSES = 10


@dataclass(frozen=True)
class Deployment:
    """A deployment that was asked for: of which service, and ECS's id of it."""

    cluster: str
    service: str
    id: str


@dataclass(frozen=True)
class Ended:
    """How a deployment ended: ``well``, or not and why; ``cause`` is the first stopped task behind it.

    One that is not ``known`` was still on its way when another had failed.
    """

    deployment: Deployment
    well: bool
    why: str
    evidence: tuple[Evidence, ...] = ()
    cause: Cause | None = None
    known: bool = True


def force(aws: Aws, services: Sequence[tuple[str, str]]) -> list[Deployment]:
    """Begin a new deployment of each service (cluster and name). Raises RunFailed."""
    begun = []
    for cluster, name in services:
        said = aws.change(
            "ecs", "update_service", _HINT, cluster=cluster, service=name, forceNewDeployment=True
        )
        primary = next(one for one in said["service"]["deployments"] if one["status"] == "PRIMARY")
        begun.append(Deployment(cluster, name, str(primary["id"])))
    return begun


def wait(aws: Aws, begun: Sequence[Deployment], say: Callable[[str], None], seconds: float) -> list[Ended]:
    """Wait until each deployment has ended, one way or the other, or the time is over.

    Once one has failed the others are not waited for: they are reported as they stand.
    """
    deadline = time.monotonic() + seconds
    misses = 0
    while True:
        try:
            found = [(one, _service(aws, one)) for one in begun]
            misses = 0
        except Unanswered as failure:
            misses += 1
            if misses >= _MISSES or time.monotonic() > deadline:
                return [Ended(one, False, f"how it stands is not known: {failure}") for one in begun]
            time.sleep(aws.pause)
            continue
        ended = [how_it_ended(one, service) for one, service in found]
        failed = [one for one in ended if one is not None and not one.well]
        late = time.monotonic() > deadline
        if failed or late or all(ended):
            return [
                _explained(aws, state or _unfinished(one, service, seconds if late else None), service)
                for state, (one, service) in zip(ended, found, strict=True)
            ]
        waiting = [
            _progress(service) for state, (_, service) in zip(ended, found, strict=True) if state is None
        ]
        say("; ".join(waiting))
        time.sleep(aws.pause)


def _service(aws: Aws, one: Deployment) -> Mapping[str, Any]:
    said = aws.read("ecs", "describe_services", cluster=one.cluster, services=[one.service])
    if not said["services"]:
        raise Unanswered("ecs:DescribeServices", f"there is no service {one.service}")
    found: Mapping[str, Any] = said["services"][0]
    return found


def how_it_ended(one: Deployment, service: Mapping[str, Any]) -> Ended | None:
    """How a deployment ended, by what ECS describes of its service; None while it goes on."""
    own = next((each for each in service["deployments"] if each["id"] == one.id), None)
    if own is None:
        return Ended(
            one, False, "ECS rolled it back" if service["deployments"] else "the service has no deployment"
        )
    if own.get("rolloutState") == "FAILED":
        return Ended(one, False, str(own.get("rolloutStateReason") or "its rollout failed"))
    alone = len(service["deployments"]) == 1
    runs = service["runningCount"] == service["desiredCount"]
    if own.get("rolloutState", "COMPLETED") == "COMPLETED" and alone and runs:
        return Ended(
            one, True, f"{service['runningCount']} of {service['desiredCount']} run, rollout COMPLETED"
        )
    return None


def _unfinished(one: Deployment, service: Mapping[str, Any], seconds: float | None) -> Ended:
    late = f"it was not complete after {seconds:g} s: " if seconds is not None else "not waited for: "
    return Ended(one, False, late + _progress(service), known=seconds is not None)


def _progress(service: Mapping[str, Any]) -> str:
    primary: Mapping[str, Any] = next(
        (one for one in service["deployments"] if one["status"] == "PRIMARY"), {}
    )
    failed = f", {primary['failedTasks']} failed" if primary.get("failedTasks") else ""
    return (
        f"{service['serviceName']} {primary.get('runningCount', 0)} of {primary.get('desiredCount', 0)} new tasks run"
        f"{failed}, {len(service['deployments'])} deployments"
    )


def _explained(aws: Aws, ended: Ended, service: Mapping[str, Any]) -> Ended:
    """With what shows it and, of one that did not end well, the first cause."""
    one = ended.deployment
    names = ("id", "status", "rolloutState", "runningCount", "desiredCount", "failedTasks")
    shape = [{name: each[name] for name in names if name in each} for each in service["deployments"]]
    ended = replace(ended, why=shown(ended.why), evidence=(aws.evidence("ecs", "describe_services", shape),))
    if ended.well or not ended.known:
        return ended
    try:
        cause = first_cause(aws, one.cluster, one.service, [one.id])
    except Unanswered as failure:
        return replace(ended, why=f"{ended.why}; why its tasks stopped is not known: {failure}")
    more = cause.evidence if cause is not None else ()
    return replace(ended, cause=cause, evidence=ended.evidence + more)
