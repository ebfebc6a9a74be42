"""Why a service does not run what it should: its first stopped task, its exit code, and what it last wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from launchbook.checks._tasks import failed as is_failure
from launchbook.lifecycle.asking import Aws, Unanswered, batches
from launchbook.model import Evidence
from launchbook.redact import shown

LINES = 5
#: Lines of a log's end that are looked through for errors.
_LOOK_AT = 100
_LONGEST = 300
_ERROR = re.compile(r"\b(?:error|fatal|critical|panic|exception|traceback)\b|Error:|Exception:", re.I)
_BAD_LEVELS = ("error", "fatal", "critical", "panic", "alert", "emergency")


@dataclass(frozen=True)
class Stopped:
    """A task that stopped, as ECS describes it; ``containers`` have name, exit code and reason."""

    id: str
    definition: str
    code: str
    reason: str
    at: str
    started_by: str
    containers: tuple[Mapping[str, Any], ...] = ()

    @property
    def ends(self) -> str:
        """``exit code 1`` of each container that has one, and the reasons of those that have."""
        parts = []
        for one in self.containers:
            code, reason = one.get("exitCode"), one.get("reason")
            said = [f"exit code {code}"] if code is not None else []
            said += [str(reason)] if reason else []
            if said:
                parts.append(f"{one.get('name')}: {', '.join(said)}")
        return "; ".join(parts)


@dataclass(frozen=True)
class Cause:
    """The first cause in words, and what shows it. ``lines`` are the last lines that the task wrote."""

    text: str
    evidence: tuple[Evidence, ...]
    lines: tuple[str, ...] = ()


def first_cause(aws: Aws, cluster: str, service: str, deployments: Collection[str]) -> Cause | None:
    """Why tasks of a service stopped: the first that failed, else the last that was told to.

    Those of other ``deployments`` are left out: what was rolled back explains nothing of now. None when no task is
    known to have stopped (ECS remembers them for about an hour). Raises Unanswered.
    """
    stopped = [one for one in stopped_tasks(aws, cluster, service) if one.started_by in deployments]
    failed = [one for one in stopped if is_failure(one.code, one.reason)]
    if not stopped:
        return None
    one = failed[0] if failed else stopped[-1]
    count = f", the first of {len(failed)}" if len(failed) > 1 else ""
    ends = f" ({one.ends})" if one.ends else ""
    text = f"task {one.id} stopped at {one.at}{count}: {shown(one.reason + ends)}"
    seen = {
        "task": one.id,
        "stopCode": one.code,
        "stoppedReason": one.reason,
        "containers": list(one.containers),
    }
    evidence = [aws.evidence("ecs", "describe_tasks", seen)]
    lines: tuple[str, ...] = ()
    if failed:
        try:
            lines = last_lines(aws, one)
        except Unanswered as unread:
            text += f"; its log was not read ({shown(str(unread))})"
    if lines:
        text += f"; it wrote last: {lines[-1]}"
        evidence.append(aws.evidence("logs", "get_log_events", list(lines)))
    return Cause(text, tuple(evidence), lines)


def stopped_tasks(aws: Aws, cluster: str, service: str) -> list[Stopped]:
    """The tasks of a service that stopped within the last hour, the first to stop first. Raises Unanswered."""
    names: list[str] = []
    page: dict[str, str] = {}
    while True:
        said = aws.read(
            "ecs", "list_tasks", cluster=cluster, serviceName=service, desiredStatus="STOPPED", **page
        )
        names += said["taskArns"]
        if not said.get("nextToken"):
            break
        page = {"nextToken": said["nextToken"]}
    found = batches(
        names, 100, lambda some: aws.read("ecs", "describe_tasks", cluster=cluster, tasks=some)["tasks"]
    )
    return sorted((_stopped(one) for one in found if one.get("stoppedAt")), key=lambda one: one.at)


def stopped_of(aws: Aws, cluster: str, task: str) -> Stopped:
    """One task that stopped. Raises Unanswered, also when ECS has forgotten it."""
    found = aws.read("ecs", "describe_tasks", cluster=cluster, tasks=[task])["tasks"]
    if not found:
        raise Unanswered("ecs:DescribeTasks", f"ECS no longer knows {task}")
    return _stopped(found[0])


def _stopped(task: Mapping[str, Any]) -> Stopped:
    return Stopped(
        id=str(task["taskArn"]).rpartition("/")[2],
        definition=str(task["taskDefinitionArn"]),
        code=str(task.get("stopCode", "")),
        reason=str(task.get("stoppedReason", "no reason given")),
        at=f"{task['stoppedAt']:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z",
        started_by=str(task.get("startedBy", "")),
        containers=tuple(
            {key: one[key] for key in ("name", "exitCode", "reason") if key in one}
            for one in task.get("containers", ())
        ),
    )


def last_lines(aws: Aws, task: Stopped) -> tuple[str, ...]:
    """The last lines of error that a task wrote, or its last lines at all; secrets held back. Raises Unanswered."""
    definition = aws.read("ecs", "describe_task_definition", taskDefinition=task.definition)["taskDefinition"]
    wrote: list[str] = []
    for container in definition["containerDefinitions"]:
        place = stream_of(container, task.id)
        if place is not None:
            wrote += _tail(aws, *place)
    return tuple(shown(line)[:_LONGEST] for line in telling(wrote))


def stream_of(container: Mapping[str, Any], task: str) -> tuple[str, str] | None:
    """The log group and stream of a task's container; None when it does not log to CloudWatch."""
    log = container.get("logConfiguration") or {}
    options = log.get("options") or {}
    group, prefix = options.get("awslogs-group"), options.get("awslogs-stream-prefix")
    if log.get("logDriver") != "awslogs" or not group or not prefix:
        return None
    return str(group), f"{prefix}/{container['name']}/{task}"


def _tail(aws: Aws, group: str, stream: str) -> list[str]:
    try:
        said = aws.read(
            "logs", "get_log_events", logGroupName=group, logStreamName=stream, limit=_LOOK_AT, startFromHead=False
        )  # fmt: skip
    except Unanswered as failure:
        if "ResourceNotFoundException" in failure.why:  # it wrote nothing
            return []
        raise
    return [str(event["message"]).rstrip() for event in said["events"]]


def telling(lines: list[str]) -> list[str]:
    """Of a log's end what tells most: the last lines of error; where none is one, the last lines."""
    said = [line for line in lines if line.strip()]
    return [line for line in said if _tells(line)][-LINES:] or said[-LINES:]


def _tells(line: str) -> bool:
    try:
        entry = json.loads(line)
    except ValueError:
        return _ERROR.search(line) is not None
    if isinstance(entry, dict):
        return str(entry.get("level", entry.get("severity", ""))).lower() in _BAD_LEVELS
    return False
