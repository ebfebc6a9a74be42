"""Application Auto Scaling: policies that act on alarms, target tracking that makes its own."""

from __future__ import annotations

from typing import Any

from launchbook.local.plane import Host


class AutoscalingPlane:
    """Scalable targets, their policies and what these did."""

    services = frozenset({"applicationautoscaling"})

    def __init__(self, host: Host) -> None:
        self._host = host
        self._installed = False

    def install(self) -> None:
        """Put our backend, policies and responses in place of moto's."""
        # moto's backend reaches for the ECS backend: that has to be ours as well.
        self._host.backend("ecs", "us-east-1")
        self._host.backend("cloudwatch", "us-east-1")
        from launchbook.local.planes.autoscaling import backend, responses

        backend.install(self._host)
        responses.install()
        self._installed = True

    def reconcile(self) -> None:
        """Bring capacities inside their bounds, and close the activities that are done."""
        if self._installed:
            from launchbook.local.planes.autoscaling.backend import backends

            for backend in backends():
                backend.settle()

    def status(self) -> list[dict[str, Any]]:
        """Every scalable target with its bounds and what last happened to it."""
        if not self._installed:
            return []
        from launchbook.local.planes.autoscaling.backend import backends

        return [row for backend in backends() for row in backend.rows()]

    def close(self) -> None:
        """Nothing of this plane outlives the host."""


PLANE = AutoscalingPlane


def act(host: Host, region: str, action_arn: str, alarm: Any, value: float | None) -> str | None:
    """Let an alarm's scaling action work on its target. The error as text, or None.

    ``value`` is the newest datapoint of the alarm's metric; None counts as exactly the threshold.
    """
    error: str | None = host.backend("application-autoscaling", region).act(action_arn, alarm, value)
    return error
