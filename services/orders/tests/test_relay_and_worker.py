"""From the outbox to the effect, on a real PostgreSQL and a queue that can misbehave."""

import asyncio
import contextlib
import dataclasses
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from orders import store as sql
from orders.domain import Failure, NewOrder, Order
from orders.ids import created_at, new_order_id
from orders.logs import Log
from orders.queue import Outgoing, Queue
from orders.records import Request
from orders.relay import Relay
from orders.settings import Settings
from orders.store import Store
from orders.tracing import NoTracer
from orders.worker import Worker

from tests.support.queue import QueueStandIn

Check = Callable[[], Awaitable[bool]]


@pytest.fixture
def stand_in() -> Iterator[QueueStandIn]:
    with QueueStandIn(visibility=2, max_receive_count=5) as running:
        yield running


@pytest.fixture
def config(config: Settings, stand_in: QueueStandIn) -> Settings:
    """The platform's settings for that queue."""
    return dataclasses.replace(
        config, queue_url=stand_in.url, sqs_endpoint=stand_in.endpoint, visibility_timeout=2, lease_seconds=1.6,
        queue_timeout=1.0, retry_delay=1.0, relay_poll=0.2, drain_seconds=1.0,
    )  # fmt: skip


class Scripted:
    """A processor that does what the test says: a list of answers, then success."""

    def __init__(self, *answers: Failure | BaseException | float) -> None:
        self.answers = list(answers)
        self.seen: list[Order] = []

    async def process(self, order: Order) -> Failure | None:
        self.seen.append(order)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return None
        return answer


@contextlib.asynccontextmanager
async def part(run: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.ensure_future(run(stop))
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


@pytest.fixture
def relay(config: Settings, queue: Queue, log: Log, db: Any) -> Relay:
    return Relay(config, queue, log)


@pytest.fixture
def make_worker(config: Settings, store: Store, queue: Queue, log: Log) -> Callable[..., Worker]:
    return lambda processor, **changes: Worker(
        dataclasses.replace(config, **changes), store, queue, processor, NoTracer(), log
    )


async def place(db: Any, count: int = 1) -> list[uuid.UUID]:
    ids = [new_order_id() for _ in range(count)]
    order = NewOrder("c", Decimal("1.00"))
    await sql.insert(db, [Request(i, order, None, created_at(i), f"id-{i}", None) for i in ids])
    return ids


async def until(check: Check, seconds: float = 10.0) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not await check():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


def status_is(db: Any, status: str, count: int = 1) -> Check:
    async def check() -> bool:
        return bool(await db.fetchval("SELECT count(*) FROM orders WHERE status = $1", status) >= count)

    return check


def queue_is_empty(stand_in: QueueStandIn) -> Check:
    async def check() -> bool:
        counts = (await asyncio.to_thread(stand_in.state))["queues"]["orders"]
        return not (counts["visible"] or counts["in_flight"] or counts["delayed"])

    return check


async def test_events_are_sent_once_and_leave_the_outbox(
    relay: Relay, db: Any, stand_in: QueueStandIn
) -> None:
    await place(db, 25)
    async with part(relay.run):
        await until(lambda: _empty(db))
    assert stand_in.state()["queues"]["orders"]["sent"] == 25


async def _empty(db: Any) -> bool:
    return await db.fetchval("SELECT count(*) FROM outbox") == 0


async def test_two_relays_send_each_event_once(
    config: Settings, queue: Queue, log: Log, db: Any, stand_in: QueueStandIn
) -> None:
    await place(db, 500)
    async with part(Relay(config, queue, log).run), part(Relay(config, queue, log).run):
        await until(lambda: _empty(db))
    assert stand_in.state()["queues"]["orders"]["sent"] == 500


async def test_a_notification_wakes_the_relay_and_a_lost_one_only_delays_it(
    config: Settings, queue: Queue, log: Log, db: Any
) -> None:
    async with part(Relay(dataclasses.replace(config, relay_poll=30), queue, log).run):
        await asyncio.sleep(0.3)
        await place(db)
        await db.execute("NOTIFY orders_outbox")
        await until(lambda: _empty(db), 1)
    async with part(Relay(config, queue, log).run):
        await asyncio.sleep(0.3)
        await place(db)
        await until(lambda: _empty(db), 1)


@pytest.mark.parametrize("fault", ["refuse", "hang", "error", "lost"])
async def test_events_wait_while_the_queue_is_away(
    relay: Relay, db: Any, stand_in: QueueStandIn, fault: str
) -> None:
    async with part(relay.run):
        stand_in.fault(fault, 1.5)
        await place(db, 12)
        await asyncio.sleep(0.5)
        assert await db.fetchval("SELECT count(*) FROM orders") == 12
        await until(lambda: _empty(db))
    assert stand_in.state()["queues"]["orders"]["sent"] >= 12


async def test_the_relay_connects_again(relay: Relay, db: Any) -> None:
    async with part(relay.run):
        await asyncio.sleep(0.3)
        await db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orders'"
        )
        await place(db)
        await until(lambda: _empty(db), 5)


async def test_an_order_is_processed_once_and_its_message_deleted(
    relay: Relay, make_worker: Callable[..., Worker], db: Any, stand_in: QueueStandIn
) -> None:
    await place(db, 30)
    processor = Scripted()
    async with part(relay.run), part(make_worker(processor).run):
        await until(status_is(db, "PROCESSED", 30))
        await until(queue_is_empty(stand_in))
    assert await db.fetchval("SELECT count(*) FROM order_effects") == 30
    assert len(processor.seen) == 30


async def test_repeats_of_a_finished_order_are_deleted_and_change_nothing(
    make_worker: Callable[..., Worker], queue: Queue, db: Any, stand_in: QueueStandIn
) -> None:
    (order_id,) = await place(db)
    body = json.dumps({"orderId": str(order_id), "attempt": 0})
    await queue.send([Outgoing(body, {}) for _ in range(5)])
    processor = Scripted()
    async with part(make_worker(processor).run):
        await until(status_is(db, "PROCESSED"))
        before = await db.fetchrow("SELECT * FROM orders")
        await queue.send([Outgoing(body, {})])
        await until(queue_is_empty(stand_in), 15)
    assert await db.fetchrow("SELECT * FROM orders") == before
    assert (len(processor.seen), await db.fetchval("SELECT count(*) FROM order_effects")) == (1, 1)


async def test_a_retryable_failure_is_retried_later_until_it_succeeds(
    relay: Relay, make_worker: Callable[..., Worker], db: Any
) -> None:
    await place(db)
    busy = Failure("busy", retryable=True)
    processor = Scripted(busy, busy)
    async with part(relay.run), part(make_worker(processor).run):
        await until(status_is(db, "PROCESSED"), 15)
    assert [order.retry_count for order in processor.seen] == [0, 1, 2]
    waits = [b.updated_at - a.updated_at for a, b in zip(processor.seen, processor.seen[1:], strict=False)]
    assert [wait.total_seconds() >= least for wait, least in zip(waits, (1, 2), strict=True)] == [True, True]


async def test_after_the_last_retry_the_order_is_a_dead_letter(
    relay: Relay, make_worker: Callable[..., Worker], db: Any, stand_in: QueueStandIn
) -> None:
    (order_id,) = await place(db)
    processor = Scripted(*[Failure("busy", retryable=True)] * 2)
    async with part(relay.run), part(make_worker(processor, max_retries=1).run):
        await until(status_is(db, "FAILED"))
        await until(queue_is_empty(stand_in))
    row = await db.fetchrow("SELECT order_id, reason, retry_count FROM order_dlq")
    assert tuple(row) == (order_id, "busy", 1)
    assert await db.fetchval("SELECT count(*) FROM order_effects") == 0
    assert stand_in.state()["queues"]["orders-dlq"]["visible"] == 0


@pytest.mark.slow
async def test_unreadable_messages_and_crashes_end_in_the_queues_dead_letters(
    relay: Relay, make_worker: Callable[..., Worker], queue: Queue, db: Any, stand_in: QueueStandIn
) -> None:
    await queue.send([Outgoing("not json", {}), Outgoing('{"orderId":"x","attempt":0}', {})])
    await place(db)
    crash = Scripted(*[RuntimeError("a bug")] * 9)

    async def dead() -> bool:
        return bool(stand_in.state()["queues"]["orders-dlq"]["visible"] == 3)

    async with part(relay.run), part(make_worker(crash, visibility_timeout=1, lease_seconds=0.8).run):
        await until(dead, 20)
    assert len(crash.seen) == 5
    assert await db.fetchval("SELECT count(*) FROM order_dlq") == 0


async def test_a_long_job_keeps_its_message_and_its_lease(
    relay: Relay, make_worker: Callable[..., Worker], db: Any, stand_in: QueueStandIn
) -> None:
    await place(db)
    first, second = Scripted(5.0), Scripted()
    async with part(relay.run), part(make_worker(first, drain_seconds=8).run), part(make_worker(second).run):
        await until(status_is(db, "PROCESSED"), 12)
        await until(queue_is_empty(stand_in))
    assert (len(first.seen) + len(second.seen), stand_in.state()["queues"]["orders"]["received"]) == (1, 1)


async def test_on_a_stop_what_can_finish_finishes_and_the_rest_is_given_back(
    relay: Relay, make_worker: Callable[..., Worker], db: Any
) -> None:
    await place(db, 2)
    leaving = Scripted(0.5, 60.0)
    async with part(relay.run):
        async with part(make_worker(leaving, drain_seconds=1.5).run):
            await until(status_is(db, "PROCESSING", 2))
        started = asyncio.get_running_loop().time()
        assert await status_is(db, "PROCESSED")()
        async with part(make_worker(Scripted()).run):
            await until(status_is(db, "PROCESSED", 2))
        assert asyncio.get_running_loop().time() - started < 1.5  # no waiting for lease or visibility
    assert await db.fetchval("SELECT count(*) FROM order_effects") == 2


async def test_the_correlation_id_travels_through_the_retry(
    relay: Relay, make_worker: Callable[..., Worker], db: Any, tmp_path: Any, store: Store, queue: Queue,
    config: Settings,
) -> None:  # fmt: skip
    (order_id,) = await place(db)
    with (tmp_path / "log").open("wb") as file:
        log = Log("info", file.fileno())
        worker = Worker(config, store, queue, Scripted(Failure("busy", retryable=True)), NoTracer(), log)
        async with part(relay.run), part(worker.run):
            await until(status_is(db, "PROCESSED"))
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    named = [line["event"] for line in lines if line.get("correlationId") == f"id-{order_id}"]
    assert named == ["order will be retried", "order processed"]


async def test_the_worker_outlasts_the_queue(
    relay: Relay, make_worker: Callable[..., Worker], db: Any, stand_in: QueueStandIn
) -> None:
    async with part(relay.run), part(make_worker(Scripted()).run):
        stand_in.fault("error", 1.0)
        await place(db, 3)
        await until(status_is(db, "PROCESSED", 3), 15)
