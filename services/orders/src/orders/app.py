"""Wiring: which parts a process runs, what each is given, and how all of them start and stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass

import uvloop

from orders import database, logs
from orders.api import Api
from orders.intake import Intake
from orders.logs import Log
from orders.management import management
from orders.overdue import Overdue
from orders.processor import SimulatedProcessor
from orders.queue import Queue, open_session
from orders.relay import Relay
from orders.server import listen, server
from orders.settings import Settings
from orders.store import Store
from orders.tracing import Tracer, tracer
from orders.wakeup import Notifier
from orders.web import Web
from orders.worker import Worker

READ_CONNECTIONS = 4
LAST_SECONDS = 7.0  # after DRAIN_SECONDS; 28 s in all by default, and a container gets 30

Part = Callable[[asyncio.Event], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Base:
    """What every process has."""

    settings: Settings
    log: Log
    tracer: Tracer
    store: Store
    queue: Queue


@contextlib.asynccontextmanager
async def base(settings: Settings, part: str, log: Log, connections: int) -> AsyncIterator[Base]:
    """The shared objects, closed at the end. Nothing is connected yet, so nothing has to be up."""
    pool = await database.pool(settings, connections)
    http = open_session()
    tracing = tracer(settings, f"orders-{part}")
    try:
        yield Base(settings, log, tracing, Store(pool, settings.db_timeout), Queue(settings, http, log))
    finally:
        tracing.close()
        await http.close()
        pool.terminate()


async def run(log: Log, stop: asyncio.Event, parts: Iterable[Part], helpers: Iterable[Part] = ()) -> int:
    """Run `parts` until `stop` or until one ends, let them drain, then end the `helpers`. The exit code."""
    main = [asyncio.ensure_future(part(stop)) for part in parts]
    others = [asyncio.ensure_future(helper(stop)) for helper in helpers]
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({*main, *others, stopping}, return_when=asyncio.FIRST_COMPLETED)
    # A part that ends as soon as it is told to may be done before this task hears of the stop itself.
    told = stop.is_set()
    early = [task for task in (*main, *others) if task.done() and not (told and _well(task))]
    stop.set()
    await asyncio.wait(main)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for task in early:
        error = None if task.cancelled() else task.exception()
        log.error("a part ended by itself", reason=repr(error) if error else "no reason given")
    log.info("stopped")
    log.flush()
    return 1 if early else 0


def listening(settings: Settings, app: Web, port: int, name: str, log: Log, *, shared: bool = False) -> Part:
    """A part that serves `app` on `port`."""
    listener = listen(settings.host, port, shared=shared)
    log.info("listening", name=name, host=settings.host, port=listener.getsockname()[1])
    return lambda stop: server(app, settings.drain_seconds).run_until(stop, listener)


def relaying(b: Base) -> list[Part]:
    """What brings orders to the queue: their events, and those that no event will bring there."""
    return [Relay(b.settings, b.queue, b.log).run, Overdue(b.settings, b.store, b.log).run]


async def api(settings: Settings, log: Log, stop: asyncio.Event, *, member: bool) -> int:
    """An API process; as a `member` of several it has neither relay nor management port."""
    async with base(settings, "api", log, READ_CONNECTIONS) as b:
        notifier = Notifier(settings)
        intake = Intake(settings, log, notifier.poke)
        probes = {"database": b.store.ping, "queue": b.queue.ping}
        routes = Api(settings, b.store, intake, notifier.poke, probes, b.tracer).routes()
        parts = [listening(settings, Web(routes, log), settings.port, "api", log, shared=member)]
        if not member:
            parts.append(listening(settings, management(settings, "api", log), settings.management_port,
                                   "management", log))  # fmt: skip
            if settings.relay_enabled:
                parts += relaying(b)
        return await run(log, stop, parts, [lambda _: intake.run(), lambda _: notifier.run()])


async def relay(settings: Settings, log: Log, stop: asyncio.Event) -> int:
    """A relay process."""
    async with base(settings, "relay", log, 1) as b:
        app = management(settings, "relay", log)
        serve = listening(settings, app, settings.management_port, "management", log)
        return await run(log, stop, [serve, *relaying(b)])


async def worker(settings: Settings, log: Log, stop: asyncio.Event) -> int:
    """A worker process."""
    async with base(settings, "worker", log, max(2, min(settings.worker_concurrency, 10))) as b:
        app = management(settings, "worker", log)
        serve = listening(settings, app, settings.management_port, "management", log)
        work = Worker(settings, b.store, b.queue, SimulatedProcessor(settings), b.tracer, log)
        return await run(log, stop, [serve, work.run])


Main = Callable[[Settings, Log, asyncio.Event], Awaitable[int]]


def run_process(settings: Settings, part: str, main: Main) -> int:
    """Run one process's event loop until SIGTERM or SIGINT; the exit code."""
    log = logs.start(settings.log_level, part=part, pid=os.getpid())

    # What is imported lives as long as the process: looking through it again for garbage was a seventh of
    # the cost of `POST /orders`. What is left is small, so the older generations may be looked through often:
    # garbage that waits there for long is memory (2 to 3 MB at 64 connections).
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 5, 5)

    async def guarded() -> int:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        limit = asyncio.create_task(_limit(stop, settings, log))
        try:
            return await main(settings, log, stop)
        finally:
            limit.cancel()

    try:
        return uvloop.run(guarded())
    except OSError as error:
        log.error("can't start", reason=str(error))
        print(f"orders: can't start: {error}\n\nhint: check HOST, PORT and MANAGEMENT_PORT", file=sys.stderr)
        return 3
    finally:
        log.flush()


async def _limit(stop: asyncio.Event, settings: Settings, log: Log) -> None:
    """A stop that hangs must not outlast the container's patience: everything held is safe to drop."""
    await stop.wait()
    await asyncio.sleep(settings.drain_seconds + LAST_SECONDS)
    log.error("did not stop in time, ends now")
    log.flush()
    os._exit(1)


def run_api(settings: Settings) -> int:
    """`orders api` in one process."""
    return run_process(settings, "api", lambda s, log, stop: api(s, log, stop, member=False))


def run_member(settings: Settings) -> int:
    """One of several API processes; its parent holds the other end of standard input."""

    async def main(settings: Settings, log: Log, stop: asyncio.Event) -> int:
        asyncio.get_running_loop().add_reader(0, stop.set)
        return await api(settings, log, stop, member=True)

    return run_process(settings, "api", main)


def run_relay(settings: Settings) -> int:
    """`orders relay`."""
    return run_process(settings, "relay", relay)


def run_worker(settings: Settings) -> int:
    """`orders worker`."""
    return run_process(settings, "worker", worker)


def _well(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is None
