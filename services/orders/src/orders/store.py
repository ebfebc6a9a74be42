"""The SQL of the platform's parts. What an order may become is decided in domain.py; here it is read and written.

Functions that take a connection leave its transaction to the caller; `Store` has one call for one thing
that happens to orders, each of them one transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from orders import domain
from orders.database import Connection, transaction, within
from orders.domain import Failure, Lease, Order, RetryPolicy, Status
from orders.ids import oldest_id
from orders.records import DeadLetter, Event, Request, Stored

T = TypeVar("T")

FIRST_PAGE = UUID(int=2**128 - 1)

_COLUMNS = (
    "id, customer_id, amount, status, retry_count, failure_reason, created_at, updated_at, "
    "lease_token, lease_until"
)

# One statement is one transaction: the orders and their events, or neither. Conflicts are left out, so that
# neither a repeated key nor a repeat after a lost connection can fail or double the others in the batch.
_INSERT = """
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]::numeric[], $4::text[], $5::timestamptz[],
                         $6::text[], $7::text[])
        AS asked (id, customer_id, amount, idempotency_key, created_at, correlation_id, traceparent)
), stored AS (
    INSERT INTO orders (id, customer_id, amount, idempotency_key, created_at, updated_at)
    SELECT id, customer_id, amount, idempotency_key, created_at, created_at FROM asked
    ON CONFLICT DO NOTHING
    RETURNING id
), events AS (
    INSERT INTO outbox (order_id, attempt, correlation_id, traceparent, due_at)
    SELECT id, 0, correlation_id, traceparent, created_at FROM asked JOIN stored USING (id)
)
SELECT id FROM stored
"""

_FIND = """
SELECT id, customer_id, amount, idempotency_key, status FROM orders
WHERE id = ANY($1::uuid[]) OR idempotency_key = ANY($2::text[])
"""

# The status is part of the statement, not a parameter: only so can a prepared plan use the partial index.
_PAGE = {
    status: f"SELECT {_COLUMNS} FROM orders WHERE id < $1"  # noqa: S608 - constants only
    + (f" AND status = '{status}'" if status else "")
    + " ORDER BY id DESC LIMIT $2"
    for status in (None, *Status)
}

_UPDATE = """
UPDATE orders SET status = $2, retry_count = $3, failure_reason = $4, updated_at = $5,
                  lease_token = $6, lease_until = $7
WHERE id = $1
"""

_EMIT = """
INSERT INTO outbox (order_id, attempt, correlation_id, traceparent, due_at) VALUES ($1, $2, $3, $4, $5)
"""

_TAKE = """
SELECT id, order_id, attempt, correlation_id, traceparent, greatest(due_at - now(), interval '0'),
       refused_until IS NOT NULL
FROM outbox WHERE refused_until IS NULL OR refused_until <= now()
ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
"""

# Ids are in the order of creation: the bound keeps the index scan to the orders that are old enough.
_ABANDONED = """
SELECT id, retry_count FROM orders
WHERE status = 'PROCESSING' AND lease_until < now() - $1::interval ORDER BY id LIMIT $2
"""
_UNHEARD = """
SELECT id, retry_count FROM orders
WHERE status = 'PENDING' AND id < $1 AND updated_at < now() - $2::interval
  AND NOT EXISTS (SELECT FROM outbox WHERE order_id = orders.id)
ORDER BY id LIMIT $3
"""

_BACKLOG = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM outbox
"""


async def insert(connection: Connection, requests: Sequence[Request]) -> list[Stored]:
    """Store orders and their events in one transaction; the answers are in the order of the requests."""
    # Sorted by key, so that two batches that share keys wait for each other in one direction only.
    ranked = sorted(requests, key=lambda r: r.idempotency_key or "")
    rows = await connection.fetch(
        _INSERT,
        [r.id for r in ranked],
        [r.order.customer_id for r in ranked],
        [str(r.order.amount) for r in ranked],
        [r.idempotency_key for r in ranked],
        [r.created_at for r in ranked],
        [r.correlation_id for r in ranked],
        [r.traceparent for r in ranked],
    )
    if len(rows) == len(requests):
        return [Stored(r.id) for r in requests]
    new = {row[0] for row in rows}
    rest = [r for r in requests if r.id not in new]
    found = await connection.fetch(_FIND, [r.id for r in rest], [r.idempotency_key for r in rest])
    by_id = {row["id"]: row for row in found}
    by_key = {row["idempotency_key"]: row for row in found if row["idempotency_key"] is not None}
    return [
        Stored(r.id) if r.id in new else _standing(r, by_id.get(r.id) or by_key[r.idempotency_key])
        for r in requests
    ]


def _standing(request: Request, row: Any) -> Stored:
    asked = request.order
    same = (row["customer_id"], row["amount"]) == (asked.customer_id, asked.amount)
    return Stored(row["id"], same, Status(row["status"]))


async def take_events(connection: Connection, limit: int) -> list[Event]:
    """Lock and read the oldest events that no other relay holds, until the transaction ends."""
    return [Event(*row) for row in await connection.fetch(_TAKE, limit)]


async def delete_events(connection: Connection, ids: Iterable[int]) -> None:
    """Remove events that the queue has taken."""
    await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", list(ids))


async def postpone_events(connection: Connection, ids: Iterable[int], seconds: float) -> None:
    """Leave events that the queue has refused alone for `seconds`, so that they hold up no others."""
    sql = "UPDATE outbox SET refused_until = now() + $2 WHERE id = ANY($1::bigint[])"
    await connection.execute(sql, list(ids), timedelta(seconds=seconds))


async def backlog(connection: Connection) -> tuple[int, float]:
    """How many events wait, and the age of the oldest in seconds."""
    row = await connection.fetchrow(_BACKLOG)
    return int(row[0]), float(row[1])


class LeaseLost(Exception):
    """The order was taken over by another worker: this one's result must not be stored."""


class Store:
    """Orders behind a pool. Each method raises Unavailable after `timeout` seconds at the latest."""

    def __init__(self, pool: Connection, timeout: float) -> None:
        self._pool = pool
        self._timeout = timeout

    async def ping(self) -> None:
        """One trip to the database and back."""
        await within(self._timeout, self._pool.fetchval("SELECT 1"))

    async def get(self, order_id: UUID) -> Order | None:
        """One order."""
        sql = f"SELECT {_COLUMNS} FROM orders WHERE id = $1"  # noqa: S608 - constants only
        row = await within(self._timeout, self._pool.fetchrow(sql, order_id))
        return _order(row) if row else None

    async def page(self, status: Status | None, after: UUID, limit: int) -> list[Order]:
        """The newest orders older than `after`."""
        rows = await within(self._timeout, self._pool.fetch(_PAGE[status], after, limit))
        return [_order(row) for row in rows]

    async def dead_letters(self, limit: int) -> list[DeadLetter]:
        """The orders that failed for good, newest first."""
        sql = (
            "SELECT order_id, reason, retry_count, failed_at FROM order_dlq "
            "ORDER BY failed_at DESC, order_id DESC LIMIT $1"
        )
        return [DeadLetter(*row) for row in await within(self._timeout, self._pool.fetch(sql, limit))]

    async def reprocess(self, order_id: UUID, correlation_id: str, traceparent: str | None) -> Order | None:
        """A failed order starts anew, with a new event. None if there is none; raises IllegalMove."""

        async def change(connection: Connection) -> Order | None:
            found = await _lock(connection, order_id)
            if found is None:
                return None
            order, now = found
            order = domain.reprocess(order, now)
            await _write(connection, order)
            await connection.execute("DELETE FROM order_dlq WHERE order_id = $1", order_id)
            await connection.execute(_EMIT, order_id, 0, correlation_id, traceparent, now)
            return order

        return await self._transaction(change)

    async def claim(self, order_id: UUID, attempt: int, token: UUID, seconds: float) -> Order | None:
        """Take an order for `seconds`. None if there is none; raises domain.Stale or domain.Held."""

        async def change(connection: Connection) -> Order | None:
            found = await _lock(connection, order_id)
            if found is None:
                return None
            order, now = found
            order = domain.claim(order, attempt, Lease(token, now + timedelta(seconds=seconds)), now)
            await _write(connection, order)
            return order

        return await self._transaction(change)

    async def succeed(self, order_id: UUID, token: UUID) -> Order:
        """Store the order's effect and make it PROCESSED. Raises LeaseLost."""

        async def change(connection: Connection) -> Order:
            held, now = await _lock_held(connection, order_id, token)
            order = domain.succeed(held, now)
            await _write(connection, order)
            await connection.execute(
                "INSERT INTO order_effects (order_id, attempt, started_at, applied_at) VALUES ($1, $2, $3, $4)",
                order_id, order.retry_count, held.updated_at, now,
            )  # fmt: skip
            return order

        return await self._transaction(change)

    async def fail(
        self, order_id: UUID, token: UUID, failure: Failure, policy: RetryPolicy,
        correlation_id: str, traceparent: str | None,
    ) -> Order:  # fmt: skip
        """Store a failure: an event for the retry, or a dead letter. Raises LeaseLost."""

        async def change(connection: Connection) -> Order:
            order, now = await _lock_held(connection, order_id, token)
            order = domain.fail(order, failure, policy, now)
            await _write(connection, order)
            if order.status is Status.PENDING:
                due = now + policy.delay(order.retry_count)
                await connection.execute(_EMIT, order_id, order.retry_count, correlation_id, traceparent, due)
            else:
                await connection.execute(
                    "INSERT INTO order_dlq (order_id, reason, retry_count, failed_at) VALUES ($1, $2, $3, $4)",
                    order_id, order.failure_reason, order.retry_count, now,
                )  # fmt: skip
            return order

        return await self._transaction(change)

    async def give_back(
        self, order_id: UUID, attempt: int, token: UUID, correlation_id: str, traceparent: str | None
    ) -> bool:
        """End the lease under `token`, if there is one, and put a new event in the place of the message.

        The event is due when no lease is in its way. True if the message may be deleted: the order exists.
        """

        async def change(connection: Connection) -> bool:
            found = await _lock(connection, order_id)
            if found is None:
                return False
            order, now = found
            try:
                order = domain.give_back(order, attempt, token, now)
            except domain.Stale:
                return True
            await _write(connection, order)
            due = order.lease.until if order.lease else now
            await connection.execute(_EMIT, order_id, attempt, correlation_id, traceparent, due)
            return True

        return await self._transaction(change)

    async def renew(self, held: Mapping[UUID, UUID], seconds: float) -> None:
        """Extend leases from now; `held` maps orders to the tokens they were claimed with."""
        sql = (
            "UPDATE orders SET lease_until = clock_timestamp() + $3 FROM unnest($1::uuid[], $2::uuid[]) "
            "AS held (id, token) WHERE orders.id = held.id AND lease_token = held.token"
        )
        until = timedelta(seconds=seconds)
        await within(self._timeout, self._pool.execute(sql, list(held), list(held.values()), until))

    async def abandoned(self, seconds: float, limit: int) -> list[tuple[UUID, int]]:
        """Ids and attempts of orders in PROCESSING whose lease ended over `seconds` ago, oldest first."""
        rows = await within(self._timeout, self._pool.fetch(_ABANDONED, timedelta(seconds=seconds), limit))
        return [(row[0], row[1]) for row in rows]

    async def unheard(self, seconds: float, limit: int) -> list[tuple[UUID, int]]:
        """Ids and attempts of orders that are PENDING for over `seconds` though no event of theirs waits."""
        past = timedelta(seconds=seconds)
        asked = self._pool.fetch(_UNHEARD, oldest_id(datetime.now(UTC) - past), past, limit)
        return [(row[0], row[1]) for row in await within(self._timeout, asked)]

    async def remind(self, order_id: UUID, attempt: int, correlation_id: str) -> bool:
        """A new event for an order that is still PENDING in this attempt; False if it has moved on."""

        async def change(connection: Connection) -> bool:
            found = await _lock(connection, order_id)
            if found is None or (found[0].status, found[0].retry_count) != (Status.PENDING, attempt):
                return False
            order, now = found
            await _write(connection, dataclasses.replace(order, updated_at=now))
            await connection.execute(_EMIT, order_id, attempt, correlation_id, None, now)
            return True

        return await self._transaction(change)

    async def _transaction(self, change: Callable[[Connection], Awaitable[T]]) -> T:
        async def run() -> T:
            async with transaction(self._pool) as connection:
                return await change(connection)

        return await within(self._timeout, run())


async def _lock(connection: Connection, order_id: UUID) -> tuple[Order, datetime] | None:
    """An order, locked until the transaction ends, and the database's clock after the wait for the lock."""
    sql = f"SELECT {_COLUMNS}, clock_timestamp() AS now FROM orders WHERE id = $1 FOR UPDATE"  # noqa: S608
    row = await connection.fetchrow(sql, order_id)
    return (_order(row), row["now"]) if row else None


async def _lock_held(connection: Connection, order_id: UUID, token: UUID) -> tuple[Order, datetime]:
    found = await _lock(connection, order_id)
    if found is None or found[0].lease is None or found[0].lease.token != token:
        raise LeaseLost
    return found


async def _write(connection: Connection, order: Order) -> None:
    lease = order.lease
    await connection.execute(
        _UPDATE, order.id, order.status.value, order.retry_count, order.failure_reason, order.updated_at,
        lease.token if lease else None, lease.until if lease else None,
    )  # fmt: skip


def _order(row: Any) -> Order:
    lease = Lease(row["lease_token"], row["lease_until"]) if row["lease_token"] else None
    return Order(
        row["id"], row["customer_id"], row["amount"], Status(row["status"]), row["retry_count"],
        row["failure_reason"], row["created_at"], row["updated_at"], lease,
    )  # fmt: skip
