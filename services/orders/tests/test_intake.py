"""Group commit: alone at once, together in one transaction, and nobody suffers for another's order."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from orders import metrics
from orders.database import Unavailable
from orders.domain import NewOrder
from orders.ids import created_at, new_order_id
from orders.intake import Intake
from orders.logs import Log
from orders.records import Request
from orders.settings import Settings

from tests.support.postgres import Postgres


def request(customer: str = "c") -> Request:
    order_id = new_order_id()
    return Request(order_id, NewOrder(customer, Decimal("1.00")), None, created_at(order_id), "id", None)


@contextlib.asynccontextmanager
async def running(config: Settings, log: Log) -> AsyncIterator[Intake]:
    intake = Intake(config, log, lambda: None)
    task = asyncio.create_task(intake.run())
    try:
        yield intake
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def commits() -> tuple[int, int]:
    """Transactions and orders so far."""
    samples = {s.name: int(s.value) for metric in metrics.COMMIT_SIZE.collect() for s in metric.samples}
    return samples["orders_commit_size_count"], samples["orders_commit_size_sum"]


async def test_orders_that_come_together_share_transactions(config: Settings, db: Any, log: Log) -> None:
    async with running(config, log) as intake:
        await intake.add(request())
        before = commits()
        stored = await asyncio.gather(*(intake.add(request()) for _ in range(300)))
        transactions, orders = commits()[0] - before[0], commits()[1] - before[1]
    assert orders == 300
    assert transactions <= 10
    assert await db.fetchval("SELECT count(*) FROM orders") == 301
    assert len({answer.id for answer in stored}) == 300


async def test_a_lone_order_goes_straight_through(config: Settings, db: Any, log: Log) -> None:
    async with running(config, log) as intake:
        await intake.add(request())
        before = commits()
        for _ in range(5):
            await intake.add(request())
        assert (commits()[0] - before[0], commits()[1] - before[1]) == (5, 5)


async def test_an_order_the_database_refuses_fails_alone(config: Settings, db: Any, log: Log) -> None:
    async with running(config, log) as intake:
        await intake.add(request())
        # "x" * 200 can't come through the API; the database has its own check.
        orders = [intake.add(request("x" * 200 if i == 7 else "c")) for i in range(20)]
        answers = await asyncio.gather(*orders, return_exceptions=True)
    refused = [i for i, answer in enumerate(answers) if isinstance(answer, BaseException)]
    assert refused == [7]
    assert isinstance(answers[7], asyncpg.CheckViolationError)
    assert await db.fetchval("SELECT count(*) FROM orders") == 20
    assert await db.fetchval("SELECT count(*) FROM outbox") == 20


async def test_a_connection_lost_with_orders_in_flight_loses_and_doubles_none(
    config: Settings, db: Any, log: Log
) -> None:
    async with running(config, log) as intake:
        await intake.add(request())
        tasks = []
        for _ in range(20):
            tasks += [asyncio.create_task(intake.add(request())) for _ in range(20)]
            await db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'orders' AND query LIKE '%asked%'"
            )
            await asyncio.sleep(0.01)
        answers = await asyncio.gather(*tasks)
    assert len({answer.id for answer in answers}) == 400
    assert await db.fetchval("SELECT count(*) FROM orders") == 401
    assert await db.fetchval("SELECT count(*) FROM outbox") == 401


async def test_a_full_queue_is_refused_at_once(config: Settings, db: Any, log: Log) -> None:
    async with running(dataclasses.replace(config, max_waiting=5), log) as intake:
        await intake.add(request())
        answers = await asyncio.gather(*(intake.add(request()) for _ in range(50)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert 0 < len(refused) <= 45
    assert await db.fetchval("SELECT count(*) FROM orders") == 1 + 50 - len(refused)


async def test_waiting_has_an_end_and_leaves_nothing_behind(config: Settings, db: Any, log: Log) -> None:
    async with running(dataclasses.replace(config, db_timeout=0.3), log) as intake:
        await intake.add(request())
        loop = asyncio.get_running_loop()
        async with db.transaction():
            await db.execute("LOCK TABLE outbox")
            started = loop.time()
            answers = await asyncio.gather(
                *(intake.add(request()) for _ in range(10)), return_exceptions=True
            )
            assert loop.time() - started < 0.6
        assert {type(answer) for answer in answers} == {Unavailable}
        await asyncio.sleep(1)
        await intake.add(request())
        counts = await db.fetchrow("SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM outbox)")
        assert counts[0] == counts[1]


async def test_a_database_that_restarts_is_found_again(
    config: Settings, db: Any, log: Log, postgres: Postgres
) -> None:
    async with running(config, log) as intake:
        await intake.add(request())
        await asyncio.to_thread(postgres.stop, "immediate")
        loop = asyncio.get_running_loop()
        started = loop.time()
        with pytest.raises(Unavailable):
            await intake.add(request())
        assert loop.time() - started < 2
        await asyncio.to_thread(postgres.start)
        deadline = loop.time() + 5
        while True:
            with contextlib.suppress(Unavailable):
                await intake.add(request())
                break
            assert loop.time() < deadline
            await asyncio.sleep(0.1)
