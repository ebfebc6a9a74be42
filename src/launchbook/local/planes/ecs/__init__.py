"""ECS: services and tasks are processes of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from launchbook.local.plane import Host

if TYPE_CHECKING:
    from launchbook.local.planes.ecs.engine import Engine


class EcsPlane:
    """The plane; what it runs is made on the first request."""

    services = frozenset({"ecs"})

    def __init__(self, host: Host) -> None:
        self._host = host
        self._engine: Engine | None = None

    def install(self) -> None:
        """Put our backend and our operations in moto's place."""
        from moto.backends import get_backend
        from moto.ecs import urls

        from launchbook.local.planes.ecs import cloudformation
        from launchbook.local.planes.ecs.api import Response
        from launchbook.local.planes.ecs.backend import Backend
        from launchbook.local.planes.ecs.engine import Engine

        self._engine = Backend.engine = Engine(self._host)
        get_backend("ecs").backend = Backend
        cloudformation.install()
        urls.url_paths = dict.fromkeys(urls.url_paths, Response.dispatch)

    def reconcile(self) -> None:
        """One look at every service and task."""
        if self._engine:
            self._engine.step()

    def status(self) -> list[dict[str, Any]]:
        """One row a service and a container."""
        return self._engine.status() if self._engine else []

    def close(self) -> None:
        """Stop every task."""
        if self._engine:
            self._engine.close()


PLANE = EcsPlane
