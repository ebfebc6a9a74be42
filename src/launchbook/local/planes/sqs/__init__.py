"""SQS: queues in memory, answered on the event loop, where a waiting long poll costs nothing.

Other planes send through ``host.backend("sqs", region).send_message(queue_name, body, …)``.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from launchbook.local.answers import Answer
from launchbook.local.calls import Call, Request
from launchbook.local.plane import Host
from launchbook.local.planes.sqs import manage, messages, wire
from launchbook.local.planes.sqs.errors import SqsError
from launchbook.local.planes.sqs.moves import Moves
from launchbook.local.planes.sqs.queue import Queue, summary
from launchbook.local.planes.sqs.store import Store

_METRIC_SECONDS = 60.0


class SqsPlane:
    """The queues of one embedded AWS."""

    #: SQS itself, and the services of moto that look for queues.
    services = frozenset(
        {"sqs", "sns", "events", "s3", "cloudformation", "awslambda", "scheduler", "resourcegroupstaggingapi"}
    )
    lane = "sqs"

    def __init__(self, host: Host) -> None:
        self._host = host
        self.store = Store(host.endpoint, self._woken)
        self._moves = Moves(self.store)
        self._operations = {**manage.OPERATIONS, **messages.OPERATIONS, **self._moves.operations}
        self._waiting: dict[Queue, deque[asyncio.Future[None]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False
        self._measured = time.time()

    def install(self) -> None:
        """Let moto's other services see our queues."""
        from launchbook.local.planes.sqs import bridge

        bridge.install(self.store)

    def status(self) -> list[dict[str, Any]]:
        """Every queue with its numbers."""
        with self.store.lock:
            now = time.time()
            return [
                summary(queue, now) for region in self.store.regions.values() for queue in region.values()
            ]

    def reconcile(self) -> None:
        """Move dead letters back, and measure once a (simulated) minute."""
        self._moves.advance()
        now = time.time()
        if (now - self._measured) * self._host.speed >= _METRIC_SECONDS:
            self._measured = now
            self._measure(now)

    def close(self) -> None:
        """The queues are memory: nothing of them outlives the host."""

    def hush(self) -> None:
        """Answer every long poll."""
        self._closing = True
        for queue in list(self._waiting):
            self._woken(queue, everyone=True)

    async def answer(
        self, call: Call, request: Request, gone: Callable[[], Awaitable[None]]
    ) -> Answer | None:
        """Answer a request on the event loop; ``gone`` returns when the client has left."""
        operation = self._operations.get(call.operation)
        if operation is None:
            return None
        region = call.region or "us-east-1"
        try:
            given = wire.parameters(request)
            result = operation(self.store, region, given)
            if call.operation == "ReceiveMessage" and not result:
                result = await self._poll(region, given, gone)
        except SqsError as error:
            return wire.error_answer(request, error)
        return wire.answer(request, call.operation, result)

    async def _poll(
        self, region: str, given: manage.Parameters, gone: Callable[[], Awaitable[None]]
    ) -> dict[str, Any]:
        queue, wait = messages.wait_of(self.store, region, given)
        deadline = time.monotonic() + wait
        left = None
        try:
            while (rest := deadline - time.monotonic()) > 0 and not self._closing:
                left = left or asyncio.ensure_future(gone())
                with self.store.lock:
                    due = queue.next_change() - time.time()
                await self._wait(queue, min(rest, due), left)
                if left.done():
                    self._woken(queue)  # whoever waits behind gets what this one was woken for
                    return {}
                result = messages.receive_message(self.store, region, given)
                if result:
                    return result
        finally:
            if left is not None:
                left.cancel()
        return {}

    async def _wait(self, queue: Queue, seconds: float, left: asyncio.Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = self._loop.create_future()
        line = self._waiting.setdefault(queue, deque())
        line.append(woken)
        try:
            # A millisecond more than the timer, so that what is due has become due.
            await asyncio.wait(
                {woken, left}, timeout=max(0.0, seconds) + 0.001, return_when="FIRST_COMPLETED"
            )
        finally:
            if woken in line:
                line.remove(woken)
            if not line:
                self._waiting.pop(queue, None)

    def _woken(self, queue: Queue, *, everyone: bool = False) -> None:
        if queue not in self._waiting or self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._wake, queue, everyone or queue.deleted)

    def _wake(self, queue: Queue, everyone: bool) -> None:
        line = self._waiting.get(queue)
        while line:
            first = line.popleft()
            if not first.done():
                first.set_result(None)
                if not everyone:
                    return

    def _measure(self, now: float) -> None:
        at = datetime.fromtimestamp(now, UTC)
        for region, queues in list(self.store.regions.items()):
            for queue in list(queues.values()):
                with self.store.lock:
                    happened, gauges = dict(queue.happened), _gauges(queue, now)
                    queue.happened.clear()
                for name, value in {**gauges, **_COUNTED, **happened}.items():
                    self._host.metric(
                        region, "AWS/SQS", name, value, dimensions={"QueueName": queue.name},
                        unit=_UNITS.get(name, "Count"), at=at,
                    )  # fmt: skip


def _gauges(queue: Queue, now: float) -> dict[str, float]:
    visible, in_flight, delayed = queue.counts(now)
    return {
        "ApproximateNumberOfMessagesVisible": visible,
        "ApproximateNumberOfMessagesNotVisible": in_flight,
        "ApproximateNumberOfMessagesDelayed": delayed,
        "ApproximateAgeOfOldestMessage": queue.oldest(now),
    }


#: Counted even when nothing happened.
_COUNTED = dict.fromkeys(
    ("NumberOfMessagesSent", "NumberOfMessagesReceived", "NumberOfMessagesDeleted", "NumberOfEmptyReceives"),
    0,
)
_UNITS = {"ApproximateAgeOfOldestMessage": "Seconds", "SentMessageSize": "Bytes"}

PLANE = SqsPlane
