"""The API processes of the order platform for a benchmark, with what they use of CPU and memory."""

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.keeper import Keeper
from tests.support.ports import free_port
from tests.support.postgres import Postgres
from tests.support.processes import Process, family

_ORDERS = "import sys; from orders.cli import main; sys.argv[0] = 'orders'; main()"


def settings_for(database: Postgres, queue: str) -> dict[str, str]:
    """What every service needs to find its database and the address of its queue."""
    return {
        "HOST": "127.0.0.1",
        "DATABASE_URL": database.dsn,
        "QUEUE_URL": f"{queue}/000000000000/orders",
        "AWS_ENDPOINT_URL_SQS": queue,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def migrate(settings: Mapping[str, str]) -> None:
    """`orders migrate`."""
    subprocess.run(
        [sys.executable, "-c", _ORDERS, "migrate"],
        env={**os.environ, **settings},
        check=True,
        capture_output=True,
    )


@dataclass(frozen=True)
class Usage:
    """CPU seconds so far of all processes, and the resident memory of each in MB (10^6 bytes)."""

    cpu_seconds: float
    rss_mb: list[float]


class Api:
    """`orders api` with `processes` processes on one port; its log goes to a file, as it would to an agent."""

    def __init__(
        self, name: str, processes: int, settings: Mapping[str, str], directory: Path, keeper: Keeper
    ) -> None:
        self.name = name
        port, management = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}/orders"
        own = {"PORT": str(port), "MANAGEMENT_PORT": str(management), "PROCESSES": str(processes)}
        self._process = Process(
            name, [sys.executable, "-c", _ORDERS, "api"], env={"RELAY_ENABLED": "false", **settings, **own},
            log=directory / f"api-{name}-{secrets.token_hex(2)}.log",
        )  # fmt: skip
        keeper.watch(self._process.pid)
        self._process.wait_for_port(port)

    def usage(self) -> Usage:
        """What the processes have used by now."""
        members = family(self._process.pid)
        cpu = sum(sum(member.cpu_times()[:2]) for member in members)
        return Usage(cpu, [round(member.memory_info().rss / 1e6, 1) for member in members])

    def stop(self) -> None:
        """SIGTERM and wait."""
        self._process.stop()


@contextlib.contextmanager
def sink(keeper: Keeper) -> Iterator[str]:
    """The address of a process that takes every trace and every message and keeps none."""
    port = free_port()
    process = Process("sink", [sys.executable, "-m", "benchmarks.support.sink", str(port)])
    keeper.watch(process.pid)
    try:
        process.wait_for_port(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
