"""The platform's processes under a supervisor that starts again what ended, as ECS would."""

import asyncio
import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil

from tests.support.keeper import Keeper
from tests.support.ports import free_port
from tests.support.processes import Process, family

_RESTART_SECONDS = 0.2
_ENTRY = "import sys; from orders.cli import main; sys.argv[0] = 'orders'; main()"


@dataclass
class Service:
    """One place in the fleet: a command with arguments, its ports, and the process that fills the place now.

    `relays` says whether a relay runs in that process.
    """

    name: str
    command: str
    arguments: tuple[str, ...]
    relays: bool
    environment: dict[str, str]
    port: int
    management_port: int
    log: Path
    process: Process | None = None
    killed: set[int] = field(default_factory=set)
    ended: list[str] = field(default_factory=list)


class Fleet:
    """`apis`, `relays` and `workers` processes; `source` is the directory that holds the `orders` package."""

    def __init__(self, source: Path, environment: Mapping[str, str], logs: Path, keeper: Keeper) -> None:
        self._source = source
        self._environment = dict(environment)
        self._logs = logs
        self._keeper = keeper
        self.services: list[Service] = []
        self._watch: asyncio.Task[None] | None = None

    def add(self, command: str, count: int, *arguments: str, **environment: str) -> None:
        """Add `count` places for `orders COMMAND ARGUMENTS`."""
        relays = command == "relay" or (command == "api" and environment.get("RELAY_ENABLED") != "false")
        for number in range(1, count + 1):
            port, management = free_port(), free_port()
            own = {"HOST": "127.0.0.1", "PORT": str(port), "MANAGEMENT_PORT": str(management)}
            name = "-".join((command, *(argument.strip("-") for argument in arguments), str(number)))
            service = Service(
                name, command, arguments, relays, {**self._environment, **own, **environment}, port, management,
                self._logs / f"{name}.log",
            )  # fmt: skip
            self.services.append(service)

    def of(self, command: str) -> list[Service]:
        """The places of one command; those of `relay` are all in whose process a relay runs."""
        if command == "relay":
            return [service for service in self.services if service.relays]
        return [service for service in self.services if service.command == command]

    @property
    def urls(self) -> list[str]:
        """Where orders are posted."""
        return [f"http://127.0.0.1:{service.port}/orders" for service in self.of("api")]

    def migrate(self) -> None:
        """Run `orders migrate` and wait for it."""
        done = subprocess.run(
            [sys.executable, "-c", _ENTRY, "migrate"], env=self._with_source({}),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"orders migrate failed: {done.stdout}{done.stderr}")

    def grow(self, command: str, **environment: str) -> None:
        """One more place, filled at once."""
        self.add(command, 1, **environment)
        self._start(self.services[-1])

    async def start(self) -> None:
        """Fill every place, keep them filled, and wait until all are healthy."""
        for service in self.services:
            self._start(service)
        self._watch = asyncio.create_task(self._supervise())
        sick = await self.sick(timeout=30)
        if sick:
            raise RuntimeError(f"not healthy at the start: {', '.join(sick)}; see {self._logs}")

    def kill(self, service: Service) -> bool:
        """kill -9 of the process alone, as the kernel would; False if the place is empty at the moment."""
        if service.process is None or not service.process.alive:
            return False
        service.killed.add(service.process.pid)
        service.process.popen.kill()
        return True

    def kill_member(self, service: Service, chance: random.Random) -> bool:
        """kill -9 of one of the processes that share the place's port; False if there is none at the moment."""
        members = family(service.process.pid)[1:] if service.process else []
        if not members:
            return False
        try:
            chance.choice(members).kill()
        except psutil.NoSuchProcess:
            return False
        return True

    def freeze(self, service: Service) -> bool:
        """SIGSTOP: the process holds what it holds and does nothing; False if the place is empty."""
        return self._signal(service, signal.SIGSTOP)

    def thaw(self, service: Service) -> bool:
        """SIGCONT."""
        return self._signal(service, signal.SIGCONT)

    async def sick(self, timeout: float) -> list[str]:
        """The places that aren't healthy after `timeout` seconds."""
        deadline = asyncio.get_running_loop().time() + timeout
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            waiting = list(self.services)
            while waiting and asyncio.get_running_loop().time() < deadline:
                waiting = [s for s in waiting if not await _ready(session, s)]
                await asyncio.sleep(0.1)
        return [service.name for service in waiting]

    def crashes(self) -> list[str]:
        """Every process that ended without being killed by the campaign."""
        return [text for service in self.services for text in service.ended]

    async def stop(self) -> list[str]:
        """SIGTERM to all and wait; what did not end by itself within 30 seconds, or ended badly."""
        if self._watch is not None:
            self._watch.cancel()
        bad = []
        for service in self.services:
            self._signal(service, signal.SIGTERM)
        for service in self.services:
            if service.process is not None:
                code = await asyncio.to_thread(service.process.wait)
                if code != 0 and service.process.pid not in service.killed:
                    bad.append(f"{service.name} answered SIGTERM with exit code {code}")
        return bad

    def _signal(self, service: Service, number: signal.Signals) -> bool:
        if service.process is None or not service.process.alive:
            return False
        service.process.signal(number)
        return True

    def _with_source(self, environment: Mapping[str, str]) -> dict[str, str]:
        return {**self._environment, **environment, "PYTHONPATH": str(self._source)}

    def _start(self, service: Service) -> None:
        command = [sys.executable, "-c", _ENTRY, service.command, *service.arguments]
        env = self._with_source(service.environment)
        service.process = Process(service.name, command, env=env, log=service.log)
        self._keeper.watch(service.process.pid)

    async def _supervise(self) -> None:
        while True:
            for service in self.services:
                process = service.process
                if process is None or process.alive:
                    continue
                if process.pid not in service.killed:
                    service.ended.append(f"{service.name} ended by itself with {process.popen.returncode}")
                self._start(service)
            await asyncio.sleep(_RESTART_SECONDS)


async def _ready(session: aiohttp.ClientSession, service: Service) -> bool:
    # Only an API has a readiness that asks its dependencies; a relay or worker shows its own by its work.
    port = service.port if service.command == "api" else service.management_port
    probe = "health/readiness" if service.command == "api" else "health"
    url = f"http://127.0.0.1:{port}/actuator/{probe}"
    try:
        async with session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False
