"""Group commit: orders that arrive together are stored in one transaction.

Two connections take turns. While one commits, what arrives gathers for the other, so batches grow with the
load by themselves, and a lone order goes straight through. Nobody waits for company.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from orders import metrics, store
from orders.database import REFUSED, Connection, Unavailable, connect, unavailable
from orders.logs import Log
from orders.records import Request, Stored
from orders.settings import Settings

LANES = 2
MAX_BATCH = 256
PAUSES = (0.05, 0.1, 0.2, 0.4)  # seconds between attempts to connect; the last one repeats


@dataclass(slots=True, eq=False)
class _Waiting:
    request: Request
    answer: asyncio.Future[Stored]
    deadline: float


class Intake:
    """Takes orders for storing. `committed` is called after each transaction."""

    def __init__(self, settings: Settings, log: Log, committed: Callable[[], None]) -> None:
        self._settings = settings
        self._log = log
        self._committed = committed
        self._waiting: deque[_Waiting] = deque()
        self._unanswered: deque[_Waiting] = deque()
        self._idle: list[asyncio.Future[None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._connected = 0
        self._broken_since: float | None = None  # no lane could connect since then
        self._reason = ""  # of the last attempt to connect

    async def add(self, request: Request) -> Stored:
        """Store an order and its event. Raises Unavailable within DB_TIMEOUT seconds.

        An order that was given up may still be committed, whole; its key finds it again.
        """
        loop = asyncio.get_running_loop()
        now, timeout = loop.time(), self._settings.db_timeout
        if self._broken_since is not None and now - self._broken_since > timeout:
            raise Unavailable(self._reason)
        if len(self._waiting) >= self._settings.max_waiting:
            raise Unavailable(f"{len(self._waiting)} orders already wait for the database")
        waiting = _Waiting(request, loop.create_future(), now + timeout)
        self._waiting.append(waiting)
        while self._unanswered and self._unanswered[0].answer.done():
            self._unanswered.popleft()
        self._unanswered.append(waiting)
        if self._timer is None:
            self._timer = loop.call_at(waiting.deadline, self._expire)
        if self._idle:
            self._wake()
        return await waiting.answer

    async def run(self) -> None:
        """Store what is added, until cancelled."""
        async with asyncio.TaskGroup() as lanes:
            for _ in range(LANES):
                lanes.create_task(self._lane())

    async def _lane(self) -> None:
        losses = 0  # in a row
        while True:
            connection = await self._connect()
            self._connected += 1
            try:
                while not connection.is_closed():
                    if self._waiting:
                        await self._store(connection, self._take())
                        losses = 0
                    else:
                        await self._until_needed()
            except Unavailable as error:
                self._log.warning("connection lost", part="intake", reason=str(error))
                losses += 1
            finally:
                self._connected -= 1
                connection.terminate()
            if losses > 1:  # it takes connections and no orders: a standby, for one
                await asyncio.sleep(PAUSES[min(losses, len(PAUSES)) - 1])

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        for pause in itertools.chain(PAUSES, itertools.repeat(PAUSES[-1])):
            try:
                connection = await connect(self._settings, self._settings.db_timeout)
                break
            except Unavailable as error:
                self._reason = str(error)
                if self._connected == 0 and self._broken_since is None:
                    self._broken_since = loop.time()
                    self._log.warning("database away", reason=str(error))
                await asyncio.sleep(pause)
        if self._broken_since is not None:
            self._log.info("database back", seconds=round(loop.time() - self._broken_since, 1))
        self._broken_since = None
        return connection

    def _take(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < MAX_BATCH:
            waiting = self._waiting.popleft()
            if not waiting.answer.done():
                batch.append(waiting)
        return batch

    async def _store(self, connection: Connection, batch: list[_Waiting]) -> None:
        if not batch:
            return
        try:
            async with unavailable(self._settings.db_timeout):
                answers = await store.insert(connection, [waiting.request for waiting in batch])
        except Unavailable:
            # Whether it was committed is unknown. The ids are ours: storing them again can't double them.
            self._waiting.extendleft(reversed(batch))
            raise
        except REFUSED as error:
            await self._one_by_one(connection, batch, error)
            return
        for waiting, answer in zip(batch, answers, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(answer)
        metrics.COMMIT_SIZE.observe(len(batch))
        metrics.CREATED.inc(len({answer.id for answer in answers} & {w.request.id for w in batch}))
        self._committed()

    async def _one_by_one(self, connection: Connection, batch: list[_Waiting], error: Exception) -> None:
        """The database refused a batch: find the order it can't take, so that the others are stored."""
        if len(batch) > 1:
            for i, waiting in enumerate(batch):
                try:
                    await self._store(connection, [waiting])
                except Unavailable:
                    self._waiting.extendleft(reversed(batch[i + 1 :]))
                    raise
        elif not batch[0].answer.done():
            batch[0].answer.set_exception(error)

    async def _until_needed(self) -> None:
        idle = asyncio.get_running_loop().create_future()
        self._idle.append(idle)
        try:
            await idle
        finally:
            with contextlib.suppress(ValueError):
                self._idle.remove(idle)

    def _wake(self) -> None:
        idle = self._idle.pop()
        if not idle.done():
            idle.set_result(None)

    def _expire(self) -> None:
        """Give up on whoever has waited too long. One timer serves all: deadlines are in order."""
        loop = asyncio.get_running_loop()
        now, self._timer = loop.time(), None
        while self._unanswered:
            first = self._unanswered[0]
            if not first.answer.done() and first.deadline > now:
                self._timer = loop.call_at(first.deadline, self._expire)
                return
            self._unanswered.popleft()
            if not first.answer.done():
                first.answer.set_exception(Unavailable("the database did not answer in time"))
