"""Access lines of the proxy, counted into what CloudWatch publishes for a load balancer.

Who answered is told by haproxy's termination state: ``LR`` is an answer of its own, a second letter of C, H or Q
means that no target's answer got through, anything else is the target's.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

#: Response times kept per group between two flushes: enough for a p99 of every second.
SAMPLES = 100


@dataclass
class Tally:
    """What passed since the last flush; group keys are those of the configuration, "" is the balancer's own.

    ``times`` holds target response times in seconds: all of them up to ``SAMPLES``, then a fair sample.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    timed: Counter[str] = field(default_factory=Counter)

    def add(self, line: bytes) -> None:
        """Count one access line (``render.LOG``); anything else that the proxy says is passed over."""
        parts = line.split(b"|")
        if len(parts) != 8 or not parts[2].lstrip(b"-").isdigit():
            return
        group, server = parts[0].decode(), parts[1]
        self.counts["", "ProcessedBytes"] += int(parts[5]) + int(parts[6])
        if server == b"<NOSRV>":
            self._own(int(parts[2]), parts[7])
            return
        self.counts[group, "RequestCount"] += 1
        if parts[3][1:2] in (b"C", b"H", b"Q"):
            self._own(int(parts[2]), b"")
            if parts[3][1:2] == b"C":
                self.counts[group, "TargetConnectionErrorCount"] += 1
            return
        self.counts[group, f"HTTPCode_Target_{int(parts[2]) // 100}XX_Count"] += 1
        self._time(group, int(parts[4]) / 1000)

    def samples(self) -> Iterator[tuple[str, float]]:
        """Group and response time, in seconds, of every sample."""
        for group, times in self.times.items():
            for seconds in times:
                yield group, seconds

    def _own(self, status: int, kind: bytes) -> None:
        if kind == b"redirect":
            self.counts["", "HTTP_Redirect_Count"] += 1
            self.counts["", "HTTPCode_ELB_3XX_Count"] += 1
        elif kind == b"fixed":
            self.counts["", "HTTP_Fixed_Response_Count"] += 1
        elif status in (500, 502, 503, 504):
            self.counts["", f"HTTPCode_ELB_{status}_Count"] += 1
            self.counts["", "HTTPCode_ELB_5XX_Count"] += 1
        elif status >= 400 or status < 0:  # the client gave up: 460 there
            self.counts["", "HTTPCode_ELB_4XX_Count"] += 1

    def _time(self, group: str, seconds: float) -> None:
        if seconds < 0:
            return
        times = self.times[group]
        self.timed[group] += 1
        if len(times) < SAMPLES:
            times.append(seconds)
        elif (place := random.randrange(self.timed[group])) < SAMPLES:  # noqa: S311  a fair sample, no secret
            times[place] = seconds


class Accesses:
    """The socket that takes the access lines of one proxy, old and new worker alike."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tally = Tally()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen; the proxy connects by itself, again after every reload."""
        self._server = await asyncio.start_unix_server(self._take, self._path)

    def close(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.close()
        self._path.unlink(missing_ok=True)

    def flush(self) -> Tally:
        """What was counted since the last call."""
        tally, self._tally = self._tally, Tally()
        return tally

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rest = b""
        try:
            while received := await reader.read(1 << 16):
                *lines, rest = (rest + received).split(b"\n")
                for line in lines:
                    self._tally.add(line)
        except OSError:
            pass  # the worker is gone, and what it had said is counted
        finally:
            writer.close()
