"""AWS Backup: selections and the listings of what was backed up; no job runs by itself."""

from __future__ import annotations

from typing import Any

from launchbook.local.plane import Host

_MORE = (
    "{0}/backup-jobs/?$",
    "{0}/resources/?$",
    "{0}/resources/(?P<arn>.+)/recovery-points/$",
    "{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/$",
    "{0}/backup-vaults/(?P<name>[^/]+)/notification-configuration/?$",
    "{0}/backup-vaults/(?P<name>[^/]+)/access-policy/?$",
)


class BackupPlane:
    """What moto lacks of AWS Backup."""

    services = frozenset({"backup"})

    def __init__(self, host: Host) -> None:
        self._host = host

    def install(self) -> None:
        """Put our responses in place of moto's."""
        from moto.backup import urls

        from launchbook.local.planes.backup.responses import Response

        paths = [*_MORE, *urls.url_paths]
        urls.url_paths.clear()
        urls.url_paths.update(dict.fromkeys(paths, Response.dispatch))

    def reconcile(self) -> None:
        """Nothing of it runs."""

    def status(self) -> list[dict[str, Any]]:
        """Nothing of it runs."""
        return []

    def close(self) -> None:
        """Nothing of it runs."""


PLANE = BackupPlane
