"""Clients that never stop: they post orders, some under an idempotency key, and retry what got no answer."""

import asyncio
import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import aiohttp

from tests.faults.ledger import Asked, Ledger

_KEYED = 0.5
_AT_ONCE = 0.1
_MISUSED = 0.05
_OTHER_AMOUNT = "1000000.00"  # more than any order of the campaign
_TIMEOUT = aiohttp.ClientTimeout(total=4.0)
_GONE = (aiohttp.ClientError, TimeoutError, OSError)


class Clients:
    """`count` closed loops with pauses. A burst drops the pauses, so that a fault meets requests in flight."""

    def __init__(
        self, urls: Sequence[str], ledger: Ledger, chance: random.Random, *, count: int, pause: float
    ) -> None:
        self._urls = urls
        self._ledger = ledger
        self._chance = chance
        self._pause = pause
        self._stopping = False
        self._bursting = asyncio.Event()
        self._count = count
        self._tasks: list[asyncio.Task[None]] = []
        self._run = uuid.UUID(int=chance.getrandbits(128)).hex[:8]

    async def start(self) -> None:
        """Begin to post."""
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT)
        self._tasks = [asyncio.create_task(self._loop()) for _ in range(self._count)]

    async def burst(self, at_least: int, timeout: float = 3.0) -> None:
        """Post without pauses until `at_least` requests are unanswered; ends with `calm()`."""
        self._bursting.set()
        deadline = asyncio.get_running_loop().time() + timeout
        await asyncio.sleep(self._chance.uniform(0.01, 0.15))
        while self._ledger.in_flight < at_least and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0)

    def calm(self) -> None:
        """Go back to posting with pauses."""
        self._bursting.clear()

    async def finish(self, timeout: float = 30.0) -> None:
        """Stop asking for new orders; what waits under a key is retried until answered, or `timeout` is over."""
        self._stopping = True
        await asyncio.wait(self._tasks, timeout=timeout)

    async def close(self) -> None:
        """Stop now."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    async def _loop(self) -> None:
        while not self._stopping:
            asked = self._next()
            if asked.key is None:
                await self._post(asked)
            else:
                await self._insist(asked)
            await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._pause * self._chance.uniform(0.5, 1.5)):
                await self._bursting.wait()
        except TimeoutError:
            return

    def _next(self) -> Asked:
        number = len(self._ledger.asked)
        key = f"{self._run}-{number}" if self._chance.random() < _KEYED else None
        amount = f"{self._chance.randint(1, 999_999) / 100:.2f}"
        asked = Asked(f"customer-{self._run}-{number}", amount, key)
        self._ledger.asked.append(asked)
        return asked

    async def _insist(self, asked: Asked) -> None:
        """Under a key: again with the same key until there is a 202; now and then twice at the same time."""
        while not asked.accepted:
            times = 2 if self._chance.random() < _AT_ONCE else 1
            await asyncio.gather(*(self._post(asked) for _ in range(times)))
            if not asked.accepted:
                await asyncio.sleep(self._chance.uniform(0.05, 0.3))
        if self._chance.random() < _MISUSED:
            await self._misuse(asked)

    async def _misuse(self, asked: Asked) -> None:
        """The key of one order with the body of another: refused, however often and wherever it is tried."""
        status, answer = await self._send(replace(asked, amount=_OTHER_AMOUNT))
        if status not in (None, 422, 503):
            self._ledger.wrong.append(f"{asked.customer}: a used key with another amount: {status} {answer}")

    async def _post(self, asked: Asked) -> None:
        status, answer = await self._send(asked)
        asked.answers.append(status)
        if status == 202:
            asked.order_ids.add(answer["orderId"])
        elif status not in (None, 503):
            self._ledger.wrong.append(f"{asked.customer}: {status} {answer}")

    async def _send(self, asked: Asked) -> tuple[int | None, Any]:
        """One request to either API; None if there was no answer."""
        headers = {"Content-Type": "application/json"}
        if asked.key:
            headers["Idempotency-Key"] = asked.key
        body = f'{{"customerId":"{asked.customer}","amount":{asked.amount}}}'
        url = self._chance.choice(self._urls)
        self._ledger.in_flight += 1
        try:
            async with self._session.post(url, data=body, headers=headers) as response:
                return response.status, await response.json(content_type=None)
        except _GONE:
            return None, None
        finally:
            self._ledger.in_flight -= 1
