"""Watch a platform while it works on requests: its queue, its logs, and its own answer from inside the network."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from launchbook.errors import RunFailed
from launchbook.lifecycle.asking import Aws, Unanswered, needed
from launchbook.lifecycle.causes import last_lines, stopped_of, stream_of
from launchbook.lifecycle.door import includes
from launchbook.lifecycle.ecs import run_one_off
from launchbook.lifecycle.platform import OneOff
from launchbook.lifecycle.probe import Probe
from launchbook.lifecycle.proofs import Line, Look
from launchbook.lifecycle.steps import Work
from launchbook.redact import each_string, shown

_COUNTS = {
    "waiting": "ApproximateNumberOfMessages",
    "in_flight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}
#: Seconds for the last lines of an ended task to come to CloudWatch.
_LINES_LATE = 20.0
#: Clocks of tasks and ours may differ by so much.
_SKEW = timedelta(minutes=2)
#: A message that is on its way to the queue is there by then.
_ARRIVES = timedelta(seconds=2)


@dataclass
class Watch:
    """Looks at the queue, and for each proof's log line, as often as AWS lets one, until it is stopped.

    Without a ``correlation`` no line is looked for.
    """

    aws: Aws
    probe: Probe
    correlation: str
    since: datetime
    looks: list[Look] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._count, self._find)]

    def __enter__(self) -> Watch:
        self.look()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.look()

    def look(self) -> None:
        """One look at the queue, now."""
        if not self.probe.queue:
            return
        try:
            self.looks.append(look(self.aws, self.probe.queue))
            self.unread.pop("queue", None)
        except Unanswered as failure:
            self.unread["queue"] = str(failure)

    @property
    def settled(self) -> bool:
        """Whether every line was found and the queue is as short as before, or can't be read."""
        wanted = {one.name for one in self.probe.proofs if one.line}
        lines = wanted <= set(self.lines) or "lines" in self.unread
        return lines and self.fell

    @property
    def fell(self) -> bool:
        """Whether the queue is as short as before, or can't be read; one that never grew is looked at for a while."""
        if not self.looks or "queue" in self.unread:
            return True
        first, last = self.looks[0], self.looks[-1]
        grew = any(one.total > first.total for one in self.looks)
        return last.total <= first.total and (grew or last.at - first.at > _ARRIVES)

    def _count(self) -> None:
        pause = self.aws.pause / 4
        while self.probe.queue and not self._stop.wait(pause):
            self.look()

    def _find(self) -> None:
        wanted = [one for one in self.probe.proofs if one.line] if self.correlation else []
        while wanted and not self._stop.wait(self.aws.pause):
            for proof in [one for one in wanted if one.name not in self.lines]:
                expected = {
                    name: self.correlation if value == "{correlation}" else value
                    for name, value in proof.line.items()
                }
                try:
                    found = find_line(self.aws, proof.log_group, expected, self.correlation, self.since)
                except Unanswered as failure:
                    self.unread["lines"] = str(failure)
                    continue
                self.unread.pop("lines", None)
                if found is not None:
                    self.lines[proof.name] = found


def look(aws: Aws, queue: str) -> Look:
    """A queue now. Raises Unanswered."""
    said = aws.read("sqs", "get_queue_attributes", QueueUrl=queue, AttributeNames=list(_COUNTS.values()))
    counts = {name: int(said["Attributes"][theirs]) for name, theirs in _COUNTS.items()}
    return Look(datetime.now(UTC), **counts)


def find_line(
    aws: Aws, group: str, expected: Mapping[str, Any], correlation: str, since: datetime
) -> Line | None:
    """The first JSON line of a log group that holds ``correlation`` and says what is expected. Raises Unanswered."""
    page: dict[str, str] = {}
    while True:
        said = aws.read(
            "logs", "filter_log_events", logGroupName=group, filterPattern=f'"{correlation}"',
            startTime=int((since - _SKEW).timestamp() * 1000), **page,
        )  # fmt: skip
        for event in said["events"]:
            line = _object(event["message"])
            if line is not None and includes(line, expected):
                return Line(datetime.fromtimestamp(event["timestamp"] / 1000, UTC), _clean(line))
        if not said.get("nextToken"):
            return None
        page = {"nextToken": said["nextToken"]}


def query(
    work: Work, aws: Aws, task: OneOff, container: str, command: Sequence[str]
) -> list[Mapping[str, Any]]:
    """The JSON objects that a command of the platform's image prints, run inside its network.

    Raises Unanswered when it can't be run or read: whatever it would have shown is unknown.
    """
    outputs = work.outputs()
    try:
        with needed("launchbook doctor"):
            family = outputs.text(task.definition)
            described = aws.read("ecs", "describe_task_definition", taskDefinition=family)["taskDefinition"]
        chosen = _container(described["containerDefinitions"], container)
        overrides = {"containerOverrides": [{"name": chosen["name"], "command": list(command)}]}
        ended = run_one_off(work, task, overrides=overrides)
    except RunFailed as failure:
        raise Unanswered(f"the task {task.name}", str(failure)) from None
    name = ended.arn.rpartition("/")[2]
    rows = _rows(aws, chosen, name, wait=ended.exit_code == 0)
    if ended.exit_code != 0 and not rows:
        cluster = outputs.text(task.cluster)
        said = last_lines(aws, stopped_of(aws, cluster, ended.arn))
        why = f"it ended with exit code {ended.exit_code}: {ended.reason}"
        raise Unanswered(f"the task {task.name}", "; ".join((why, *said[-1:])))
    return rows


def _container(containers: Sequence[Mapping[str, Any]], wanted: str) -> Mapping[str, Any]:
    for one in containers:
        if wanted in ("", one["name"]):
            return one
    names = ", ".join(str(one["name"]) for one in containers)
    raise RunFailed(f"its task definition has no container {wanted}", f"it has {names}")


def _rows(aws: Aws, container: Mapping[str, Any], task: str, *, wait: bool) -> list[Mapping[str, Any]]:
    """The objects among the lines that a container wrote; what is late is waited for."""
    place = stream_of(container, task)
    if place is None:
        raise Unanswered(
            "the query's output", f"the container {container['name']} does not log to CloudWatch"
        )
    deadline = time.monotonic() + (_LINES_LATE if wait else 0.0)
    while True:
        rows = [row for line in _written(aws, *place) if (row := _object(line)) is not None]
        if rows or time.monotonic() >= deadline:
            return [_clean(row) for row in rows]
        time.sleep(aws.pause)


def _written(aws: Aws, group: str, stream: str) -> list[str]:
    lines: list[str] = []
    page: dict[str, str] = {}
    while True:
        try:
            said = aws.read(
                "logs", "get_log_events", logGroupName=group, logStreamName=stream, startFromHead=True, **page
            )  # fmt: skip
        except Unanswered as failure:
            if "ResourceNotFoundException" in failure.why:  # it has written nothing yet
                return lines
            raise
        lines += [str(event["message"]) for event in said["events"]]
        if not said["events"] or said["nextForwardToken"] == page.get("nextToken"):
            return lines
        page = {"nextToken": said["nextForwardToken"]}


def _object(line: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _clean(row: Mapping[str, Any]) -> dict[str, Any]:
    """An object of a log as it may be kept: texts without secrets."""
    return dict(each_string(dict(row), shown))
