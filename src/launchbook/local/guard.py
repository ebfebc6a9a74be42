"""The loopback guard: this process may speak to this machine only; every other attempt is refused and kept.

It is an audit hook of the interpreter, below every HTTP client that any plane or moto may use. What a hosted
task does by itself is beyond it: tasks are processes of their own.
"""

from __future__ import annotations

import ipaddress
import sys
import threading
import time
from collections import OrderedDict
from typing import Any

_KEPT = 200


class Guard:
    """The attempts to reach another host that were refused, by destination."""

    def __init__(self) -> None:
        self._refused: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def install(self) -> None:
        """Watch this process for the rest of its life."""
        sys.addaudithook(self._watch)

    def list(self) -> list[dict[str, Any]]:
        """What was refused: ``{"destination", "count", "last"}``, newest last."""
        with self._lock:
            return list(self._refused.values())

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = arguments[1]
            if isinstance(address, tuple) and not is_loopback(address[0]):
                self._refuse(f"{address[0]}:{address[1]}")
        elif event == "socket.getaddrinfo" and not is_loopback(arguments[0]):
            self._refuse(f"{_text(arguments[0])}:{arguments[1]}")
        elif event in ("socket.gethostbyname", "socket.gethostbyname_ex") and not is_loopback(arguments[0]):
            self._refuse(_text(arguments[0]))

    def _refuse(self, destination: str) -> None:
        with self._lock:
            entry = self._refused.setdefault(
                destination, {"destination": destination, "count": 0, "last": 0.0}
            )
            entry["count"] += 1
            entry["last"] = time.time()
            self._refused.move_to_end(destination)
            while len(self._refused) > _KEPT:
                self._refused.popitem(last=False)
        raise PermissionError(
            f"the embedded AWS speaks to loopback addresses only: {destination} was refused"
        )


def is_loopback(host: Any) -> bool:
    """Whether a host, by name or address, is this machine. Names are not looked up."""
    if host is None:
        return True
    name = _text(host).rstrip(".").lower()
    if name in ("", "localhost", "ip6-localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _text(host: Any) -> str:
    return host.decode("latin-1") if isinstance(host, bytes) else str(host)
