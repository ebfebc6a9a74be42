"""The awslogs driver: what a container writes, line by line, into its CloudWatch Logs stream."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from launchbook.local.plane import Host
from launchbook.local.planes.ecs.model import Container, Task

#: Read at most this much of one container at a time, so that one that floods doesn't hold the others up.
_AT_ONCE = 512 * 1024
#: CloudWatch Logs cuts an event here.
_LONGEST = 262_118
_GIVE_BACK = 4 * 1024 * 1024
_KEEP_SIZE, _PUNCH_HOLE = 1, 2
_libc = ctypes.CDLL(None)


class NoLogGroup(Exception):
    """The log group isn't there; the text is the task's stopped reason."""


@dataclass
class Shipping:
    """One container's stream. ``path`` is the file that its process appends to."""

    region: str
    group: str
    stream: str
    path: Path
    read: int = 0
    given_back: int = 0
    rest: bytes = b""

    def ship(self, host: Host, *, last: bool = False) -> bool:
        """Send the lines written since the last time; ``last`` sends an unfinished line too. True if all is sent."""
        lines: list[bytes] = []
        data = self._new()
        *found, self.rest = (self.rest + data).split(b"\n")
        lines += found
        if self.rest and (len(self.rest) > _LONGEST or (last and len(data) < _AT_ONCE)):
            lines.append(self.rest)
            self.rest = b""
        if lines:
            at = datetime.now(UTC)
            host.log(
                self.region, self.group, self.stream, [(at, text) for line in lines for text in _events(line)]
            )
        return len(data) < _AT_ONCE

    def _new(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(self.read)
                data = file.read(_AT_ONCE)
                self.read += len(data)
        except FileNotFoundError:
            return b""
        if self.read - self.given_back > _GIVE_BACK:
            self._give_back()
        return data

    def _give_back(self) -> None:
        """Free the disk behind what was sent; the file keeps its length, as the writer appends to it."""
        file = os.open(self.path, os.O_RDWR)
        try:
            start, length = ctypes.c_long(self.given_back), ctypes.c_long(self.read - self.given_back)
            _libc.fallocate(file, _KEEP_SIZE | _PUNCH_HOLE, start, length)
        finally:
            os.close(file)
        self.given_back = self.read


def _events(line: bytes) -> list[str]:
    text = line.decode("utf-8", errors="replace").rstrip("\r")
    return [text[n : n + _LONGEST] for n in range(0, len(text), _LONGEST)]


def stream_name(task: Task, container: Container) -> str:
    """``prefix/container/task``; without a prefix the task and container alone, which is what keeps streams apart."""
    options = (container.definition.get("logConfiguration") or {}).get("options") or {}
    prefix = options.get("awslogs-stream-prefix")
    return "/".join([*([prefix] if prefix else []), container.name, task.id])


def open_stream(host: Host, task: Task, container: Container) -> Shipping | None:
    """The stream of a container that logs with awslogs (None for every other). Raises NoLogGroup."""
    settings = container.definition.get("logConfiguration") or {}
    options = settings.get("options") or {}
    if settings.get("logDriver") != "awslogs" or container.log is None or not options.get("awslogs-group"):
        return None
    region, group = options.get("awslogs-region") or task.region, options["awslogs-group"]
    stream = stream_name(task, container)
    if options.get("awslogs-create-group") == "true":
        logs = host.backend("logs", region)
        if group not in logs.groups:
            logs.create_log_group(group, {})
    try:
        host.log(region, group, stream, [])
    except LookupError:
        raise NoLogGroup(
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
            "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not "
            "exist. : exit status 1"
        ) from None
    return Shipping(region, group, stream, container.log)
