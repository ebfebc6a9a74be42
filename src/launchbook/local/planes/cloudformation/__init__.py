"""CloudFormation: the resource types that moto lacks, made through the same API that everybody calls."""

from __future__ import annotations

from typing import Any

from launchbook.local.plane import Host


class CloudFormationPlane:
    """Alarms, metric filters, scaling, subscriptions and policies in templates."""

    services = frozenset({"cloudformation"})

    def __init__(self, host: Host) -> None:
        self._host = host

    def install(self) -> None:
        """Tell moto of the types."""
        from launchbook.local.planes.cloudformation import types

        types.install(self._host.endpoint)

    def reconcile(self) -> None:
        """Stacks are moto's."""

    def status(self) -> list[dict[str, Any]]:
        """Stacks are listed by their own API."""
        return []

    def close(self) -> None:
        """Nothing of this plane outlives the host."""


PLANE = CloudFormationPlane
