"""Tasks that run once and services that become steady, waited for with the cause when they don't."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from launchbook.errors import RunFailed
from launchbook.lifecycle.platform import OneOff, Service
from launchbook.lifecycle.steps import Work

T = TypeVar("T")
_EVERY = 0.5
TASK_SECONDS = 600.0
STEADY_SECONDS = 900.0


@dataclass(frozen=True)
class Ended:
    """A task that has stopped: its ARN, its first container's exit code (None: it never ran), and why it stopped."""

    arn: str
    exit_code: int | None
    reason: str


def run_one_off(
    work: Work, task: OneOff, *, overrides: dict[str, Any] | None = None, seconds: float = TASK_SECONDS
) -> Ended:
    """Run a task of the platform to its end. Raises RunFailed when AWS does not start it or it does not stop."""
    outputs, client = work.outputs(), work.target.client("ecs")
    cluster = outputs.text(task.cluster)
    network = {
        "subnets": _listed(outputs.fill(task.subnets)), "securityGroups": _listed(outputs.fill(task.security_groups)),
    }  # fmt: skip
    public = "ENABLED" if _public(work, network["subnets"]) else "DISABLED"
    try:
        said = client.run_task(
            cluster=cluster, taskDefinition=outputs.text(task.definition), launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {**network, "assignPublicIp": public}},
            startedBy=f"launchbook/{work.run.id}"[:36], **({"overrides": overrides} if overrides else {}),
        )  # fmt: skip
    except (ClientError, BotoCoreError) as error:
        raise RunFailed(
            f"the task {task.name} was not started", str(error), hint="launchbook verify"
        ) from None
    if not said["tasks"]:
        why = "; ".join(f"{one.get('reason')} {one.get('arn', '')}".strip() for one in said["failures"])
        raise RunFailed(f"the task {task.name} was not started", why, hint="launchbook verify")
    arn = said["tasks"][0]["taskArn"]

    def stopped() -> dict[str, Any] | None:
        found: dict[str, Any] = client.describe_tasks(cluster=cluster, tasks=[arn])["tasks"][0]
        work.say(f"the task {task.name} is {found['lastStatus']}")
        return found if found["lastStatus"] == "STOPPED" else None

    ended = until(stopped, f"the task {task.name} has stopped", seconds)
    first = (ended.get("containers") or [{}])[0]
    reason = "; ".join(dict.fromkeys(filter(None, (first.get("reason"), ended.get("stoppedReason")))))
    return Ended(arn, first.get("exitCode"), reason)


def wait_steady(work: Work, services: Sequence[Service], seconds: float = STEADY_SECONDS) -> str:
    """Wait until every service runs what it should and its rollout is complete; returns that in words.

    Raises RunFailed with the service's own last event when a rollout fails or does not end in time.
    """
    outputs, client = work.outputs(), work.target.client("ecs")
    named = [(outputs.text(one.cluster), outputs.text(one.name)) for one in services]
    seen: list[dict[str, Any]] = []

    def steady() -> bool:
        seen[:] = [client.describe_services(cluster=c, services=[n])["services"][0] for c, n in named]
        for one in seen:
            if any(each.get("rolloutState") == "FAILED" for each in one["deployments"]):
                raise _not_steady(one, "its rollout failed")
        waiting = [one for one in seen if not _is_steady(one)]
        work.say("; ".join(f"{one['serviceName']} runs {_count(one)}" for one in waiting))
        return not waiting

    try:
        until(steady, "every service is steady", seconds)
    except TimeoutError:
        late = next(one for one in seen if not _is_steady(one))
        raise _not_steady(late, f"not within {seconds:g} s") from None
    return ", ".join(f"{one['serviceName']} {_count(one)}" for one in seen)


def until(found: Callable[[], T | None], what: str, seconds: float) -> T:
    """The first true answer; AWS's throttling and short absences are waited out. Raises TimeoutError, RunFailed."""
    deadline = time.monotonic() + seconds
    failure = ""
    while True:
        try:
            if answer := found():
                return answer
        except (BotoCoreError, ClientError, IndexError) as error:
            failure = str(error)
        if time.monotonic() > deadline:
            raise (RunFailed(f"not known whether {what}", failure) if failure else TimeoutError(what))
        time.sleep(_EVERY)


def _is_steady(service: dict[str, Any]) -> bool:
    rollouts = service["deployments"]
    return (
        len(rollouts) == 1
        and rollouts[0].get("rolloutState", "COMPLETED") == "COMPLETED"
        and service["runningCount"] == service["desiredCount"]
    )


def _count(service: dict[str, Any]) -> str:
    return f"{service['runningCount']} of {service['desiredCount']}"


def _not_steady(service: dict[str, Any], why: str) -> RunFailed:
    events = [one["message"] for one in service.get("events", [])[:3]]
    return RunFailed(
        f"{service['serviceName']} is not steady", f"{why}; it says: {' / '.join(events) or 'nothing'}",
        hint="launchbook verify   (shows why its tasks stopped)",
    )  # fmt: skip


def _listed(value: Any) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list) else [value])]


def _public(work: Work, subnets: Sequence[str]) -> bool:
    """Whether tasks in these subnets reach AWS by a public address: only where an internet gateway is their way out."""
    ec2 = work.target.client("ec2")
    tables = ec2.describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": list(subnets)}]
    )["RouteTables"]  # fmt: skip
    routes = [route for table in tables for route in table["Routes"]]
    return any(str(route.get("GatewayId", "")).startswith("igw-") for route in routes)
