"""What the database or the queue refuses: nothing ends, nothing is lost, and it goes on by itself."""

import asyncio
import contextlib
import dataclasses
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
from aiohttp import web
from orders import database, intake, metrics
from orders import store as sql
from orders.database import Unavailable, unavailable
from orders.domain import NewOrder
from orders.ids import created_at, new_order_id
from orders.intake import Intake
from orders.logs import Log
from orders.queue import Outgoing, Queue, QueueError
from orders.records import Event, Request
from orders.relay import Relay, _message
from orders.settings import Settings
from orders.store import Store


def request(customer: str = "c", key: str | None = None) -> Request:
    order_id = new_order_id()
    return Request(order_id, NewOrder(customer, Decimal("1.00")), key, created_at(order_id), "id", None)


@contextlib.asynccontextmanager
async def running(work: Awaitable[None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def read_only(db: Any) -> AsyncIterator[None]:
    """A server that takes connections and no writes, as a standby does."""
    name = await db.fetchval("SELECT current_database()")
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    await db.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    await db.execute(end + f" AND datname = '{name}'")
    try:
        yield
    finally:
        await db.execute("SET default_transaction_read_only = off")
        await db.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')


async def outbox_is_empty(db: Any, seconds: float = 5.0, left: int = 0) -> None:
    async with asyncio.timeout(seconds):
        while await db.fetchval("SELECT count(*) FROM outbox") > left:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "code", ["25006", "28P01", "42P01", "40001", "40P01", "55P03", "25P03", "58030", "XX000", "53300"]
)
async def test_a_server_that_does_not_serve_us_now_is_unavailable(code: str) -> None:
    with pytest.raises(Unavailable):
        async with unavailable():
            raise asyncpg.PostgresError.new({"C": code, "M": "no"})


@pytest.mark.parametrize("code", ["22001", "23514", "23505"])
async def test_a_value_it_refuses_is_not(code: str) -> None:
    with pytest.raises((asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)):
        async with unavailable():
            raise asyncpg.PostgresError.new({"C": code, "M": "no"})


async def test_the_store_gets_over_a_standby(config: Settings, db: Any) -> None:
    (stored,) = await sql.insert(db, [request()])
    pool = await database.pool(config, 1)
    store = Store(pool, 5.0)
    async with read_only(db):
        with pytest.raises(Unavailable):
            await store.claim(stored.id, 0, uuid.uuid4(), 30)
    assert await store.claim(stored.id, 0, uuid.uuid4(), 30) is not None  # on a new connection
    await pool.close()


async def test_the_intake_answers_in_time_and_gets_over_a_standby(
    config: Settings, db: Any, log: Log
) -> None:
    taker = Intake(dataclasses.replace(config, db_timeout=0.5), log, lambda: None)
    async with running(taker.run()):
        await taker.add(request())
        async with read_only(db):
            with pytest.raises(Unavailable):
                await taker.add(request())
        async with asyncio.timeout(5):
            while True:
                with contextlib.suppress(Unavailable):
                    await taker.add(request())
                    break


async def test_the_relay_gets_over_tables_that_are_not_there(
    config: Settings, queue: Queue, db: Any, log: Log
) -> None:
    await sql.insert(db, [request()])
    await db.execute("ALTER TABLE outbox RENAME TO elsewhere")
    try:
        async with running(Relay(config, queue, log).run(asyncio.Event())):
            await asyncio.sleep(0.3)
            await db.execute("ALTER TABLE elsewhere RENAME TO outbox")
            await outbox_is_empty(db)
    finally:
        await db.execute("ALTER TABLE IF EXISTS elsewhere RENAME TO outbox")


async def test_one_connection_is_enough_to_take_orders(
    config: Settings, db: Any, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [True]

    async def one_only(settings: Settings, timeout: float) -> Any:
        if not left:
            raise Unavailable("too many connections")
        left.pop()
        return await database.connect(settings, timeout)

    monkeypatch.setattr(intake, "connect", one_only)
    taker = Intake(dataclasses.replace(config, db_timeout=0.3), log, lambda: None)
    async with running(taker.run()):
        for _ in range(4):
            await taker.add(request())
            await asyncio.sleep(0.2)
    assert await db.fetchval("SELECT count(*) FROM orders") == 4


async def test_a_connection_lost_while_a_batch_is_taken_apart_loses_no_order(
    config: Settings, db: Any, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, lost = sql.insert, [True]

    async def losing(connection: Any, requests: Sequence[Request]) -> Any:
        if len(requests) == 1 and requests[0].order.customer_id == "second" and lost:
            lost.pop()
            await connection.close()
        return await insert(connection, requests)

    monkeypatch.setattr(sql, "insert", losing)
    taker = Intake(config, log, lambda: None)
    adding = [taker.add(request(name)) for name in ("first", "second", "x" * 200, "fourth", "fifth")]
    tasks = asyncio.gather(*adding, return_exceptions=True)
    await asyncio.sleep(0)  # all wait before the first lane is connected: one batch
    async with running(taker.run()):
        answers = await tasks
    assert [type(answer).__name__ for answer in answers] == [
        "Stored", "Stored", "CheckViolationError", "Stored", "Stored"
    ]  # fmt: skip
    assert not lost


class Answering:
    """An endpoint that answers with status and text from a list, then with an empty object."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str]] = []
        self.calls = 0
        self.url = ""

    async def answer(self, _: web.Request) -> web.Response:
        self.calls += 1
        status, text = self.answers.pop(0) if self.answers else (200, "{}")
        return web.Response(status=status, text=text)


@pytest.fixture
async def endpoint() -> AsyncIterator[Answering]:
    served = Answering()
    app = web.Application()
    app.router.add_post("/", served.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield served
    await runner.cleanup()


@pytest.fixture
def strange(config: Settings, http: aiohttp.ClientSession, log: Log, endpoint: Answering) -> Queue:
    """Our client of that endpoint."""
    return Queue(dataclasses.replace(config, sqs_endpoint=endpoint.url), http, log)


CALLS: dict[str, tuple[Callable[[Queue], Awaitable[Any]], str]] = {
    "send": (lambda queue: queue.send([Outgoing("a", {})]), '{"Successful": [{"MessageId": "1"}]}'),
    "receive": (lambda queue: queue.receive(1), '{"Messages": [{"Body": "a"}]}'),
    "delete": (lambda queue: queue.delete(["a"]), '{"Successful": [{"Id": "x"}]}'),
    "a list": (lambda queue: queue.receive(1), '{"Messages": ["a"]}'),
    "a page": (lambda queue: queue.ping(), "<html>"),
}


@pytest.mark.parametrize("name", CALLS)
async def test_an_answer_without_sense_is_an_error_of_the_queue(
    strange: Queue, endpoint: Answering, name: str
) -> None:
    call, text = CALLS[name]
    endpoint.answers = [(200, text)]
    with pytest.raises(QueueError, match="unreadable answer"):
        await call(strange)


async def test_a_refused_message_is_counted_and_its_code_told(strange: Queue, endpoint: Answering) -> None:
    said = {"Successful": [{"Id": "0"}], "Failed": [{"Id": "1", "Code": "InvalidMessageContents"}]}
    endpoint.answers = [(200, json.dumps(said))]
    before = metrics.QUEUE_REFUSED._value.get()
    answer = await strange.send([Outgoing("a", {}), Outgoing("b", {}), Outgoing("c", {})])
    assert answer == [None, "InvalidMessageContents", "not answered"]
    assert metrics.QUEUE_REFUSED._value.get() == before + 2


async def test_every_message_is_kept_hidden_though_one_call_fails(
    strange: Queue, endpoint: Answering
) -> None:
    endpoint.answers = [(500, "")]
    with pytest.raises(QueueError, match="ChangeMessageVisibilityBatch: status 500"):
        await strange.hide([str(i) for i in range(25)], 30)
    assert endpoint.calls == 3


def test_a_traceparent_that_is_none_is_not_sent() -> None:
    good = f"00-{'a' * 32}-{'b' * 16}-01"
    for given, sent in ((good, good), ("00-\x00", None), (None, None)):
        event = Event(1, uuid.uuid4(), 0, "id", given, timedelta())
        assert _message(event).attributes.get("traceparent") == sent


class Refusing(Queue):
    """A queue that refuses messages with this text in them, such as one order's id."""

    refused = "none"

    async def send(self, messages: Sequence[Outgoing]) -> list[str | None]:
        """None, or the code of a refusal."""
        return ["InvalidMessageContents" if self.refused in m.body else None for m in messages]


async def test_a_refused_event_is_said_once_and_holds_up_no_other(
    config: Settings, http: aiohttp.ClientSession, db: Any, tmp_path: Path
) -> None:
    with (tmp_path / "log").open("wb") as file:
        log = Log("info", file.fileno())
        queue = Refusing(config, http, log)
        asked = [request() for _ in range(12)]
        queue.refused = str(asked[3].id)
        await sql.insert(db, asked)
        relay = Relay(dataclasses.replace(config, relay_poll=0.1), queue, log)
        async with running(relay.run(asyncio.Event())):
            await outbox_is_empty(db, 2, left=1)
            await asyncio.sleep(0.5)
            for _ in range(5):
                await sql.insert(db, [request()])
                await outbox_is_empty(db, 0.5, left=1)
        log.flush()
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    told = [
        (line["code"], line["orderId"]) for line in lines if line["event"] == "refused by the queue, kept"
    ]
    assert told == [("InvalidMessageContents", str(asked[3].id))]


async def test_more_refused_events_than_a_batch_hold_up_no_other_and_are_tried_again(
    config: Settings, http: aiohttp.ClientSession, db: Any, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders.relay.REFUSED_SECONDS", 1.5)
    queue = Refusing(config, http, log)
    queue.refused = "-"  # in every id
    await sql.insert(db, [request() for _ in range(25)])
    relay = Relay(dataclasses.replace(config, relay_poll=0.1, relay_batch=10), queue, log)
    async with running(relay.run(asyncio.Event())):
        async with asyncio.timeout(1.4):
            while await db.fetchval("SELECT count(*) FROM outbox WHERE refused_until IS NULL"):
                await asyncio.sleep(0.02)
            queue.refused = "none"
            await sql.insert(db, [request()])
            await outbox_is_empty(db, left=25)
        await outbox_is_empty(db)
