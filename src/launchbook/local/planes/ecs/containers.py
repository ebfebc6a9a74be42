"""One container as one process: started, checked, stopped."""

from __future__ import annotations

import re
import signal
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from launchbook.local.plane import Child, Host
from launchbook.local.planes.ecs.model import RUNNING, STOPPED, Container, Task
from launchbook.local.planes.ecs.program import at_home, inside

_STARTED = ("RUNNING", "STOPPED")
#: Until a health check has passed once it is tried this often (AWS waits a whole interval for the first).
_FIRST_TRIES = 1.0


def start(host: Host, task: Task, container: Container) -> None:
    """Start its process. Raises OSError if it can't be."""
    program = container.program
    if program is None or task.folder is None:
        raise OSError("the task was not prepared")
    container.log = (
        task.folder / f"{container.name}.log" if container.definition.get("logConfiguration") else None
    )
    container.child = host.spawn(
        program.argv, env=program.environment, cwd=program.workdir, log=container.log
    )
    container.started = time.monotonic()
    container.last_status = RUNNING
    container.runtime_id = f"{task.id.replace('-', '')}-{uuid.uuid4().int % 10**10:010d}"
    container.image_digest = program.digest
    container.network_interfaces = [
        {"attachmentId": item["id"], "privateIpv4Address": task.address} for item in task.attachments
    ]


def watch(container: Container) -> None:
    """Notice its end."""
    code = container.child.poll() if container.child else None
    if code is not None and container.last_status == RUNNING:
        container.last_status, container.exit_code = STOPPED, code


def stop(container: Container) -> bool:
    """Bring it towards its end: its stop signal once, SIGKILL when its time is up. True when it has ended."""
    watch(container)
    if container.child is None or container.last_status == STOPPED:
        container.last_status = STOPPED
        return True
    now = time.monotonic()
    if container.asked_to_stop is None:
        container.asked_to_stop = now
        name = container.program.stop_signal if container.program else "SIGTERM"
        container.child.signal(_signal(name))
    elif not container.killed and now - container.asked_to_stop >= container.stop_timeout:
        container.killed = True
        container.child.signal(signal.SIGKILL)
    return False


def _signal(name: str) -> int:
    if name.isdecimal():
        return int(name)
    return int(getattr(signal, name if name.startswith("SIG") else f"SIG{name}", signal.SIGTERM))


def ready(container: Container, others: Mapping[str, Container]) -> bool:
    """Whether everything it depends on has come far enough for it to start."""
    return all(
        _met(others[item["containerName"]], item["condition"]) for item in _dependencies(container, others)
    )


def hopeless(container: Container, others: Mapping[str, Container]) -> str | None:
    """Why it can never start: what it depends on ended in another way than it waits for."""
    for item in _dependencies(container, others):
        other, condition = others[item["containerName"]], item["condition"]
        ended = other.last_status == STOPPED
        if condition == "SUCCESS" and ended and other.exit_code != 0:
            return f"dependency container {other.name} exited with {other.exit_code}"
        if condition == "HEALTHY" and (ended or other.health_status == "UNHEALTHY"):
            return f"dependency container {other.name} is not healthy"
    return None


def _dependencies(container: Container, others: Mapping[str, Container]) -> list[dict[str, Any]]:
    return [item for item in container.definition.get("dependsOn") or () if item["containerName"] in others]


def _met(other: Container, condition: str) -> bool:
    if condition == "START":
        return other.last_status in _STARTED
    if condition == "HEALTHY":
        return other.health_status == "HEALTHY"
    return other.last_status == STOPPED and (condition == "COMPLETE" or other.exit_code == 0)


@dataclass
class Checking:
    """The health check of one container over time: its real command, run beside it."""

    host: Host
    task: Task
    container: Container
    child: Child | None = None
    began: float = 0.0
    next_at: float = 0.0
    failures: int = 0
    counted_at: float = 0.0

    def step(self, now: float) -> None:
        """Start the command when it is due, and judge it when it has ended or takes too long."""
        settings = self.container.definition["healthCheck"]
        if self.child is not None:
            code = self.child.poll()
            if code is None and now - self.began < float(settings.get("timeout") or 5):
                return
            if code is None:
                self.child.signal(signal.SIGKILL)
            self.child = None
            self._judge(code == 0, now, settings)
        elif now >= self.next_at:
            self.began = now
            self._run(settings["command"], now, settings)

    def _run(self, command: Sequence[str], now: float, settings: Mapping[str, Any]) -> None:
        program = self.container.program
        if program is None:
            return
        argv = _command(command)
        if argv is None:  # ["NONE"] switches an image's own check off
            return
        root = program.root
        argv = at_home([inside(part, root) for part in argv], self.task.address)
        try:
            self.child = self.host.spawn(argv, env=program.environment, cwd=program.workdir)
        except OSError:
            self._judge(False, now, settings)

    def _judge(self, passed: bool, now: float, settings: Mapping[str, Any]) -> None:
        interval = float(settings.get("interval") or 30)
        waiting = self.container.health_status == "UNKNOWN"
        self.next_at = self.began + (min(_FIRST_TRIES, interval) if waiting and not passed else interval)
        if passed:
            self.container.health_status, self.failures = "HEALTHY", 0
            return
        in_start_period = waiting and now - self.container.started < float(settings.get("startPeriod") or 0)
        if in_start_period or now - self.counted_at < interval * 0.9:
            return
        self.counted_at = now
        self.failures += 1
        if self.failures >= int(settings.get("retries") or 3):
            self.container.health_status = "UNHEALTHY"

    def end(self) -> None:
        """Stop a check that still runs."""
        if self.child is not None:
            self.child.signal(signal.SIGKILL)
            self.child = None


def _command(command: Sequence[str]) -> list[str] | None:
    kind, *rest = command or ["NONE"]
    if kind == "NONE":
        return None
    if kind == "CMD":
        return rest
    if kind == "CMD-SHELL":
        return ["/bin/sh", "-c", " ".join(rest)]
    return ["/bin/sh", "-c", re.sub(r"\s+", " ", " ".join(command))]
