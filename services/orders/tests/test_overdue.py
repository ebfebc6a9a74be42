"""Orders that no message will bring back are brought back, once, and given up if they kill every worker."""

import asyncio
import contextlib
import dataclasses
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from orders import overdue
from orders import store as sql
from orders.domain import Failure, NewOrder, Order
from orders.ids import created_at, new_order_id
from orders.logs import Log
from orders.overdue import ABANDONED, Overdue
from orders.queue import Queue
from orders.records import Request
from orders.relay import Relay
from orders.settings import Settings
from orders.store import Store
from orders.tracing import NoTracer
from orders.worker import Worker

from tests.support.queue import QueueStandIn


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often."""
    monkeypatch.setattr(overdue, "LOOK_EVERY", 0.1)


@pytest.fixture
def stand_in() -> Iterator[QueueStandIn]:
    with QueueStandIn(visibility=1, max_receive_count=5) as running:
        yield running


@pytest.fixture
def config(config: Settings, stand_in: QueueStandIn) -> Settings:
    """A message is given up after a second; a retry comes at once."""
    return dataclasses.replace(
        config, queue_url=stand_in.url, sqs_endpoint=stand_in.endpoint, visibility_timeout=1, lease_seconds=0.8,
        max_receives=1, max_retries=1, retry_delay=0, retry_delay_max=0, relay_poll=0.1, remind_after=1,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def part(run: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.ensure_future(run(stop))
    try:
        yield
        assert not task.done()
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def place(db: Any, *, heard: bool = True) -> uuid.UUID:
    order_id = new_order_id()
    order = NewOrder("c", Decimal("1.00"))
    await sql.insert(db, [Request(order_id, order, None, created_at(order_id), "id", None)])
    if not heard:
        await db.execute("DELETE FROM outbox WHERE order_id = $1", order_id)
    return order_id


async def becomes(db: Any, status: str, retries: int = 0, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while tuple(await db.fetchrow("SELECT status, retry_count FROM orders")) != (status, retries):
            await asyncio.sleep(0.02)


async def events(db: Any) -> list[tuple[uuid.UUID, int]]:
    return [tuple(row) for row in await db.fetch("SELECT order_id, attempt FROM outbox ORDER BY id")]


async def test_an_order_whose_lease_ended_long_ago_is_retried_and_then_given_up_with_its_reason(
    config: Settings, store: Store, db: Any, tmp_path: Path
) -> None:
    order_id = await place(db, heard=False)
    with (tmp_path / "log").open("wb") as file:
        async with part(Overdue(config, store, Log("info", file.fileno())).run):
            for attempt, (status, retries) in enumerate([("PENDING", 1), ("FAILED", 1)]):
                await store.claim(order_id, attempt, uuid.uuid4(), 0.1)
                await asyncio.sleep(0.8)
                assert (
                    await db.fetchval("SELECT status FROM orders") == "PROCESSING"
                )  # its time is not over yet
                await becomes(db, status, retries)
                assert await events(db) == [(order_id, 1)]
    assert tuple(await db.fetchrow("SELECT order_id, reason FROM order_dlq")) == (order_id, ABANDONED.reason)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["order will be retried", "order failed"]
    assert {line["orderId"] for line in lines} == {str(order_id)}


async def test_an_order_in_living_hands_stays_in_them(
    config: Settings, store: Store, db: Any, log: Log
) -> None:
    order_id, token = await place(db, heard=False), uuid.uuid4()
    async with part(Overdue(config, store, log).run):
        await store.claim(order_id, 0, token, 0.5)
        for _ in range(15):
            await store.renew({order_id: token}, 0.5)
            await asyncio.sleep(0.2)
        assert (await store.succeed(order_id, token)).retry_count == 0


async def test_nobody_is_given_up_before_the_database_was_there_for_a_while(
    config: Settings, store: Store, db: Any, log: Log
) -> None:
    order_id = await place(db, heard=False)
    await store.claim(order_id, 0, uuid.uuid4(), 0.1)
    await asyncio.sleep(1.5)
    async with part(Overdue(dataclasses.replace(config, visibility_timeout=3), store, log).run):
        await asyncio.sleep(1)
        assert await db.fetchval("SELECT status FROM orders") == "PROCESSING"


async def test_an_order_that_was_not_heard_of_gets_one_new_event(
    config: Settings, store: Store, db: Any, log: Log
) -> None:
    waiting = await place(db)
    await asyncio.sleep(0.01)
    unheard = await place(db, heard=False)
    async with part(Overdue(dataclasses.replace(config, remind_after=2), store, log).run):
        await asyncio.sleep(1.5)
        assert await events(db) == [(waiting, 0)]
        async with asyncio.timeout(3):
            while len(await events(db)) < 2:
                await asyncio.sleep(0.05)
        await asyncio.sleep(1)
    assert await events(db) == [(waiting, 0), (unheard, 0)]


class Crashing:
    """A processor that crashes the first `times`."""

    def __init__(self, times: int) -> None:
        self.times = times

    async def process(self, order: Order) -> Failure | None:
        self.times -= 1
        if self.times >= 0:
            raise RuntimeError("a bug")
        return None


@pytest.mark.slow
@pytest.mark.parametrize(("crashes", "status", "effects"), [(5, "PROCESSED", 1), (10, "FAILED", 0)])
async def test_an_order_whose_message_died_ends_all_the_same(
    config: Settings, store: Store, queue: Queue, log: Log, db: Any, stand_in: QueueStandIn,
    crashes: int, status: str, effects: int,
) -> None:  # fmt: skip
    settings = dataclasses.replace(config, max_receives=5)
    worker = Worker(settings, store, queue, Crashing(crashes), NoTracer(), log)
    await place(db)
    async with (
        part(Relay(settings, queue, log).run), part(Overdue(settings, store, log).run), part(worker.run)
    ):  # fmt: skip
        await becomes(db, status, retries=1, seconds=40)
    assert await db.fetchval("SELECT count(*) FROM order_effects") == effects
    assert await db.fetchval("SELECT count(*) FROM order_dlq") == 1 - effects
    assert stand_in.state()["queues"]["orders-dlq"]["visible"] == crashes // 5
