"""Load balancers: each one of elbv2's is a haproxy of its own on an address of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from launchbook.local.plane import Host

if TYPE_CHECKING:
    from launchbook.local.planes.alb.engine import Engine


class LoadBalancerPlane:
    """The plane; what it runs is made on the first request, so that an unused one costs nothing."""

    services = frozenset({"elbv2", "elb", "cloudformation", "autoscaling"})

    def __init__(self, host: Host) -> None:
        self._host = host
        self._engine: Engine | None = None

    def install(self) -> None:
        """Put our objects in moto's place and start the loop that keeps the proxies true."""
        from launchbook.local.planes.alb.engine import Engine

        self._engine = Engine(self._host)
        self._engine.start()

    def reconcile(self) -> None:
        """The engine reconciles on its own loop, because it waits on sockets."""

    def status(self) -> list[dict[str, Any]]:
        """One row a listener and a target group."""
        return self._engine.status() if self._engine else []

    def close(self) -> None:
        """End the proxies."""
        if self._engine:
            self._engine.close()


PLANE = LoadBalancerPlane
