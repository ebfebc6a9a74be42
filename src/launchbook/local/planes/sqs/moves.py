"""Dead letters on their way back: StartMessageMoveTask and its kin. ``advance`` does the moving, bit by bit."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

from launchbook.local.planes.sqs.errors import SqsError
from launchbook.local.planes.sqs.manage import Operation, Parameters
from launchbook.local.planes.sqs.queue import Queue
from launchbook.local.planes.sqs.store import Store

_AT_ONCE = 500


@dataclass
class Move:
    """One task that empties a dead-letter queue."""

    handle: str
    source: Queue
    destination: str
    rate: int
    total: int
    started: float
    moved: int = 0
    status: str = "RUNNING"
    reason: str = ""

    def shown(self) -> dict[str, Any]:
        """The task as ListMessageMoveTasks answers it."""
        shown: dict[str, Any] = {
            "Status": self.status,
            "SourceArn": self.source.arn,
            "ApproximateNumberOfMessagesMoved": self.moved,
            "ApproximateNumberOfMessagesToMove": self.total,
            "StartedTimestamp": int(self.started * 1000),
        }
        if self.status == "RUNNING":
            shown["TaskHandle"] = self.handle
        if self.destination:
            shown["DestinationArn"] = self.destination
        if self.rate:
            shown["MaxNumberOfMessagesPerSecond"] = self.rate
        if self.reason:
            shown["FailureReason"] = self.reason
        return shown


class Moves:
    """The tasks of one embedded AWS, newest last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tasks: list[Move] = []
        self.operations: dict[str, Operation] = {
            "CancelMessageMoveTask": self._cancel,
            "ListMessageMoveTasks": self._list,
            "StartMessageMoveTask": self._start,
        }

    def advance(self) -> None:
        """Move what may be moved by now."""
        for task in self._tasks:
            if task.status == "RUNNING":
                with self._store.lock:
                    self._move(task)

    def _move(self, task: Move) -> None:
        now = time.time()
        due = int((now - task.started) * task.rate) - task.moved if task.rate else _AT_ONCE
        for _ in range(min(due, _AT_ONCE, task.total - task.moved)):
            message = task.source.take(now)
            if message is None:
                task.status = "COMPLETED"
                return
            target = self._store.by_arn(task.destination or message.origin)
            if target is None:
                task.source.adopt(message, message.origin, now)
                task.status, task.reason = "FAILED", "CouldNotDetermineMessageSource"
                return
            target.adopt(message, "", now)
            task.moved += 1
        if task.moved >= task.total:
            task.status = "COMPLETED"

    def _start(self, store: Store, region: str, given: Parameters) -> dict[str, Any]:
        source = self._source(store, given)
        if not store.sources_of(source):
            raise SqsError("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
        if any(task.source is source and task.status == "RUNNING" for task in self._tasks):
            raise SqsError(
                "UnsupportedOperation",
                "There is already a task running. Only one active task is allowed for a source queue arn at a given "
                "time.",
            )
        destination = given.get("DestinationArn") or ""
        if destination and store.by_arn(destination) is None:
            raise _no_resource("DestinationArn")
        with store.lock:
            total = source.counts(time.time())[0]
        rate = int(given.get("MaxNumberOfMessagesPerSecond") or 0)
        task = Move(str(uuid.uuid4()), source, destination, rate, total, time.time())
        self._tasks.append(task)
        return {"TaskHandle": task.handle}

    def _list(self, store: Store, region: str, given: Parameters) -> dict[str, Any]:
        source = self._source(store, given)
        most = int(given.get("MaxResults") or 1)
        return {"Results": [task.shown() for task in reversed(self._tasks) if task.source is source][:most]}

    def _cancel(self, store: Store, region: str, given: Parameters) -> dict[str, Any]:
        for task in self._tasks:
            if task.handle == given.get("TaskHandle") and task.status == "RUNNING":
                task.status = "CANCELLED"
                return {"ApproximateNumberOfMessagesMoved": task.moved}
        raise SqsError("ResourceNotFoundException", "Task does not exist.")

    @staticmethod
    def _source(store: Store, given: Parameters) -> Queue:
        source = store.by_arn(str(given.get("SourceArn") or ""))
        if source is None:
            raise _no_resource("SourceArn")
        return source


def _no_resource(parameter: str) -> SqsError:
    message = f"The resource that you specified for the {parameter} parameter doesn't exist."
    return SqsError("ResourceNotFoundException", message)
