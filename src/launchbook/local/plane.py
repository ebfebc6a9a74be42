"""What a data plane is, and what its host lends it.

A plane makes one part of the embedded AWS true: moto keeps the objects that the API answers with, the plane
starts and watches what really runs (processes, proxies, databases) and writes what it sees back into
those objects. Each plane lives in ``launchbook/local/planes/<name>`` and exports ``PLANE``, a class that
satisfies :class:`Plane`; the host finds it there, nothing registers it. Every plane's module is imported when
the host starts, so it imports moto inside ``install`` (or in a submodule imported there), never at its top.
A module whose name starts with ``_`` is not a plane.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

#: The one account that an embedded AWS has (moto's default, so that nothing has to be translated).
ACCOUNT = "123456789012"


class Child(Protocol):
    """A process that the keeper started and that dies with the embedded AWS."""

    pid: int

    def poll(self) -> int | None:
        """None while it runs; else its exit code, ``128 + N`` when signal N ended it."""
        ...

    def signal(self, number: int) -> None:
        """Send a signal to the child's whole process group; nothing happens if it has ended."""
        ...


class Host(Protocol):
    """What a plane may use of the embedded AWS it belongs to. Safe to call from any thread."""

    #: Private directory of this instance, removed when it ends. 0700; as root 0711, so that the unprivileged
    #: user of a database can enter its own directory there: keep what is secret in files and folders of mode 0600.
    state: Path
    #: Simulated seconds per real second, for alarm periods, cooldowns and back-offs; 1.0 unless asked.
    speed: float
    #: ``http://127.0.0.1:PORT``, the address of the API.
    endpoint: str

    def spawn(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path | None = None,
        user: str | None = None,
    ) -> Child:
        """Start a process in its own session; stdout and stderr append to ``log`` (dropped when None).

        ``user`` is the unprivileged user to run as, honoured only when the host runs as root.
        Raises OSError if the program cannot be started.
        """
        ...

    def address(self) -> str:
        """An address of this instance's loopback /16 that nothing else holds, such as ``127.83.0.7``."""
        ...

    def release(self, address: str) -> None:
        """Give an address back."""
        ...

    def backend(self, service: str, region: str) -> Any:
        """moto's own state of a service in a region; loads the service on first use."""
        ...

    def metric(
        self,
        region: str,
        namespace: str,
        name: str,
        value: float,
        *,
        dimensions: Mapping[str, str],
        unit: str = "None",
        at: datetime | None = None,
    ) -> None:
        """Record one CloudWatch sample (timestamps are aware UTC; None is now)."""
        ...

    def event(
        self, region: str, source: str, detail_type: str, detail: Mapping[str, Any], resources: Sequence[str]
    ) -> None:
        """Put an EventBridge event on the default bus, as the AWS service itself would."""
        ...

    def log(self, region: str, group: str, stream: str, lines: Sequence[tuple[datetime, str]]) -> None:
        """Append lines to a CloudWatch log stream, making the stream (never the group) when it is missing.

        Raises LookupError when the group does not exist.
        """
        ...


@runtime_checkable
class FastLane(Protocol):
    """A plane that answers a service's requests itself, on the event loop, before they would go to moto."""

    #: IAM's prefix of the service, such as ``sqs``.
    lane: str

    async def answer(self, call: Any, request: Any, gone: Callable[[], Awaitable[None]]) -> Any:
        """``(status, headers, body)``, or None to let moto answer; ``gone`` returns when the client has left.

        ``call`` and ``request`` are those of ``launchbook.local.calls``. It must not block.
        """
        ...

    def hush(self) -> None:
        """Answer everyone who waits, now and from now on: the server is about to end."""
        ...


class Plane(Protocol):
    """One data plane. One instance lives in each embedded AWS."""

    #: moto service names; the first request to any of them makes the host call ``install``.
    services: frozenset[str]

    def __init__(self, host: Host) -> None: ...

    def install(self) -> None:
        """Replace what moto gets wrong in these services; called once, before their first request."""
        ...

    def reconcile(self) -> None:
        """Bring reality to what the API says and back. Called about five times a second on one thread.

        It must return quickly (under 50 ms) and never raise for what one resource did wrong.
        """
        ...

    def status(self) -> list[dict[str, Any]]:
        """What really runs: ``{"type", "id", "state", "address", "pid", …}`` per resource."""
        ...

    def close(self) -> None:
        """Stop everything it started, gracefully within 10 s; called once, when the host stops."""
        ...
