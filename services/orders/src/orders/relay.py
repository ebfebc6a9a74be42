"""The relay: moves events from the outbox to the queue. Any number of relays may run at the same time.

Rows are locked while their messages are on the way (others skip them) and deleted when the queue has taken
them. A relay that dies in between leaves the rows, and they are sent again: the worker knows a repeat.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import Any

import msgspec

from orders import metrics, store
from orders.database import Connection, Unavailable, connect, unavailable
from orders.logs import Log
from orders.queue import BATCH, MAX_DELAY, Outgoing, Queue, QueueError
from orders.records import Event
from orders.settings import Settings
from orders.tracing import TRACEPARENT
from orders.wakeup import CHANNEL

LOOK_EVERY = 5.0  # seconds between looks at the backlog for the metrics
PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0)  # seconds after failures in a row; the last one repeats
REFUSED_SECONDS = 30.0  # before an event that the queue refused is sent again


class Relay:
    """One relay with a database connection of its own."""

    def __init__(self, settings: Settings, queue: Queue, log: Log) -> None:
        self._settings = settings
        self._queue = queue
        self._log = log
        self._news = asyncio.Event()
        self._failures = 0
        self._looked_at = -math.inf

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop`; a pass that has begun is finished. Connects again by itself."""
        waker = asyncio.create_task(self._wake_on(stop))
        try:
            while not stop.is_set():
                try:
                    await self._connected(stop)
                except Unavailable as error:
                    self._log.warning("connection lost", part="relay", reason=str(error))
                    await self._pause()
        finally:
            waker.cancel()

    async def _connected(self, stop: asyncio.Event) -> None:
        connection = await connect(self._settings, self._settings.db_timeout)
        try:
            async with unavailable(self._settings.db_timeout):
                await connection.add_listener(CHANNEL, lambda *_: self._news.set())
            self._log.info("relay connected")
            while not stop.is_set():
                self._news.clear()
                found = await self._pass(connection)
                if found < self._settings.relay_batch:
                    await self._look(connection)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._news.wait(), self._settings.relay_poll)
        finally:
            connection.terminate()

    async def _pass(self, connection: Connection) -> int:
        """Send one batch of rows; return how many there were."""
        async with unavailable(self._settings.db_timeout):
            transaction = connection.transaction()  # raises at once if the connection was lost meanwhile
            await transaction.start()
            events = await store.take_events(connection, self._settings.relay_batch)
        # Outside the database's time limit: the queue has its own.
        sent, refused, failed = await self._send(events)
        async with unavailable(self._settings.db_timeout):
            if sent:
                await store.delete_events(connection, sent)
            if refused:
                await store.postpone_events(connection, refused, REFUSED_SECONDS)
            await transaction.commit()
        if sent:
            self._failures = 0
        if failed:
            await self._look(connection)
            await self._pause()
        # Where no call succeeded, looking again at once would find the same.
        return len(events) if sent or refused else 0

    async def _send(self, events: list[Event]) -> tuple[list[int], list[int], bool]:
        """The events that the queue took, those that it refused, and whether a call failed."""
        chunks = [events[i : i + BATCH] for i in range(0, len(events), BATCH)]
        answers = await asyncio.gather(
            *(self._queue.send([_message(event) for event in chunk]) for chunk in chunks),
            return_exceptions=True,
        )
        sent: list[int] = []
        refused: list[int] = []
        failed = False
        for chunk, answer in zip(chunks, answers, strict=True):
            if isinstance(answer, QueueError):
                failed = True
                if self._failures == 0:
                    self._log.warning("not sent, kept", events=len(chunk), reason=str(answer))
            elif isinstance(answer, BaseException):
                raise answer
            else:
                for event, code in zip(chunk, answer, strict=True):
                    (sent if code is None else refused).append(event.id)
                    if code is not None and not event.refused:
                        self._log.error(
                            "refused by the queue, kept", code=code, orderId=event.order_id,
                            correlationId=event.correlation_id,
                        )  # fmt: skip
        return sent, refused, failed

    async def _look(self, connection: Connection) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = now
        async with unavailable(self._settings.db_timeout):
            waiting, age = await store.backlog(connection)
        metrics.BACKLOG.set(waiting)
        metrics.BACKLOG_AGE.set(age)

    async def _pause(self) -> None:
        """Wait a little longer after each failure in a row."""
        await asyncio.sleep(PAUSES[min(self._failures, len(PAUSES) - 1)])
        self._failures += 1

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._news.set()


def _message(event: Event) -> Outgoing:
    attributes: dict[str, Any] = {"correlationId": event.correlation_id}
    if event.traceparent and TRACEPARENT.fullmatch(event.traceparent):  # SQS refuses control characters
        attributes["traceparent"] = event.traceparent
    body = msgspec.json.encode({"orderId": event.order_id, "attempt": event.attempt}).decode()
    # SQS counts whole seconds; rounded up, a retry never comes before its time.
    delay = min(math.ceil(event.delay.total_seconds()), MAX_DELAY)
    return Outgoing(body, attributes, delay)
