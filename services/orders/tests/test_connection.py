"""Connections: what a client may send beside a body, ask for, and leave unread."""

import asyncio
import json
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

MB = 1024 * 1024
ORDER = b'{"customerId":"c","amount":1}'
POST = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(ORDER)
GET = b"GET /actuator/health HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def api(start: Callable[..., Any]) -> Iterator[Any]:
    service = start("api", RELAY_ENABLED="false")
    yield service
    assert '"status":5' not in service.log.read_text()
    assert "Traceback" not in service.log.read_text()


class Client:
    """One connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, api: Any) -> "Client":
        return cls(*await asyncio.open_connection("127.0.0.1", api.port))

    async def send(self, *parts: bytes) -> None:
        """Send; a server that has closed is no error here."""
        try:
            for part in parts:
                self.writer.write(part)
                await self.writer.drain()
        except ConnectionError:
            pass

    async def statuses(self, quiet: float = 0.5) -> list[int]:
        """The status of every answer until the server closes or is quiet."""
        got = b""
        try:
            while chunk := await asyncio.wait_for(self.reader.read(65536), 3 if not got else quiet):
                got += chunk
        except (TimeoutError, ConnectionError):
            pass
        return [int(part[:3]) for part in got.split(b"HTTP/1.1 ")[1:]]

    async def closed(self, timeout: float) -> bool:
        """Whether the server closes within `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while await self.reader.read(65536):
                    pass
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        return True


# How a request begins, what is then repeated, and up to how many bytes a client tries.
ENDLESS = {
    "small headers": (GET, b"x: y\r\n" * 10_000),
    "one header's name": (GET, b"x" * 65_536),
    "one header's value": (GET + b"X: ", b"x" * 65_536),
    "the address": (b"GET /", b"x" * 65_536),
    "the method": (b"", b"\r\n" * 32_768),
    "chunk extension": (CHUNKED + b"1;", b"x" * 65_536),
    "chunk trailers": (CHUNKED + b"0\r\n", b"x: y\r\n" * 10_000),
    "an upgrade's headers": (GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n", b"x: y\r\n" * 10_000),
}


@pytest.mark.parametrize("name", ENDLESS)
async def test_what_is_no_body_is_small(api: Any, name: str) -> None:
    begin, more = ENDLESS[name]
    process = psutil.Process(api.process.pid)
    before = process.memory_info().rss
    polite = await Client.open(api)
    await polite.send(begin + more * 2)
    assert await polite.statuses() == [431]
    flood = await Client.open(api)
    await flood.send(begin, *[more] * 500)
    assert await flood.closed(2)
    assert process.memory_info().rss - before < 4 * MB


async def test_heads_within_the_limit_are_taken_however_they_come(api: Any) -> None:
    head = POST + LENGTH + b"X: " + b"x" * 60_000 + b"\r\n\r\n"
    client = await Client.open(api)
    for _ in range(3):
        await client.send(head[:30_000])
        await asyncio.sleep(0.02)
        await client.send(head[30_000:] + ORDER)
        assert await client.statuses() == [202]
    await client.send((GET + b"\r\n") * 2_000)
    assert await client.statuses() == [200] * 2_000


async def test_bodies_do_not_count(api: Any) -> None:
    chunk = b"400\r\n" + b" " * 1024 + b"\r\n"
    client = await Client.open(api)
    await client.send(CHUNKED + b"1d\r\n" + ORDER + b"\r\n" + chunk * 60 + b"0\r\n\r\n")
    await client.send(CHUNKED + chunk * 2_000 + b"0\r\n\r\n")
    assert await client.statuses() == [202, 413]


UPGRADE = b"Connection: keep-alive, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"


async def test_a_wish_for_another_protocol_is_ignored(api: Any, db: Any) -> None:
    client = await Client.open(api)
    upgrade = POST + UPGRADE + LENGTH + b"\r\n" + ORDER
    await client.send(upgrade)
    assert await client.statuses() == [202]
    await client.send(upgrade * 3 + GET + UPGRADE + b"\r\n" + GET + b"\r\n")
    assert await client.statuses() == [202, 202, 202, 200, 200]
    for i in range(len(upgrade)):
        await client.send(upgrade[i : i + 1])
        await asyncio.sleep(0)
    assert await client.statuses() == [202]
    chunked = CHUNKED[:-2] + UPGRADE + b"\r\n1d\r\n" + ORDER + b"\r\n0\r\n\r\n"
    await client.send(chunked + chunked)
    assert await client.statuses() == [202, 202]
    assert await db.fetchval("SELECT count(*) FROM orders") == 7


async def test_a_body_behind_an_upgrade_is_never_a_request(api: Any, db: Any) -> None:
    client = await Client.open(api)
    inner = POST + LENGTH + b"\r\n" + ORDER
    await client.send(POST + UPGRADE + b"Content-Length: %d\r\n\r\n" % len(inner) + inner)
    assert await client.statuses() == [400]
    assert await db.fetchval("SELECT count(*) FROM orders") == 0


async def test_a_tunnel_is_refused(api: Any) -> None:
    client = await Client.open(api)
    await client.send(b"CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n")
    assert await client.statuses() == [400]


async def test_one_host_is_required(api: Any) -> None:
    for head, expected in (
        (b"GET /actuator/health HTTP/1.1\r\n\r\n", 400),
        (b"GET /actuator/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /actuator/health HTTP/1.0\r\n\r\n", 200),
    ):
        client = await Client.open(api)
        await client.send(head)
        assert await client.statuses() == [expected]


@pytest.mark.slow
async def test_a_slow_second_request_is_told_so(api: Any) -> None:
    client = await Client.open(api)
    await client.send(GET + b"\r\n")
    assert await client.statuses() == [200]
    await client.send(b"GET /actuator")
    await asyncio.sleep(8)
    assert await client.statuses(quiet=4) == [408]


async def test_what_is_not_http_behind_an_answered_request_is_a_400(api: Any) -> None:
    client = await Client.open(api)
    await client.send(GET + b"\r\n")
    assert await client.statuses() == [200]
    await client.send(b"\x16\x03\x01\r\n\r\n")
    assert await client.statuses() == [400]


@pytest.mark.slow
async def test_a_client_that_never_reads_is_given_up_and_holds_up_no_stop(api: Any) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", api.port, limit=1)
    writer.transport.pause_reading()
    asked = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 2_000
    writer.write(asked)
    await asyncio.sleep(1)
    started = time.monotonic()
    api.process.signal(signal.SIGTERM)
    code = await asyncio.to_thread(api.process.wait, 25)
    assert code == 0
    assert time.monotonic() - started < 12
    assert all(json.loads(line)["level"] == "info" for line in api.log.read_text().splitlines())
    writer.close()
