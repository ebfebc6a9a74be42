"""Input that means harm: never a 5xx, never a hang, never growth."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

HEAD = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
GOOD = b'{"customerId":"c","amount":1}'


@pytest.fixture
def api(start: Callable[..., Any]) -> Iterator[Any]:
    service = start("api", RELAY_ENABLED="false")
    yield service
    assert service.process.alive
    assert '"status":5' not in service.log.read_text()


async def talk(api: Any, data: bytes, *, timeout: float = 5.0) -> bytes:
    """Send raw bytes and return everything that comes back until the server closes or goes quiet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    try:
        writer.write(data)
        got = b""
        try:
            while chunk := await asyncio.wait_for(reader.read(65536), 0.5 if got else timeout):
                got += chunk
        except (TimeoutError, ConnectionError):
            pass
        return got
    finally:
        writer.close()


def with_length(body: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


def statuses(answer: bytes) -> list[int]:
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


BODIES = {
    "nothing": b"",
    "deep array": b"[" * 60_000,
    "deep object": b'{"a":' * 12_000,
    "deep in a field": b'{"customerId":' + b"[" * 60_000,
    "deep in an unknown field": b'{"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "NaN": b'{"customerId":"c","amount":NaN}',
    "infinity": b'{"customerId":"c","amount":1e999999999}',
    "tiny": b'{"customerId":"c","amount":1e-999999999}',
    "exponent beyond decimal": b'{"customerId":"c","amount":1e99999999999999999999}',
    "many digits": b'{"customerId":"c","amount":' + b"9" * 60_000 + b"}",
    "many places": b'{"customerId":"c","amount":0.' + b"0" * 60_000 + b"1}",
    "broken UTF-8": b'{"customerId":"\xff\xfe","amount":1}',
    "broken UTF-8 in a name": b'{"\xff":1}',
    "lone surrogate": b'{"customerId":"\\ud800","amount":1}',
    "NUL": b'{"customerId":"a\\u0000b","amount":1}',
    "many fields": b"{" + b",".join(b'"k%d":1' % i for i in range(6000)) + b"}",
    "SQL": b'{"customerId":"\'; DROP TABLE orders; --","amount":"1; DROP TABLE orders"}',
    "trailing": GOOD + b"{}",
    "UTF-16": GOOD.decode().encode("utf-16"),
}


async def test_a_hostile_body_is_a_400_that_names_a_field(api: Any, db: Any) -> None:
    for name, body in BODIES.items():
        started = time.monotonic()
        answer = await talk(api, with_length(body))
        assert time.monotonic() - started < 3, name
        assert statuses(answer) == [400], name
        assert b"application/problem+json" in answer, name
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["errors"], name
        assert len(answer) < 10_000, name
    assert await db.fetchval("SELECT count(*) FROM orders") == 0


async def test_odd_but_valid_bodies_are_taken(api: Any, db: Any) -> None:
    odd = [
        b' \n{"amount":1.50,"customerId":"\\u00e9\\ud83d\\ude00"} ',
        '{"customerId":"\u202e‮\u200b","amount":1E2}'.encode(),
        b'{"customerId":"\'; DROP TABLE orders; --","amount":1}',
    ]
    for body in odd:
        assert statuses(await talk(api, with_length(body))) == [202]
    assert await db.fetchval("SELECT count(*) FROM orders") == 3


SMUGGLING = {
    "length and chunked": HEAD
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 29\r\nContent-Length: 3\r\n\r\n" + GOOD,
    "list of lengths": HEAD + b"Content-Length: 29, 3\r\n\r\n" + GOOD,
    "negative length": HEAD + b"Content-Length: -1\r\n\r\n" + GOOD,
    "plus length": HEAD + b"Content-Length: +29\r\n\r\n" + GOOD,
    "huge length": HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "chunked twice": HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "odd coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "space before colon": HEAD + b"Content-Length : 29\r\n\r\n" + GOOD,
    "folded header": HEAD + b"X-A: b\r\n c: d\r\nContent-Length: 29\r\n\r\n" + GOOD,
    "bare line feeds": HEAD.replace(b"\r\n", b"\n") + b"Content-Length: 29\n\n" + GOOD,
    "bad chunk size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "NUL in a header": HEAD + b"X-Correlation-Id: a\0b\r\nContent-Length: 29\r\n\r\n" + GOOD,
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 200,
    "bad request line": b"GET\r\n\r\n",
    "raw UTF-8 path": "GET /ordérs HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
}


async def test_a_request_with_two_readings_is_refused_and_its_connection_closed(api: Any, db: Any) -> None:
    for name, request in SMUGGLING.items():
        answer = await talk(api, request)
        assert statuses(answer) == [400], name
        assert b"connection: close" in answer, name
        assert b"application/problem+json" in answer, name
    assert await db.fetchval("SELECT count(*) FROM orders") == 0


async def test_a_repeated_header_is_refused(api: Any) -> None:
    for name in ("Idempotency-Key", "Authorization", "X-Correlation-Id", "Content-Type"):
        twice = f"{name}: a\r\n{name}: b\r\n".encode() + b"Content-Length: 29\r\n\r\n" + GOOD
        answer = await talk(api, b"POST /orders HTTP/1.1\r\nHost: x\r\n" + twice)
        assert statuses(answer) == [400], name
        assert name.lower().encode() in answer, name


async def test_a_header_never_reaches_the_answer_or_the_log_unchecked(api: Any) -> None:
    given = HEAD + b'X-Correlation-Id: a"}\xff\r\nContent-Length: 29\r\n\r\n' + GOOD
    answer = await talk(api, given)
    assert statuses(answer) == [202]
    assert b"\xff" not in answer
    await asyncio.sleep(0.1)
    assert all(json.loads(line) for line in api.log.read_text().splitlines())


async def test_pipelined_requests_are_answered_in_order(api: Any) -> None:
    answer = await talk(api, with_length(GOOD) + with_length(b"{}") + with_length(GOOD))
    assert statuses(answer) == [202, 400, 202]


def _peak_bytes(pid: int) -> int:
    """The most memory that the process ever had at one time."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)[1])  # type: ignore[index]


async def test_large_bodies_are_refused_without_growth(api: Any, http: aiohttp.ClientSession) -> None:
    process = psutil.Process(api.process.pid)
    url = api.url + "/orders"
    json_headers = {"Content-Type": "application/json"}

    async def post(body: Any) -> int:
        async with http.post(url, data=body, headers=json_headers) as answer:
            assert (await answer.json(content_type=None))["errors"][0]["field"] == "body"
            return answer.status

    async def chunked() -> Any:
        for _ in range(160):
            yield b"x" * 65536

    async def round_() -> set[int]:
        bodies = [b"x" * 10_000_000] * 8 + [chunked(), chunked()]
        return set(await asyncio.gather(*(post(body) for body in bodies)))

    # The allocator keeps what it once took from the system, so growth is what later rounds add to the first.
    assert await round_() == {413}
    before = process.memory_info().rss
    for _ in range(3):
        assert await round_() == {413}
    assert process.memory_info().rss - before < 16_000_000
    assert _peak_bytes(process.pid) - before < 40_000_000  # of the 100 MB that arrive at the same time


async def test_the_limit_is_exact(api: Any) -> None:
    for size, status in ((65_536, 202), (65_537, 413)):
        body = GOOD + b" " * (size - len(GOOD))
        assert statuses(await talk(api, with_length(body))) == [status]


async def test_many_bad_requests_leave_no_memory_behind(api: Any) -> None:
    async def round_() -> None:
        for body in BODIES.values():
            await talk(api, with_length(body).replace(b"Host: x", b"Host: x\r\nConnection: close"))

    process = psutil.Process(api.process.pid)
    await asyncio.gather(*(round_() for _ in range(3)))
    before = process.memory_info().rss
    await asyncio.gather(*(round_() for _ in range(10)))
    assert process.memory_info().rss - before < 8_000_000


async def _until_closed(reader: asyncio.StreamReader) -> bytes:
    got = b""
    try:
        while chunk := await reader.read(65536):
            got += chunk
    except ConnectionError:  # we were still writing when the server closed
        pass
    return got


@pytest.mark.slow
async def test_slow_clients_are_cut_off_and_hold_up_nobody(api: Any, http: aiohttp.ClientSession) -> None:
    async def dribble(data: bytes, pause: float) -> tuple[float, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        started = time.monotonic()
        read = asyncio.create_task(_until_closed(reader))
        for i in range(len(data)):
            if read.done():
                break
            writer.write(data[i : i + 1])
            await asyncio.wait({read}, timeout=pause)
        got = await asyncio.wait_for(read, 20)
        writer.close()
        return time.monotonic() - started, got

    slow_headers = (dribble(HEAD * 5, 0.2) for _ in range(50))
    slow_bodies = (dribble(HEAD + b"Content-Length: 60000\r\n\r\n" + b" " * 60_000, 0.05) for _ in range(50))
    silent = (dribble(b"", 1) for _ in range(50))
    everybody = asyncio.gather(*slow_headers, *slow_bodies, *silent)
    slowest = 0.0
    while not everybody.done():
        started = time.monotonic()
        async with http.post(api.url + "/orders", json={"customerId": "c", "amount": 1}) as answer:
            assert answer.status == 202
        slowest = max(slowest, time.monotonic() - started)
        await asyncio.sleep(0.1)
    found = await everybody
    assert all(seconds < 13 for seconds, _ in found)
    assert {status for _, got in found for status in statuses(got)} == {408}
    assert slowest < 1


async def test_a_client_that_hangs_up_halfway_is_only_a_log_line(api: Any) -> None:
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", api.port)
        writer.write(HEAD + b"Content-Length: 1000\r\n\r\n{")
        await writer.drain()
        writer.close()
    await asyncio.sleep(0.3)
    lines = [json.loads(line) for line in api.log.read_text().splitlines()]
    assert [line["status"] for line in lines if line["event"] == "request"] == [499] * 20
