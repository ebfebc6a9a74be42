"""What became of orders, straight from the database: for a person or a program that has to be sure of it.

Reads alone. `orders show ID…` runs it, in a container of the platform's image where the database can't be reached
from outside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from orders.database import Connection, connect, unavailable
from orders.domain import Status
from orders.settings import Settings

LOOK_EVERY = 0.1  # seconds between looks while it waits
_ENDED = (Status.PROCESSED, Status.FAILED)

_TRAIL = """
SELECT orders.id, customer_id, amount, status, orders.retry_count, failure_reason, created_at, started_at, applied_at,
       failed_at, (SELECT count(*) FROM outbox WHERE outbox.order_id = orders.id) AS events_waiting,
       (effects.order_id IS NOT NULL)::int AS effects
FROM orders
LEFT JOIN order_effects AS effects ON effects.order_id = orders.id
LEFT JOIN order_dlq AS dead ON dead.order_id = orders.id
WHERE orders.id = ANY($1::uuid[])
"""


async def trail(settings: Settings, ids: Sequence[UUID], wait: float) -> list[dict[str, Any]]:
    """The trail of each order that exists, in the order of `ids`, once all of them ended or after `wait` seconds.

    An order has ended when it is PROCESSED or FAILED and none of its events waits in the outbox. Times are ISO 8601,
    None for what did not happen. Raises Unavailable.
    """
    connection = await connect(settings, timeout=10)
    try:
        async with unavailable():
            return await _ended(connection, ids, wait)
    finally:
        connection.terminate()


async def _ended(connection: Connection, ids: Sequence[UUID], wait: float) -> list[dict[str, Any]]:
    clock = asyncio.get_running_loop()
    deadline = clock.time() + wait
    while True:
        found = {row["id"]: row for row in await connection.fetch(_TRAIL, ids)}
        ended = [row for row in found.values() if row["status"] in _ENDED and not row["events_waiting"]]
        if len(ended) == len(set(ids)) or clock.time() >= deadline:
            return [_shown(found[one]) for one in dict.fromkeys(ids) if one in found]
        await asyncio.sleep(LOOK_EVERY)


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"], "customerId": row["customer_id"], "amount": row["amount"], "status": row["status"],
        "retryCount": row["retry_count"], "failureReason": row["failure_reason"],
        "createdAt": _time(row["created_at"]), "startedAt": _time(row["started_at"]),
        "processedAt": _time(row["applied_at"]), "failedAt": _time(row["failed_at"]),
        "eventsWaiting": row["events_waiting"], "effects": row["effects"],
    }  # fmt: skip


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
