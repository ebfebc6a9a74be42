"""Whatever a worker can't finish, another one gets soon, however often that happens."""

import asyncio
import contextlib
import dataclasses
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from orders import store as sql
from orders.domain import Failure, NewOrder, Order
from orders.ids import created_at, new_order_id
from orders.logs import Log
from orders.queue import Message, Queue
from orders.records import Request
from orders.relay import Relay
from orders.settings import Settings
from orders.store import Store
from orders.tracing import NoTracer
from orders.worker import Worker

from tests.support.queue import QueueStandIn


@pytest.fixture
def stand_in() -> Iterator[QueueStandIn]:
    with QueueStandIn(visibility=30, max_receive_count=2) as running:
        yield running


@pytest.fixture
def config(config: Settings, stand_in: QueueStandIn) -> Settings:
    """A queue that gives up on a message at its third receive, and a visibility too long to wait for."""
    return dataclasses.replace(
        config, queue_url=stand_in.url, sqs_endpoint=stand_in.endpoint, visibility_timeout=30, lease_seconds=24,
        queue_timeout=2.0, relay_poll=0.1, drain_seconds=0.1,
    )  # fmt: skip


@dataclasses.dataclass
class Busy:
    """A processor that takes `seconds` for an order."""

    seconds: float

    async def process(self, order: Order) -> Failure | None:
        await asyncio.sleep(self.seconds)
        return None


@pytest.fixture
def make_worker(config: Settings, store: Store, queue: Queue, log: Log) -> Callable[..., Worker]:
    return lambda seconds, its_queue=queue: Worker(config, store, its_queue, Busy(seconds), NoTracer(), log)


@contextlib.asynccontextmanager
async def part(run: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.ensure_future(run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def place(db: Any) -> uuid.UUID:
    order_id = new_order_id()
    order = NewOrder("c", Decimal("1.00"))
    await sql.insert(db, [Request(order_id, order, None, created_at(order_id), "id", None)])
    return order_id


async def becomes(db: Any, status: str, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while await db.fetchval("SELECT status FROM orders") != status:
            await asyncio.sleep(0.02)


def dead_letters(stand_in: QueueStandIn) -> int:
    return int(stand_in.state()["queues"]["orders-dlq"]["visible"])


async def test_orderly_stops_do_not_use_up_the_receives_of_a_message(
    config: Settings, queue: Queue, log: Log, make_worker: Callable[..., Worker], db: Any, stand_in: QueueStandIn
) -> None:  # fmt: skip
    await place(db)
    async with part(Relay(config, queue, log).run):
        for _ in range(4):
            async with part(make_worker(60).run):
                await becomes(db, "PROCESSING")
            assert await db.fetchval("SELECT status FROM orders") == "PENDING"
        async with part(make_worker(0).run):
            await becomes(db, "PROCESSED")
    assert dead_letters(stand_in) == 0


async def test_an_order_in_other_hands_does_not_use_them_up_either(
    config: Settings, store: Store, queue: Queue, log: Log, make_worker: Callable[..., Worker], db: Any,
    stand_in: QueueStandIn,
) -> None:  # fmt: skip
    order_id, token = await place(db), uuid.uuid4()
    await store.claim(order_id, 0, token, 0.5)
    async with part(Relay(config, queue, log).run), part(make_worker(0).run):
        for _ in range(12):
            await asyncio.sleep(0.25)
            await store.renew({order_id: token}, 0.5)  # the other one lives
        await becomes(db, "PROCESSED")  # and now it does not
    assert dead_letters(stand_in) == 0


class LateAnswers(Queue):
    """A queue whose messages are a while on the way."""

    async def receive(self, limit: int) -> list[Message]:
        """What the queue has handed over arrives 0.4 seconds later."""
        messages = await super().receive(limit)
        await asyncio.sleep(0.4)
        return messages


async def test_messages_on_their_way_at_a_stop_are_not_lost(
    config: Settings, http: aiohttp.ClientSession, log: Log, make_worker: Callable[..., Worker],
    db: Any, stand_in: QueueStandIn,
) -> None:  # fmt: skip
    late = LateAnswers(config, http, log)
    async with part(Relay(config, late, log).run):
        async with part(make_worker(60, late).run):
            await place(db)
            async with asyncio.timeout(5):
                while stand_in.state()["queues"]["orders"]["received"] == 0:
                    await asyncio.sleep(0.02)
        async with part(make_worker(0).run):
            await becomes(db, "PROCESSED")
    assert dead_letters(stand_in) == 0
