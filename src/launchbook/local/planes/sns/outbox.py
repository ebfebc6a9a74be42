"""Deliveries over HTTP: to loopback only, with retries, on threads of their own; what failed is remembered."""

from __future__ import annotations

import http.client
import ipaddress
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from launchbook.local.plane import Host

log = logging.getLogger(__name__)

_TIMEOUT = 15.0
_RETRIES = 3
_PAUSE = 20.0
_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Trouble:
    """A delivery that was refused, or failed for good."""

    source: str
    destination: str
    why: str
    at: str


class Outbox:
    """Sends what topics and rules deliver over HTTP."""

    def __init__(self, host: Host) -> None:
        self._pause = _PAUSE / host.speed
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="outbox")
        self._troubles: deque[Trouble] = deque(maxlen=_REMEMBERED)
        self._closed = False

    def refused(self, source: str, destination: str, why: str) -> None:
        """Remember a delivery that did not happen, and say so in the log of the embedded AWS."""
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._troubles.append(Trouble(source, destination, why, stamp))
        log.warning("not delivered from %s to %s: %s", source, destination, why)

    def troubles(self) -> list[dict[str, Any]]:
        """What was refused or failed, as rows of ``launchbook local status``."""
        return [
            {"type": "undelivered", "id": t.destination, "state": t.why, "from": t.source, "at": t.at}
            for t in list(self._troubles)
        ]

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], done: Callable[[str | None], None],
        method: str = "POST",
    ) -> None:  # fmt: skip
        """Send in the background; ``done`` gets the error as text, or None once it was accepted (2xx).

        Anything but loopback is refused here, at once.
        """
        why = not_loopback(url)
        if why:
            done(why)
        else:
            self._pool.submit(self._deliver, url, body, dict(headers), done, method)

    def close(self) -> None:
        """Give up what still waits."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _deliver(
        self, url: str, body: bytes, headers: dict[str, str], done: Callable[[str | None], None],
        method: str,
    ) -> None:  # fmt: skip
        error: str | None = "the embedded AWS stopped"
        for attempt in range(_RETRIES + 1):
            error = _send(url, body, headers, method)
            if error is None or self._closed:
                break
            if attempt < _RETRIES:
                time.sleep(self._pause)
        done(error)


def not_loopback(url: str) -> str:
    """Why nothing may be sent to this address; empty if it is loopback. Names are not resolved but ``localhost``."""
    name = urlsplit(url).hostname or ""
    try:
        loopback = name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        loopback = False
    return "" if loopback else "refused: the embedded AWS delivers to loopback addresses only"


def _send(url: str, body: bytes, headers: Mapping[str, str], method: str) -> str | None:
    parts = urlsplit(url)
    try:
        if parts.scheme == "https":
            port = parts.port or 443
            connection = http.client.HTTPSConnection(parts.hostname or "", port, timeout=_TIMEOUT)
        else:
            port = parts.port or 80
            connection = http.client.HTTPConnection(parts.hostname or "", port, timeout=_TIMEOUT)  # type: ignore[assignment]
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            response.read()
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    # Redirects are not followed: they might lead off this machine.
    return None if 200 <= response.status < 300 else f"HTTP {response.status}"
