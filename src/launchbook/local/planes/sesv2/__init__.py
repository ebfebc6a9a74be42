"""SESv2: the account, and identities by the present and the older route. No mail leaves this machine."""

from __future__ import annotations

from typing import Any

from launchbook.local.plane import ACCOUNT, Host

#: Mails of a region that ``launchbook local status`` tells.
_TOLD = 20


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
        """The last mails that were taken: SES answered with an id, and nobody gets one."""
        from moto.ses.models import ses_backends

        rows = []
        for region, backend in list(ses_backends[ACCOUNT].items()):
            for sent in backend.sent_messages[-_TOLD:]:
                why = "the embedded AWS sends no mail"
                rows.append(
                    {"type": "undelivered", "id": _recipients(sent), "state": why, "from": f"ses {region}"}
                )
        return rows

    def close(self) -> None:
        """Nothing of it runs."""


def _recipients(sent: Any) -> str:
    """The addresses of a message, whichever shape moto keeps them in."""
    given = sent.destinations
    if isinstance(given, dict):
        given = [address for kind in given.values() for address in kind or []]
    flat = []
    for each in given:  # of many at once: one structure for each
        whole = each if isinstance(each, str) else each.get("Destination", {})
        flat += [whole] if isinstance(whole, str) else [one for kind in whole.values() for one in kind or []]
    return ", ".join(flat)


PLANE = SesPlane
