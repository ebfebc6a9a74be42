"""ECR: layers are kept, an image is its manifest's digest, and a tag that moves leaves its image behind."""

from __future__ import annotations

from typing import Any

from launchbook.local.plane import Host


class EcrPlane:
    """The plane. Blobs lie in ``images/blobs`` of the instance's state, named by their digest."""

    services = frozenset({"ecr"})

    def __init__(self, host: Host) -> None:
        self._host = host

    def install(self) -> None:
        """Put our registry and our images in moto's place."""
        from moto.backends import get_backend
        from moto.ecr import models, urls

        from launchbook.local.planes.ecr.registry import Image, Registry
        from launchbook.local.planes.ecr.rules import Response

        Registry.blobs = self._host.state / "images" / "blobs"
        Registry.blobs.mkdir(mode=0o700, parents=True, exist_ok=True)
        get_backend("ecr").backend = Registry
        models.Image = Image  # type: ignore[misc]
        for path in urls.url_paths:
            urls.url_paths[path] = Response.dispatch

    def reconcile(self) -> None:
        """Nothing runs."""

    def status(self) -> list[dict[str, Any]]:
        """Nothing runs."""
        return []

    def close(self) -> None:
        """The blobs go with the state directory."""


PLANE = EcrPlane
