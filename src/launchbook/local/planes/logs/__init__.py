"""CloudWatch Logs: metric filters that emit, filter patterns that match as on AWS."""

from __future__ import annotations

from typing import Any

from launchbook.local.plane import Host


class LogsPlane:
    """Log groups whose metric filters count."""

    #: CloudWatch Logs itself, and the services of moto that write to it.
    services = frozenset(
        {"logs", "awslambda", "batch", "cloudformation", "ec2", "events", "route53", "stepfunctions"}
    )

    def __init__(self, host: Host) -> None:
        self._host = host

    def install(self) -> None:
        """Put our backend in place of moto's."""
        from launchbook.local.planes.logs import backend, responses

        backend.install(self._host)
        responses.install()

    def reconcile(self) -> None:
        """Filters run when lines arrive."""

    def status(self) -> list[dict[str, Any]]:
        """Log groups are listed by their own API."""
        return []

    def close(self) -> None:
        """Nothing of this plane outlives the host."""


PLANE = LogsPlane
