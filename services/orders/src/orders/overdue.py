"""Orders that no message will bring back.

Workers that die at an order again and again, whatever the cause, use up the receives of its message: the queue
puts it among its dead letters, and the order stays where it was. The message is for whoever looks for the cause.
The order is not left to it:

- PROCESSING, though its lease ended longer ago than the queue needs to give a message up: that attempt counts
  as a failure that may be retried. An order that had bad luck gets through; one that kills every worker ends as
  FAILED, with its reason, where an administrator may reprocess it.
- PENDING for REMIND_AFTER without an event in the outbox: it gets a new event. If its message is only late, the
  order has two, and the worker knows the second one for a repeat.

An order is taken over as by any worker: what is held by a living one, or has moved on, stays as it is. Any
number of these may run at the same time.
"""

from __future__ import annotations

import asyncio
import contextlib
from uuid import UUID, uuid4

from orders import domain, metrics
from orders.database import Unavailable
from orders.domain import Failure, RetryPolicy, Status
from orders.ids import new_correlation_id
from orders.logs import Log
from orders.settings import Settings
from orders.store import LeaseLost, Store

LOOK_EVERY = 5.0  # seconds
REMINDERS = 60  # looks for orders that were not heard of, in REMIND_AFTER
LIMIT = 100  # orders at a look: in a long backlog reminders stay few
ABANDONED = Failure("abandoned: no worker finished it, and its message did not come back", retryable=True)


class Overdue:
    """Runs beside a relay."""

    def __init__(self, settings: Settings, store: Store, log: Log) -> None:
        self._settings = settings
        self._store = store
        self._log = log
        self._policy = RetryPolicy(settings.max_retries, settings.retry_delay, settings.retry_delay_max)
        self._remind_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Look every few seconds until `stop`; not before the database has been there for a while.

        A worker that outlived an outage gets the time to extend its leases first.
        """
        clock = asyncio.get_running_loop().time
        begin = clock() + self._settings.visibility_timeout
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_EVERY)
                return
            try:
                await self._store.ping()
                if clock() >= begin:
                    await self._look(clock())
            except Unavailable:
                begin = clock() + self._settings.visibility_timeout

    async def _look(self, now: float) -> None:
        given_up = self._settings.visibility_timeout * self._settings.max_receives
        for order_id, attempt in await self._store.abandoned(given_up, LIMIT):
            await self._fail(order_id, attempt)
        if now < self._remind_at:
            return
        self._remind_at = now + self._settings.remind_after / REMINDERS
        for order_id, attempt in await self._store.unheard(self._settings.remind_after, LIMIT):
            await self._remind(order_id, attempt)

    async def _fail(self, order_id: UUID, attempt: int) -> None:
        token, correlation_id = uuid4(), new_correlation_id()
        try:
            if await self._store.claim(order_id, attempt, token, self._settings.lease_seconds) is None:
                return
            order = await self._store.fail(order_id, token, ABANDONED, self._policy, correlation_id, None)
        except (domain.Stale, domain.Held, LeaseLost):
            return
        metrics.OVERDUE.labels("abandoned").inc()
        fields = {"orderId": order_id, "attempt": attempt, "correlationId": correlation_id}
        if order.status is Status.FAILED:
            metrics.FAILED.inc()
            self._log.error("order failed", reason=order.failure_reason, **fields)
        else:
            metrics.RETRIED.inc()
            self._log.warning("order will be retried", reason=order.failure_reason, **fields)

    async def _remind(self, order_id: UUID, attempt: int) -> None:
        correlation_id = new_correlation_id()
        if await self._store.remind(order_id, attempt, correlation_id):
            metrics.OVERDUE.labels("unheard").inc()
            self._log.warning(
                "order not heard of, new event",
                orderId=order_id,
                attempt=attempt,
                correlationId=correlation_id,
            )
