"""Our own interface, ``/_launchbook/…``: what the other ``launchbook local`` commands ask a running instance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from launchbook.local.dispatch import Dispatcher
from launchbook.local.faults import Faults
from launchbook.local.guard import Guard
from launchbook.local.host import LocalHost
from launchbook.local.instance import Instance
from launchbook.local.plane import ACCOUNT
from launchbook.local.requestlog import KEPT, RequestLog


class Interface:
    """Answers with what becomes JSON. Raises KeyError and ValueError for what makes no sense."""

    def __init__(
        self,
        record: Instance,
        host: LocalHost,
        dispatcher: Dispatcher,
        requests: RequestLog,
        faults: Faults,
        guard: Guard,
    ) -> None:
        self._record = record
        self._host = host
        self._dispatcher = dispatcher
        self._requests = requests
        self._faults = faults
        self._guard = guard

    def __call__(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Any:
        """Answer ``METHOD /_launchbook/PATH``."""
        match (method, path):
            case ("GET", "status"):
                return self._status()
            case ("GET", "requests"):
                return self._requests.list(int(query.get("after", 0)), int(query.get("limit", KEPT)))
            case ("GET", "faults"):
                return self._faults.list()
            case ("POST", "faults"):
                return self._faults.add(json.loads(body))
            case ("DELETE", "faults"):
                return {"removed": self._faults.clear(query.get("kind"), query.get("operation"))}
        raise KeyError(f"no {method} {path} here")

    def _status(self) -> dict[str, Any]:
        missing = self._dispatcher.missing
        return {
            "instance": asdict(self._record),
            "account": ACCOUNT,
            "resources": self._host.status(),
            "broken": self._host.broken,
            "faults": self._faults.list(),
            "refused": self._guard.list(),
            "missing": [
                {"operation": name, "count": count, "why": self._dispatcher.reasons[name]}
                for name, count in missing.most_common()
            ],
        }
