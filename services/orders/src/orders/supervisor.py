"""Several API processes on one port: a parent starts them, replaces one that dies, and runs what is needed once.

The parent holds the port without listening, serves the management port with everybody's metrics, and runs
the relay. Each member listens for itself (SO_REUSEPORT), and stops when the parent is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
from pathlib import Path

from orders.logs import Log
from orders.settings import Settings

PREFIX = "orders-metrics-"
PAUSE = 0.5  # seconds before a member that died is replaced


def run_api(settings: Settings) -> int:
    """`orders api` in several processes."""
    remove_stale()
    directory, held = metrics_directory()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory  # read when the metrics are first imported
    from orders import app

    try:
        return app.run_process(settings, "api", lambda s, log, stop: supervise(s, log, stop, held))
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        os.close(held)


def metrics_directory() -> tuple[str, int]:
    """A new directory for everybody's metrics, and a descriptor that locks it for as long as any process has it.

    The lock says whether the owner lives; a process id would not, with containers that share the directory.
    """
    while True:
        directory = tempfile.mkdtemp(prefix=PREFIX)
        try:
            held = os.open(directory, os.O_RDONLY)
        except FileNotFoundError:  # taken for a stale one before it could be locked
            continue
        fcntl.flock(held, fcntl.LOCK_SH)
        if Path(directory).exists():
            return directory, held
        os.close(held)


def remove_stale() -> None:
    """Remove the directories of parents that were killed, once their members are gone too."""
    for directory in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            held = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:  # another user's, or removed meanwhile
            continue
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(directory, ignore_errors=True)
        os.close(held)


async def supervise(settings: Settings, log: Log, stop: asyncio.Event, lock: int) -> int:
    """Run the members until `stop`; each gets `lock` too. The exit code."""
    from orders import app
    from orders.management import management
    from orders.server import reserve

    held = reserve(settings.host, settings.port, shared=True)
    port = held.getsockname()[1]
    async with app.base(settings, "api", log, 1) as b:
        web = management(settings, "api", log)
        parts = [app.listening(settings, web, settings.management_port, "management", log)]
        if settings.relay_enabled:
            parts += app.relaying(b)
        parts += [_Member(port, log, lock).run for _ in range(settings.processes)]
        try:
            return await app.run(log, stop, parts)
        finally:
            held.close()


class _Member:
    """One API process, started again whenever it dies."""

    def __init__(self, port: int, log: Log, lock: int) -> None:
        self._port = port
        self._lock = lock
        self._log = log

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the process running until `stop`, then let it drain."""
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "orders.cli", "api", "--member",
                stdin=asyncio.subprocess.PIPE, env={**os.environ, "PORT": str(self._port)},
                pass_fds=(self._lock,),
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
