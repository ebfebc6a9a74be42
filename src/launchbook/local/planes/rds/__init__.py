"""Databases: each PostgreSQL instance of RDS is a server of its own on an address of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from launchbook.local.plane import Host

if TYPE_CHECKING:
    from launchbook.local.planes.rds.engine import Engine


class DatabasePlane:
    """The plane; nothing is looked for or started before the first request."""

    services = frozenset({"rds", "cloudformation"})

    def __init__(self, host: Host) -> None:
        self._host = host
        self._engine: Engine | None = None

    def install(self) -> None:
        """Put our objects in moto's place."""
        from launchbook.local.planes.rds.engine import Engine

        self._engine = Engine(self._host)
        self._engine.install()

    def reconcile(self) -> None:
        """The engine watches on its own thread, because it waits for servers."""

    def status(self) -> list[dict[str, Any]]:
        """One row a database."""
        return self._engine.status() if self._engine else []

    def close(self) -> None:
        """Stop every server, all at once."""
        if self._engine:
            self._engine.close()


PLANE = DatabasePlane
