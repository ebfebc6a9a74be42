"""Amplify Hosting: apps, branches and jobs as records. Nothing is built or served; a job says so."""

from __future__ import annotations

import re
import sys
from typing import Any

from launchbook.local.plane import ACCOUNT, Host


class AmplifyPlane:
    """The apps of one embedded AWS."""

    services = frozenset({"amplify"})

    def __init__(self, host: Host) -> None:
        from moto import backend_index

        # moto knows a service by its host name, and imports it when it is first asked for.
        pattern = re.compile(r"https?://amplify\.(.+)\.amazonaws\.com")
        backend_index.backend_url_patterns.append(("amplify", pattern))

    def install(self) -> None:
        """Make the service where moto looks for it."""
        from launchbook.local.planes.amplify import models

        sys.modules["moto.amplify"] = models

    def reconcile(self) -> None:
        """Nothing of it runs."""

    def status(self) -> list[dict[str, Any]]:
        """Every app."""
        from launchbook.local.planes.amplify.models import amplify_backends

        regions = amplify_backends[ACCOUNT]
        return [row for backend in list(regions.values()) for row in backend.rows()]

    def close(self) -> None:
        """Nothing of it runs."""


PLANE = AmplifyPlane
