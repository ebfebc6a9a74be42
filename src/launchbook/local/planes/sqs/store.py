"""All queues of one embedded AWS, by region and name, behind one lock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from launchbook.local.plane import ACCOUNT
from launchbook.local.planes.sqs import attributes
from launchbook.local.planes.sqs.errors import SqsError, no_such_queue
from launchbook.local.planes.sqs.fifo import FifoQueue
from launchbook.local.planes.sqs.message import Message
from launchbook.local.planes.sqs.queue import Queue


class Store:
    """The queues. Every method takes the lock; ``woken`` is called with a queue that has something to give."""

    def __init__(self, endpoint: str, woken: Callable[[Queue], None]) -> None:
        self.lock = threading.RLock()
        self.regions: dict[str, dict[str, Queue]] = {}
        self._endpoint = endpoint
        self._woken = woken

    def queues(self, region: str) -> dict[str, Queue]:
        """The queues of a region by name."""
        return self.regions.setdefault(region, {})

    def find(self, region: str, url: Any) -> Queue:
        """The queue of a URL, or of a bare name. Raises QueueDoesNotExist."""
        if not url:
            raise SqsError("MissingParameter", "The request must contain the parameter QueueUrl.")
        queue = self.queues(region).get(str(url).rstrip("/").rpartition("/")[2])
        if queue is None:
            raise no_such_queue()
        return queue

    def by_arn(self, arn: str) -> Queue | None:
        """The queue of an ARN; None if there is none in this account."""
        parts = arn.split(":")
        if len(parts) != 6 or parts[2] != "sqs" or parts[4] != ACCOUNT:
            return None
        return self.queues(parts[3]).get(parts[5])

    def create(self, region: str, name: Any, given: Mapping[str, Any], tags: Mapping[str, str]) -> Queue:
        """Make a queue, or return the one of that name if none of the given settings differs."""
        fifo = str(given.get("FifoQueue", "")).lower() == "true"
        attributes.check_name(name, fifo)
        wanted = attributes.checked(given, fifo=fifo)
        with self.lock:
            known = self.queues(region).get(name)
            if known is not None:
                differing = [key for key, value in wanted.items() if known.attributes.get(key, "") != value]
                if differing:
                    raise SqsError(
                        "QueueNameExists",
                        "A queue already exists with the same name and a different value for attribute "
                        f"{differing[0]}",
                    )
                return known
            queue = (FifoQueue if fifo else Queue)(
                name,
                f"arn:aws:sqs:{region}:{ACCOUNT}:{name}",
                f"{self._endpoint}/{ACCOUNT}/{name}",
                attributes.defaults(fifo) | wanted,
                time.time(),
            )
            self._check_redrive(queue, wanted)
            queue.tags.update(tags)
            queue.wake = lambda: self._woken(queue)
            queue.dead_letters = lambda: self.dead_letters_of(queue)
            self.queues(region)[name] = queue
            return queue

    def change(self, queue: Queue, given: Mapping[str, Any]) -> None:
        """SetQueueAttributes."""
        wanted = attributes.checked(given, fifo=queue.fifo)
        with self.lock:
            self._check_redrive(queue, wanted)
            queue.attributes.update(wanted)
            queue.modified = int(time.time())

    def delete(self, region: str, queue: Queue) -> None:
        """Remove a queue and its messages; who waits on it is told."""
        with self.lock:
            self.queues(region).pop(queue.name, None)
            queue.clear()
            queue.deleted = True
            queue.wake()

    def dead_letters_of(self, queue: Queue) -> tuple[Queue | None, int]:
        """Where the queue's dead letters go now: nowhere if that queue is gone or refuses them."""
        arn, most = attributes.redrive_of(queue)
        target = self.by_arn(arn) if arn else None
        if target is None or not attributes.allows(target, queue.arn):
            return None, 0
        return target, most

    def sources_of(self, queue: Queue) -> list[Queue]:
        """The queues whose dead letters come to this one."""
        everywhere = [each for region in self.regions.values() for each in region.values()]
        return [each for each in everywhere if attributes.redrive_of(each)[0] == queue.arn]

    def put(self, queue: Queue, message: Message, delay: float | None = None) -> Message:
        """Store a message now; the queue's own delay counts when none is given."""
        with self.lock:
            wait = float(queue.attributes["DelaySeconds"]) if delay is None else delay
            return queue.send(message, time.time(), wait)

    def _check_redrive(self, queue: Queue, wanted: Mapping[str, str]) -> None:
        if not wanted.get("RedrivePolicy"):
            return
        probe = Queue(queue.name, queue.arn, queue.url, dict(wanted), 0.0)
        arn, _ = attributes.redrive_of(probe)
        target = self.by_arn(arn)
        reason = ""
        if target is None:
            reason = "Dead letter target does not exist."
        elif target.fifo != queue.fifo:
            reason = "Dead-letter queue must be same type of queue as the source."
        elif not attributes.allows(target, queue.arn):
            reason = "The RedriveAllowPolicy of the dead-letter queue does not allow this source queue."
        if reason:
            raise SqsError(
                "InvalidParameterValue",
                f"Value {wanted['RedrivePolicy']} for parameter RedrivePolicy is invalid. Reason: {reason}",
            )
