"""The log of every API call: who called what, and how it ended. Names only; bodies are never kept."""

from __future__ import annotations

import itertools
import time
from collections import deque
from typing import Any

from launchbook.local.calls import Call, Request
from launchbook.local.iam import principals

#: How many calls are kept; older ones are forgotten.
KEPT = 20_000


class RequestLog:
    """The last calls, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[tuple[int, float, float, Call, str, int]] = deque(maxlen=KEPT)
        self._serials = itertools.count(1)

    def add(self, started: float, ended: float, call: Call, request: Request, status: int) -> None:
        """Keep one call; a status of 0 is a connection that an injected fault cut."""
        agent = request.headers.get("user-agent", "")
        self._entries.append((next(self._serials), started, ended, call, agent, status))

    def list(self, after: int = 0, limit: int = KEPT) -> list[dict[str, Any]]:
        """The last ``limit`` calls with a serial above ``after``, oldest first."""
        found = [entry for entry in self._entries.copy() if entry[0] > after]
        return [_shown(*entry) for entry in found[-limit:]]


def _shown(serial: int, started: float, ended: float, call: Call, agent: str, status: int) -> dict[str, Any]:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(started))
    return {
        "serial": serial,
        "at": f"{moment}.{int(started * 1000) % 1000:03d}Z",
        "milliseconds": round((ended - started) * 1000, 1),
        "service": call.service,
        "operation": call.operation,
        "region": call.region,
        "caller": principals.name_of(call.access_key),
        "agent": agent,
        "status": status,
    }
