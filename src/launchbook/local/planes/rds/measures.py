"""What CloudWatch shows of a database (AWS/RDS), from what its server really uses.

Latencies and operations a second of a volume are not there: a directory on a shared disk has none of its own.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from launchbook.local.plane import Host
from launchbook.local.postgres import Server

_SECONDS = 10.0
_TICKS = os.sysconf("SC_CLK_TCK")
_ESTABLISHED = "01"


class Measures:
    """The samples, about every ten seconds of simulated time."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._last: dict[str, tuple[float, float]] = {}

    def take(self, region: str, database: Any, server: Server) -> None:
        """Record one sample of each metric, if it is time; the first look only starts the clock."""
        now, pid = time.monotonic(), server.pid
        before = self._last.get(database.dbi_resource_id)
        if pid is None or (before and now - before[0] < _SECONDS / self._host.speed):
            return
        used = cpu_seconds(pid)
        self._last[database.dbi_resource_id] = now, used
        if before is None:
            return
        cores = os.cpu_count() or 1
        busy = 100 * max(0.0, used - before[1]) / (now - before[0]) / cores
        stored = sum(path.lstat().st_size for path in _files(server.data))
        values = {
            "CPUUtilization": (min(busy, 100.0), "Percent"),
            "DatabaseConnections": (connections(server.address, server.port), "Count"),
            "FreeStorageSpace": (max(0, int(database.allocated_storage) * 2**30 - stored), "Bytes"),
        }
        dimensions = {"DBInstanceIdentifier": database.db_instance_identifier}
        for name, (value, unit) in values.items():
            self._host.metric(region, "AWS/RDS", name, value, dimensions=dimensions, unit=unit)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, of its children, and of those that have ended."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    own = _times(pid)
    total = sum(own[:4])
    for child in _read(children).split():
        total += sum(_times(int(child))[:2])
    return total / _TICKS


def connections(address: str, port: int) -> int:
    """Clients that are connected to an address and port of this machine, from the kernel's own table."""
    wanted = _hex(address, port)
    rows = (line.split() for line in _read(Path("/proc/net/tcp")).splitlines()[1:])
    return sum(1 for row in rows if row[1] == wanted and row[3] == _ESTABLISHED)


def _hex(address: str, port: int) -> str:
    return "".join(f"{int(part):02X}" for part in reversed(address.split("."))) + f":{port:04X}"


def _times(pid: int) -> list[int]:
    """utime, stime, cutime and cstime, in ticks; zeros when the process has ended."""
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return [int(value) for value in fields[11:15]] or [0, 0, 0, 0]


def _files(directory: Path) -> list[Path]:
    found = []
    for root, _, names in os.walk(directory):
        found += [Path(root, name) for name in names]
    return [path for path in found if path.exists()]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
