"""Lambda: functions are objects, their code does not run; what should have called one is remembered."""

from __future__ import annotations

from typing import Any

from launchbook.local.plane import Host


class LambdaPlane:
    """Functions, and the calls that they never got."""

    services = frozenset({"lambda", "awslambda"})

    def __init__(self, host: Host) -> None:
        self._host = host
        self._outbox: Any = None

    def install(self) -> None:
        """Put our functions in moto's place."""
        from launchbook.local.planes.awslambda import objects
        from launchbook.local.planes.sns.outbox import Outbox

        self._outbox = Outbox(self._host)
        objects.install(self._outbox)

    def reconcile(self) -> None:
        """Nothing runs."""

    def status(self) -> list[dict[str, Any]]:
        """The calls that functions never got, newest last."""
        return [] if self._outbox is None else self._outbox.troubles()

    def close(self) -> None:
        """Nothing runs."""


PLANE = LambdaPlane
