"""What an embedded AWS has on this machine while it runs, by /proc, and what of it is there afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from launchbook.local.instance import Instance
from tests.support.processes import family

_SHARED = re.compile(r"\s(/dev/shm/\S+)")
_LISTENS = "0A"


@dataclass(frozen=True)
class Traces:
    """Processes by pid and start, System V segments by id, files of shared memory, and the loopback network."""

    processes: dict[int, str]
    segments: set[int]
    shared: set[Path]
    network: bytes
    port: int

    @classmethod
    def of(cls, one: Instance) -> Traces:
        """The traces of a running one: every descendant of its host, escaped ones included."""
        pids = {member.pid for member in family(one.pid)}
        first, second = (int(part) for part in one.network.split(".")[:2])
        return cls(
            {pid: start for pid in pids if (start := _started(pid))},
            _segments(pids),
            {Path(name) for pid in pids for name in _SHARED.findall(_read(Path(f"/proc/{pid}/maps")))},
            bytes((first, second)),
            one.port,
        )

    def left(self) -> list[str]:
        """What of them is still there, one line each."""
        left = [f"process {pid}" for pid, start in self.processes.items() if _started(pid) == start]
        left += [f"segment {each}" for each in self.segments & _segments(None)]
        left += [f"shared memory {path}" for path in self.shared if path.exists()]
        return left + [
            f"listener {address}:{port}" for address, port in _listeners() if self._own(address, port)
        ]

    def _own(self, address: str, port: int) -> bool:
        numbers = [int(part) for part in address.split(".")]
        return bytes(numbers[:2]) == self.network or (address == "127.0.0.1" and port == self.port)


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _started(pid: int) -> str:
    """The tick at which a process started; empty when it has ended (a zombie has)."""
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return fields[19] if fields and fields[0] != "Z" else ""


def _segments(creators: set[int] | None) -> set[int]:
    """System V segments by id: all, or those that these processes made."""
    rows = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
    return {int(row[1]) for row in rows if creators is None or int(row[4]) in creators}


def _listeners() -> list[tuple[str, int]]:
    """``(address, port)`` of every listening IPv4 socket of this machine."""
    found = []
    for line in _read(Path("/proc/net/tcp")).splitlines()[1:]:
        fields = line.split()
        if fields[3] == _LISTENS:
            address, _, port = fields[1].partition(":")
            numbers = reversed(bytes.fromhex(address))
            found.append((".".join(map(str, numbers)), int(port, 16)))
    return found
