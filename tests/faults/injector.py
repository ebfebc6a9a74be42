"""The faults: what goes wrong, at random moments, while requests are in flight."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from tests.faults.clients import Clients
from tests.faults.fleet import Fleet
from tests.faults.ledger import Ledger
from tests.support.postgres import Postgres, StopMode
from tests.support.queue import QueueStandIn

_QUEUE_KINDS = ("refuse", "hang", "error", "lost", "duplicate", "late")
KINDS = (
    "kill_api", "kill_relay", "kill_worker", "freeze_worker", "postgres_fast", "postgres_immediate",
    *(f"queue_{kind}" for kind in _QUEUE_KINDS),
)  # fmt: skip
_IN_FLIGHT = 3


class Injector:
    """Brings about one fault at a time; `by_kind` counts those that met unanswered requests."""

    def __init__(
        self, fleet: Fleet, database: Postgres, queue: QueueStandIn, clients: Clients, ledger: Ledger,
        chance: random.Random, *, visibility: float,
    ) -> None:  # fmt: skip
        self._fleet = fleet
        self._database = database
        self._queue = queue
        self._clients = clients
        self._ledger = ledger
        self._chance = chance
        self._visibility = visibility
        self.by_kind: Counter[str] = Counter(dict.fromkeys(KINDS, 0))

    def schedule(self, count: int) -> list[str]:
        """`count` kinds in random order, each as often as the others (give or take one)."""
        kinds = [KINDS[number % len(KINDS)] for number in range(count)]
        self._chance.shuffle(kinds)
        return kinds

    def pause(self) -> float:
        """Seconds of peace before the next fault."""
        return self._chance.uniform(0.1, 0.8)

    async def cause(self, kind: str) -> bool:
        """One fault, from a burst of requests to the moment it is over; whether it met unanswered requests."""
        await self._clients.burst(_IN_FLIGHT)
        met = self._ledger.in_flight
        try:
            happened = await self._causes(kind)()
        finally:
            self._clients.calm()
        counted = happened and met > 0
        self.by_kind[kind] += counted
        return counted

    def _causes(self, kind: str) -> Callable[[], Awaitable[bool]]:
        family, _, rest = kind.partition("_")
        if family == "kill":
            return lambda: self._kill(rest)
        if family == "freeze":
            return self._freeze
        if family == "postgres":
            return lambda: self._restart_database("fast" if rest == "fast" else "immediate")
        return lambda: self._break_queue(rest)

    async def _kill(self, command: str) -> bool:
        service = self._chance.choice(self._fleet.of(command))
        # An API of several processes loses now one of them, now the parent that holds the port and the relay.
        if command == "api" and service.arguments and self._chance.random() < 0.5:
            return self._fleet.kill_member(service, self._chance)
        return self._fleet.kill(service)

    async def _freeze(self) -> bool:
        """Longer than the lease: another worker takes over, then the first wakes with work it thinks is its."""
        worker = self._chance.choice(self._fleet.of("worker"))
        if not self._fleet.freeze(worker):
            return False
        try:
            self._clients.calm()
            await asyncio.sleep(self._visibility * self._chance.uniform(1.1, 1.6))
        finally:
            self._fleet.thaw(worker)
        return True

    async def _restart_database(self, mode: StopMode) -> bool:
        await asyncio.to_thread(self._database.stop, mode)
        self._clients.calm()
        try:
            await asyncio.sleep(self._chance.uniform(0.1, 3.0))
            return True
        finally:
            await asyncio.to_thread(self._database.start)

    async def _break_queue(self, kind: str) -> bool:
        before = self._queue.state()["met"].get(kind, 0)
        seconds = self._chance.uniform(0.8, 2.5)
        delay = self._chance.uniform(0.5, self._visibility * 2)
        self._queue.fault(kind, seconds, delay=delay)
        await asyncio.sleep(0.3)
        self._clients.calm()
        await asyncio.sleep(seconds - 0.3)
        # A closed port counts nothing: that it refuses is the stand-in's own test.
        return kind == "refuse" or self._queue.state()["met"].get(kind, 0) > before
