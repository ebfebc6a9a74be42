"""A client may send its next requests before its last answer; however many, the server holds few of them."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

GET = b"GET /actuator/health HTTP/1.1\r\nHost: x\r\n\r\n"
ORDER = b'{"customerId":"c","amount":1}'
POST = (
    b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n" % len(ORDER) + ORDER
)  # fmt: skip


@pytest.fixture
def api(start: Callable[..., Any]) -> Iterator[Any]:
    service = start("api", RELAY_ENABLED="false")
    yield service
    assert '"status":5' not in service.log.read_text()
    assert "Traceback" not in service.log.read_text()


async def pipeline(api: Any, data: bytes, seconds: float) -> int:
    """Send `data` without end and read what comes; how many answers came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    answers = 0

    async def read() -> None:
        nonlocal answers
        while chunk := await reader.read(1 << 20):
            answers += chunk.count(b"HTTP/1.1 2")

    reading = asyncio.create_task(read())
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline:
            writer.write(data)
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + 1):
                await writer.drain()
    except TimeoutError:
        pass
    finally:
        writer.transport.abort()
        await asyncio.gather(reading, return_exceptions=True)
    return answers


@pytest.mark.parametrize("request_", [GET, POST], ids=["without a body", "with a body"])
async def test_a_client_that_pipelines_without_end_grows_nothing(api: Any, db: Any, request_: bytes) -> None:
    process = psutil.Process(api.process.pid)
    await pipeline(api, request_ * 100, 0.5)
    before = process.memory_info().rss
    clients = [asyncio.create_task(pipeline(api, request_ * 5000, 3)) for _ in range(8)]
    most = 0
    while not all(client.done() for client in clients):
        most = max(most, process.memory_info().rss - before)
        await asyncio.sleep(0.05)
    assert min(await asyncio.gather(*clients)) > 10
    assert most < 20_000_000


async def test_every_one_of_many_requests_is_answered_in_its_place(api: Any, db: Any) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    kinds = [(GET, b"200"), (POST, b"202"), (GET.replace(b"/health", b"/none"), b"404")]
    asked = [kinds[i * 7 % 3] for i in range(3000)]
    writer.write(b"".join(data for data, _ in asked))
    got = b""
    async with asyncio.timeout(20):
        while got.count(b"HTTP/1.1 ") < len(asked):
            got += await reader.read(1 << 20)
    writer.close()
    assert [part[:3] for part in got.split(b"HTTP/1.1 ")[1:]] == [status for _, status in asked]
    assert await db.fetchval("SELECT count(*) FROM orders") == sum(status == b"202" for _, status in asked)


async def test_a_request_that_waits_for_those_before_it_is_not_too_slow(api: Any, db: Any) -> None:
    """Half of it arrived with many others; the other half comes after they have been answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    writer.write(POST * 500 + POST[:90])
    got = b""
    async with asyncio.timeout(20):
        while got.count(b"HTTP/1.1 202") < 500:
            got += await reader.read(1 << 20)
        await asyncio.sleep(0.2)
        writer.write(POST[90:])
        got = await reader.read(1 << 20)
    writer.close()
    assert got.startswith(b"HTTP/1.1 202")


@pytest.mark.slow
async def test_half_a_request_after_many_others_still_has_to_arrive_in_time(api: Any, db: Any) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    writer.write(POST * 50 + POST[:90])
    got = b""
    async with asyncio.timeout(14):
        while chunk := await reader.read(1 << 20):
            got += chunk
    writer.close()
    assert got.count(b"HTTP/1.1 202") == 50
    assert got.count(b"HTTP/1.1 408") == 1
