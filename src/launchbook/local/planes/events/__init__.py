"""EventBridge: rules matched, targets delivered to, failures counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from launchbook.local.plane import Host


class EventsPlane:
    """Buses, rules, schedules and their deliveries."""

    #: EventBridge itself, and the services of moto that reach for it.
    services = frozenset({"events", "cloudformation", "s3"})

    def __init__(self, host: Host) -> None:
        self._host = host
        self._outbox: Any = None
        self._clock: Any = None

    def install(self) -> None:
        """Put our backend in place of moto's."""
        from launchbook.local.planes.events import backend, clock, responses
        from launchbook.local.planes.sns.outbox import Outbox

        self._outbox = Outbox(self._host)
        self._clock = clock.Clock(self._host)
        backend.install(self._host, self._outbox)
        responses.install()

    def reconcile(self) -> None:
        """Fire the schedules whose time has come."""
        if self._clock is not None:
            self._clock.fire_due()

    def status(self) -> list[dict[str, Any]]:
        """What could not be delivered, newest last."""
        return [] if self._outbox is None else self._outbox.troubles()

    def close(self) -> None:
        """Stop the deliveries that still wait."""
        if self._outbox is not None:
            self._outbox.close()


PLANE = EventsPlane


def put(
    backend: Any, source: str, detail_type: str, detail: Mapping[str, Any], resources: Sequence[str]
) -> None:
    """Put an event on the default bus of a region's EventBridge backend, as an AWS service does."""
    backend.dispatch("default", backend.event(source, detail_type, detail, resources))
