"""Planes of objects only: nothing runs behind them, moto's answers are put right where Terraform would notice."""

from __future__ import annotations

import importlib
from typing import Any

from launchbook.local.plane import Host


def objects_plane(package: str, *services: str) -> type:
    """A plane for these moto services whose corrections are ``install()`` of ``<package>.objects``."""

    class ObjectsPlane:
        """Corrections of moto's objects; nothing runs."""

        def __init__(self, host: Host) -> None:
            self._host = host

        def install(self) -> None:
            """Put the corrections in place."""
            importlib.import_module(f"{package}.objects").install()

        def reconcile(self) -> None:
            """Nothing runs."""

        def status(self) -> list[dict[str, Any]]:
            """Nothing runs."""
            return []

        def close(self) -> None:
            """Nothing runs."""

    ObjectsPlane.services = frozenset(services)  # type: ignore[attr-defined]
    return ObjectsPlane
