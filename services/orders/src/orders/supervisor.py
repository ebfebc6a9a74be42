"""Several API processes on one port: a parent starts them, replaces one that dies, and runs what is needed once.

The parent holds the port without listening, serves the management port with everybody's metrics, and runs
the relay. Each member listens for itself (SO_REUSEPORT), and stops when the parent is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile

from orders.logs import Log
from orders.settings import Settings

PAUSE = 0.5  # seconds before a member that died is replaced


def run_api(settings: Settings) -> int:
    """`orders api` in several processes."""
    directory = tempfile.mkdtemp(prefix="orders-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory  # read when the metrics are first imported
    from orders import app

    try:
        return app.run_process(settings, "api", supervise)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


async def supervise(settings: Settings, log: Log, stop: asyncio.Event) -> int:
    """Run the members until `stop`. The exit code."""
    from orders import app
    from orders.management import management
    from orders.relay import Relay
    from orders.server import reserve

    held = reserve(settings.host, settings.port, shared=True)
    port = held.getsockname()[1]
    async with app.base(settings, "api", log, 1) as b:
        web = management(settings, "api", log)
        parts = [app.listening(settings, web, settings.management_port, "management", log)]
        if settings.relay_enabled:
            parts.append(Relay(settings, b.queue, log).run)
        parts += [_Member(port, log).run for _ in range(settings.processes)]
        try:
            return await app.run(log, stop, parts)
        finally:
            held.close()


class _Member:
    """One API process, started again whenever it dies."""

    def __init__(self, port: int, log: Log) -> None:
        self._port = port
        self._log = log

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the process running until `stop`, then let it drain."""
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "orders.cli", "api", "--member",
                stdin=asyncio.subprocess.PIPE, env={**os.environ, "PORT": str(self._port)},
            )  # fmt: skip
            ended = asyncio.create_task(process.wait())
            await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                await ended
            else:
                self._log.error("api process died", member=process.pid, code=process.returncode)
                _forget_gauges(process.pid)
                await asyncio.sleep(PAUSE)


def _forget_gauges(pid: int) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
