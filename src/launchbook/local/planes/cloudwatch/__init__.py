"""CloudWatch: a bounded metric store, alarms that are evaluated and act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from launchbook.local.plane import Host
from launchbook.local.planes.cloudwatch.store import MetricKey, now, seconds


class CloudWatchPlane:
    """Metrics, alarms and their actions in every region."""

    #: CloudWatch itself, and the services of moto that reach for it: they must find ours.
    services = frozenset({"cloudwatch", "applicationautoscaling", "cloudformation", "kinesis", "s3"})

    def __init__(self, host: Host) -> None:
        self._host = host
        self._watch: Any = None

    def install(self) -> None:
        """Put our backend and responses in place of moto's."""
        from launchbook.local.planes.cloudwatch import backend, responses, watch

        backend.install(self._host)
        responses.install()
        self._watch = watch.Watch(self._host)

    def reconcile(self) -> None:
        """Evaluate the alarms that are due."""
        if self._watch is not None:
            self._watch.evaluate_due(now())

    def status(self) -> list[dict[str, Any]]:
        """Every alarm with its state; metrics only by their number."""
        return [] if self._watch is None else list(self._watch.status())

    def close(self) -> None:
        """Nothing of this plane outlives the host."""


PLANE = CloudWatchPlane


def record(
    backend: Any,
    namespace: str,
    name: str,
    value: float,
    *,
    dimensions: Mapping[str, str],
    unit: str = "None",
    at: datetime | None = None,
) -> None:
    """Record one sample of what happened inside the embedded AWS in a region's CloudWatch backend."""
    moment = now() if at is None else seconds(at)
    backend.store.add(MetricKey.of(namespace, name, dimensions), value, at=moment, unit=unit)
