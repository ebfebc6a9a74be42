"""Outages of the whole platform's processes: database gone, worker killed, requests in flight on a stop."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.support.eventually import eventually
from tests.support.postgres import Postgres
from tests.support.processes import family
from tests.support.queue import QueueStandIn

ORDER = {"customerId": "alice", "amount": 12.34}


@pytest.fixture
def stand_in() -> Iterator[QueueStandIn]:
    with QueueStandIn(visibility=2) as running:
        yield running


@pytest.fixture
def environment(environment: dict[str, str], stand_in: QueueStandIn) -> dict[str, str]:
    """The platform's environment, on the faster queue."""
    return {
        **environment, "QUEUE_URL": stand_in.url, "AWS_ENDPOINT_URL_SQS": stand_in.endpoint,
        "VISIBILITY_TIMEOUT": "2",
    }  # fmt: skip


async def post(http: aiohttp.ClientSession, url: str) -> tuple[int, Any, Any]:
    async with http.post(url + "/orders", json=ORDER) as answer:
        return answer.status, json.loads(await answer.read()), answer.headers


async def processed(http: aiohttp.ClientSession, url: str, order_id: str, seconds: float) -> float:
    """How long it took until the order was PROCESSED."""
    started = time.monotonic()
    while True:
        async with http.get(f"{url}/orders/{order_id}") as answer:
            order = json.loads(await answer.read())
        if order.get("status") == "PROCESSED":
            return time.monotonic() - started
        assert time.monotonic() - started < seconds, order
        await asyncio.sleep(0.05)


def correlated(seen: list[dict[str, Any]]) -> set[str]:
    return {line["correlationId"] for line in seen}


def events(log: Any, name: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, log.read_text().splitlines()) if line["event"] == name]


async def test_one_order_from_post_to_processed_within_a_second(
    start: Callable[..., Any], http: aiohttp.ClientSession
) -> None:
    api, worker = start("api"), start("worker")
    await processed(http, api.url, (await post(http, api.url))[1]["orderId"], 5)
    took = []
    while not took or (min(took) > 1 and len(took) < 10):  # on a machine with much else to do not every one
        status, body, headers = await post(http, api.url)
        assert status == 202
        took.append(await processed(http, api.url, body["orderId"], 10))
    assert min(took) < 1
    mine = headers["X-Correlation-Id"]
    for given in ((worker.log, "order processed"), (api.log, "request")):
        logged = partial(events, *given)
        await asyncio.to_thread(eventually, logged, lambda seen: mine in correlated(seen))


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_every_process_gets_over_a_database_that_stops_and_starts(
    start: Callable[..., Any], http: aiohttp.ClientSession, postgres: Postgres, db: Any, mode: Any
) -> None:
    api, _worker = start("api"), start("worker")
    await processed(http, api.url, (await post(http, api.url))[1]["orderId"], 5)
    await asyncio.to_thread(postgres.stop, mode)
    try:
        for _ in range(3):
            started = time.monotonic()
            status, problem, headers = await post(http, api.url)
            assert (status, headers["Retry-After"], problem["status"]) == (503, "1", 503)
            assert time.monotonic() - started < 5
        async with http.get(api.url + "/orders") as answer:
            assert answer.status == 503
        async with http.get(api.url + "/actuator/health") as answer:
            assert answer.status == 200
    finally:
        await asyncio.to_thread(postgres.start)
    await asyncio.sleep(1)
    status, body, _ = await post(http, api.url)
    assert status == 202
    await processed(http, api.url, body["orderId"], 5)


@pytest.mark.parametrize("more", ["", "?sslmode=pa55word", "?sslmode=verify-ca&sslrootcert=/absent/pa55word"])
async def test_an_address_the_database_refuses_is_a_503_with_its_reason_and_no_part_of_a_secret(
    start: Callable[..., Any], http: aiohttp.ClientSession, postgres: Postgres, more: str
) -> None:
    parts = urlsplit(postgres.dsn)
    wrong = f"postgresql://{parts.username}:pa55word@{parts.hostname}:{parts.port}{parts.path}{more}"
    api = start("api", DATABASE_URL=wrong)
    for _ in range(2):
        started = time.monotonic()
        status, problem, headers = await post(http, api.url)
        assert (status, headers["Retry-After"], problem["status"]) == (503, "1", 503)
        assert time.monotonic() - started < 5
        async with http.get(api.url + "/orders") as answer:
            assert answer.status == 503
    assert api.process.alive
    said = api.log.read_text()
    assert "pa55word" not in said
    why = "can't be used: FileNotFoundError" if "cert" in more else "can't be used ("
    reason = why if more else f'password authentication failed for user "{parts.username}"'
    told = [line for name in ("database away", "answered 503") for line in events(api.log, name)]
    assert len(told) > 3
    assert all(reason in line["reason"] for line in told if "did not answer" not in line["reason"])


async def test_a_worker_whose_password_is_refused_says_so_before_a_message_waits(
    start: Callable[..., Any], postgres: Postgres, sqs: Any, queue_url: str
) -> None:
    parts = urlsplit(postgres.dsn)
    wrong = f"postgresql://{parts.username}:pa55word@{parts.hostname}:{parts.port}{parts.path}"
    sqs.send_message(QueueUrl=queue_url, MessageBody="{}")
    worker = start("worker", DATABASE_URL=wrong)
    await asyncio.to_thread(eventually, lambda: events(worker.log, "database away"))
    assert "password authentication failed" in events(worker.log, "database away")[0]["reason"]
    assert "pa55word" not in worker.log.read_text()
    counts = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == "1", "taken by a worker that can do nothing with it"
    assert worker.process.stop() == 0


async def test_a_database_that_hangs_is_answered_in_time(
    start: Callable[..., Any], http: aiohttp.ClientSession, postgres: Postgres
) -> None:
    api = start("api")
    await post(http, api.url)
    members = family(postgres.pid)
    for member in members:
        member.suspend()
    try:
        for _ in range(3):
            started = time.monotonic()
            assert (await post(http, api.url))[0] == 503
            async with http.get(api.url + "/orders") as answer:
                assert answer.status == 503
            assert time.monotonic() - started < 10  # two requests, 1.5 s each
    finally:
        for member in members:
            member.resume()
    deadline = time.monotonic() + 5
    while (await post(http, api.url))[0] != 202:
        assert time.monotonic() < deadline


async def test_a_worker_killed_in_mid_order_is_replaced_and_the_effect_exists_once(
    start: Callable[..., Any], http: aiohttp.ClientSession, db: Any
) -> None:
    api = start("api")
    doomed = start("worker", PROCESSOR_LATENCY="60")
    order_id = (await post(http, api.url))[1]["orderId"]
    while await db.fetchval("SELECT status FROM orders") != "PROCESSING":
        await asyncio.sleep(0.02)
    start("worker")
    await asyncio.sleep(1.5)  # lease and visibility have been extended at least once
    doomed.process.kill()
    assert await processed(http, api.url, order_id, 7) < 2 + 5
    assert await db.fetchval("SELECT count(*) FROM order_effects") == 1


async def test_requests_in_flight_are_answered_on_a_stop(
    start: Callable[..., Any], http: aiohttp.ClientSession, db: Any
) -> None:
    api = start("api", RELAY_ENABLED="false", DB_TIMEOUT="10")
    await post(http, api.url)
    async with db.transaction():
        await db.execute("LOCK TABLE outbox")
        waiting = [asyncio.create_task(post(http, api.url)) for _ in range(10)]
        await asyncio.sleep(0.3)
        api.process.signal(signal.SIGTERM)
        await asyncio.sleep(0.5)
        assert not any(task.done() for task in waiting)
    assert {answer[0] for answer in await asyncio.gather(*waiting)} == {202}
    assert await asyncio.to_thread(api.process.popen.wait, 10) == 0
    assert await db.fetchval("SELECT count(*) FROM outbox") == 11


async def test_a_process_that_cannot_listen_says_so(start: Callable[..., Any], environment: Any) -> None:
    api = start("api", RELAY_ENABLED="false")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "orders.cli", "api", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment, "PORT": str(api.port)},
    )  # fmt: skip
    _, said = await process.communicate()
    assert process.returncode == 3
    assert b"orders: can't start: " in said
    assert b"hint: check HOST, PORT" in said
    assert b"Traceback" not in said


async def test_the_health_command_tells_up_from_down(start: Callable[..., Any], environment: Any) -> None:
    worker = start("worker")
    port = worker.management_url.rpartition(":")[2]

    async def health() -> int | None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "orders.cli", "health", stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL, env={**os.environ, **environment, "MANAGEMENT_PORT": port},
        )  # fmt: skip
        return await process.wait()

    assert await health() == 0
    worker.process.kill()
    assert await health() == 1
