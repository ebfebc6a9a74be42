"""The log of every API call: who called what, and how it ended. Names only; bodies are never kept."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from launchbook.local.calls import Call, Request
from launchbook.local.dispatch import Answer

#: How many calls are kept; older ones are forgotten.
KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One call that was answered."""

    serial: int
    #: Seconds since 1970, and how long the answer took.
    at: float
    seconds: float
    service: str
    operation: str
    region: str
    #: The access key id, or the name of the role or user behind it where that is known.
    caller: str
    agent: str
    status: int


class RequestLog:
    """The last calls, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._serials = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, started: float, ended: float, call: Call, request: Request, answer: Answer) -> None:
        """Keep one call."""
        entry = Entry(
            next(self._serials),
            started,
            ended - started,
            call.service,
            call.operation,
            call.region,
            call.access_key,
            request.headers.get("user-agent", ""),
            answer[0],
        )
        self._entries.append(entry)

    def list(self, after: int = 0, limit: int = KEPT) -> list[dict[str, Any]]:
        """The last ``limit`` calls with a serial above ``after``, oldest first."""
        found = [entry for entry in self._entries if entry.serial > after]
        return [asdict(entry) for entry in found[-limit:]]
