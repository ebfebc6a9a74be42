"""The worker: takes messages, does their orders' work exactly once, and deletes them after the commit.

The order's row decides, not the message: a repeat finds its order finished, and is deleted. The lease on
PROCESSING decides between workers: while it lasts no other takes the order, and a result is stored only by
the worker that still holds it.

What a worker can't finish it gives back as a new event, whose message the queue counts from zero: a queue's
dead letters are for crashes, not for stops and for orders in other hands.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID, uuid4

import msgspec

from orders import domain, metrics
from orders.database import Unavailable
from orders.domain import Failure, Order, RetryPolicy, Status
from orders.ids import new_correlation_id
from orders.logs import Log
from orders.processor import Processor
from orders.queue import Deleter, Message, Queue, QueueError
from orders.settings import Settings
from orders.store import LeaseLost, Store
from orders.tracing import Tracer

RELEASE_SECONDS = 5.0
LAST_RECEIVE_SECONDS = 1.0  # after a stop; what the queue hands to a closed connection is gone for a while
PAUSES = (0.1, 0.2, 0.5, 1.0)  # seconds after failures in a row; the last one repeats

FINISHED = ("processed", "retried", "failed", "repeat", "held")  # outcomes that leave a message no work

T = TypeVar("T")


class Event(msgspec.Struct, rename="camel", frozen=True):
    """The body of a message."""

    order_id: UUID
    attempt: int


_decode = msgspec.json.Decoder(Event).decode


@dataclass(slots=True, eq=False)
class _Work:
    """A message in hand; `event` once it is read, `order_id` once the order is ours, under `token`."""

    message: Message
    token: UUID
    correlation_id: str
    event: Event | None = None
    order_id: UUID | None = None


class Worker:
    """Processes orders with bounded concurrency."""

    def __init__(
        self, settings: Settings, store: Store, queue: Queue, processor: Processor, tracer: Tracer, log: Log
    ) -> None:
        self._settings = settings
        self._store = store
        self._queue = queue
        self._processor = processor
        self._tracer = tracer
        self._log = log
        self._deleter = Deleter(queue, log)
        self._policy = RetryPolicy(settings.max_retries, settings.retry_delay, settings.retry_delay_max)
        self._in_work: dict[asyncio.Task[None], _Work] = {}
        self._slot_free = asyncio.Event()
        self._stopping = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`, then finish within DRAIN_SECONDS or give back what is in hand."""
        keeper = asyncio.create_task(self._keep_alive())
        receiver = asyncio.create_task(self._receive_all())
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({receiver, stopped, keeper}, return_when=asyncio.FIRST_COMPLETED)
            for own in (receiver, keeper):
                if own.done():
                    own.result()  # neither ends by itself: raise what ended it
            await self._drain(receiver)
        finally:
            for task in (receiver, keeper, stopped):
                task.cancel()

    async def _receive_all(self) -> None:
        await self._outlast(
            self._store.ping
        )  # says what is wrong before the first message has to wait for it
        failures = 0
        while not self._stopping:
            free = self._settings.worker_concurrency - len(self._in_work)
            if free <= 0:
                self._slot_free.clear()
                await self._slot_free.wait()
                continue
            try:
                messages = await self._queue.receive(free)
            except QueueError as error:
                if failures == 0:
                    self._log.warning("queue away", reason=str(error))
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
                continue
            if failures:
                self._log.info("queue back", failures=failures)
                failures = 0
            for message in messages:
                self._begin(message)

    def _begin(self, message: Message) -> None:
        correlation_id = message.attributes.get("correlationId") or new_correlation_id()
        work = _Work(message, uuid4(), correlation_id)
        task = asyncio.create_task(self._handle(work))
        self._in_work[task] = work
        metrics.IN_WORK.set(len(self._in_work))
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        work = self._in_work.pop(task)
        metrics.IN_WORK.set(len(self._in_work))
        self._slot_free.set()
        if not task.cancelled() and (error := task.exception()):
            metrics.MESSAGES.labels("crashed").inc()
            self._log.error(
                "crashed, left to the queue", reason=repr(error), correlationId=work.correlation_id,
                messageId=work.message.id,
            )  # fmt: skip

    async def _handle(self, work: _Work) -> None:
        try:
            work.event = event = _decode(work.message.body)
        except msgspec.DecodeError as error:
            # Poison: the queue moves it to its dead-letter queue after maxReceiveCount receives.
            metrics.MESSAGES.labels("poison").inc()
            self._log.error(
                "unreadable message, left to the queue", reason=str(error), messageId=work.message.id,
                correlationId=work.correlation_id,
            )  # fmt: skip
            return
        with self._tracer.span(
            "process order", "consumer", work.message.attributes.get("traceparent")
        ) as span:
            outcome = await self._attempt(work, event, span.traceparent)
        metrics.MESSAGES.labels(outcome).inc()
        if outcome in FINISHED:
            self._deleter.add(work.message.receipt)

    async def _attempt(self, work: _Work, event: Event, traceparent: str | None) -> str:
        """One attempt at an order; the outcome says what becomes of the message."""
        seconds = self._settings.lease_seconds
        started = time.perf_counter()
        try:
            order = await self._outlast(
                lambda: self._store.claim(event.order_id, event.attempt, work.token, seconds)
            )
        except domain.Stale:
            return "repeat"
        except domain.Held:
            await self._outlast(lambda: self._give_back(work, event))
            return "held"
        if order is None:
            self._log.error("no such order, left to the queue", orderId=event.order_id, **_ids(work))
            return "unknown"
        work.order_id = order.id
        failure = await self._processor.process(order)
        try:
            after = await self._outlast(lambda: self._finish(order, work, failure, traceparent))
        except LeaseLost:
            # The message may be in other hands by now, under the same receipt: it is not ours to delete.
            self._log.warning("lease lost, result dropped", orderId=order.id, **_ids(work))
            return "lost"
        work.order_id = None
        self._report(after, work, event.attempt, time.perf_counter() - started)
        return {Status.PROCESSED: "processed", Status.PENDING: "retried"}.get(after.status, "failed")

    async def _finish(
        self, order: Order, work: _Work, failure: Failure | None, traceparent: str | None
    ) -> Order:
        if failure is None:
            return await self._store.succeed(order.id, work.token)
        return await self._store.fail(
            order.id, work.token, failure, self._policy, work.correlation_id, traceparent
        )

    async def _outlast(self, call: Callable[[], Awaitable[T]]) -> T:
        """Repeat a database call until the database is there. What we hold meanwhile keeps us from taking more."""
        failures = 0
        while True:
            try:
                return await call()
            except Unavailable as error:
                if failures == 0:
                    self._log.warning("database away", reason=str(error))
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1

    async def _keep_alive(self) -> None:
        """Extend the lease first, then the visibility: a message never comes back to an order still held."""
        while True:
            await asyncio.sleep(self._settings.lease_seconds / 3)
            works = list(self._in_work.values())
            if not works:
                continue
            held = {work.order_id: work.token for work in works if work.order_id is not None}
            try:
                if held:
                    await self._store.renew(held, self._settings.lease_seconds)
            except Unavailable as error:
                self._log.warning("leases not extended", orders=len(held), reason=str(error))
            try:
                await self._queue.hide([w.message.receipt for w in works], self._settings.visibility_timeout)
            except QueueError as error:
                self._log.warning("visibility not extended", messages=len(works), reason=str(error))

    async def _drain(self, receiver: asyncio.Task[None]) -> None:
        ends = time.monotonic() + self._settings.drain_seconds
        self._stopping = True
        self._slot_free.set()
        await asyncio.wait({receiver}, timeout=LAST_RECEIVE_SECONDS)
        receiver.cancel()
        await asyncio.wait({receiver})
        self._log.info("draining", inWork=len(self._in_work))
        if self._in_work:
            await asyncio.wait(self._in_work, timeout=max(0.0, ends - time.monotonic()))
        works, tasks = list(self._in_work.values()), list(self._in_work)
        for task in tasks:
            task.cancel()
        try:
            async with asyncio.timeout(RELEASE_SECONDS):
                await asyncio.gather(*tasks, return_exceptions=True)
                await self._release(works)
        except (TimeoutError, Unavailable, QueueError) as error:
            self._log.warning(
                "not given back, will come back by itself", messages=len(works), reason=str(error)
            )
        self._log.info("drained", givenBack=len(works))

    async def _release(self, works: list[_Work]) -> None:
        """Give back what was not finished: another worker may take it at once."""
        read = [(work, work.event) for work in works if work.event is not None]
        answers = await asyncio.gather(
            *(self._give_back(work, event) for work, event in read), return_exceptions=True
        )
        for (work, _), answer in zip(read, answers, strict=True):
            if answer is True:
                self._deleter.add(work.message.receipt)
        await self._deleter.drain()
        if unread := [work.message.receipt for work in works if work.event is None]:
            await self._queue.hide(unread, 0)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer

    async def _give_back(self, work: _Work, event: Event) -> bool:
        """Commit a new event in the place of this message; whether the message may be deleted then."""
        return await self._store.give_back(
            event.order_id, event.attempt, work.token, work.correlation_id,
            work.message.attributes.get("traceparent"),
        )  # fmt: skip

    def _report(self, order: Order, work: _Work, attempt: int, seconds: float) -> None:
        metrics.PROCESSING_SECONDS.observe(seconds)
        fields = {
            "orderId": order.id, "attempt": attempt, "ms": round(seconds * 1000, 1), **_ids(work)
        }  # fmt: skip
        if order.status is Status.PROCESSED:
            metrics.PROCESSED.inc()
            self._log.info("order processed", **fields)
        elif order.status is Status.PENDING:
            metrics.RETRIED.inc()
            self._log.warning("order will be retried", reason=order.failure_reason, **fields)
        else:
            metrics.FAILED.inc()
            self._log.error("order failed", reason=order.failure_reason, **fields)


def _ids(work: _Work) -> dict[str, str]:
    return {"correlationId": work.correlation_id, "messageId": work.message.id}
