"""SESv2: the account, and identities by the present and the older route. No mail leaves this machine."""

from __future__ import annotations

from typing import Any

from launchbook.local.plane import Host


class SesPlane:
    """What moto lacks of SESv2."""

    services = frozenset({"ses", "sesv2"})

    def __init__(self, host: Host) -> None:
        self._host = host

    def install(self) -> None:
        """Put our responses in place of moto's."""
        from moto.sesv2 import urls

        from launchbook.local.planes.sesv2 import classic
        from launchbook.local.planes.sesv2.responses import Response

        classic.install()
        missing = (
            "{0}/v2/email/account$",
            "{0}/v2/email/account/(?P<part>.+)$",
            "{0}/v2/email/identities/(?P<EmailIdentity>[^/]+)/mail-from$",
        )
        for path in (*urls.url_paths, *missing):
            urls.url_paths[path] = Response.dispatch

    def reconcile(self) -> None:
        """Nothing of it runs."""

    def status(self) -> list[dict[str, Any]]:
        """Nothing of it runs."""
        return []

    def close(self) -> None:
        """Nothing of it runs."""


PLANE = SesPlane
