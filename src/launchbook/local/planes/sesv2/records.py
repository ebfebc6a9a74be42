"""What SES sees of a domain: the records of the hosted zones in this AWS."""

from __future__ import annotations

import re
from typing import Any

from moto.route53.models import route53_backends

#: Where a MAIL FROM domain's mail exchanger must be: SES of some region takes the bounces.
_FEEDBACK = re.compile(r"^\d+\s+feedback-smtp\.[a-z0-9-]+\.amazonses\.com$")


def verify(identity: Any, mail_from: dict[str, Any] | None, account: str) -> None:
    """Set the states of a domain by its DKIM and MAIL FROM records. Once verified it stays so, as on AWS for days."""
    if identity.identity_type != "DOMAIN":
        return
    standing = published(account)
    tokens = identity.dkim_attributes.get("Tokens", [])
    wanted = [
        (
            f"{token}._domainkey.{identity.email_identity}".lower(),
            "CNAME",
            f"{token}.dkim.amazonses.com".lower(),
        )
        for token in tokens
    ]
    if wanted and standing.issuperset(wanted):
        identity.dkim_attributes["Status"] = "SUCCESS"
        identity.verification_status = "SUCCESS"
        identity.verified_for_sending_status = True
    if mail_from and any(
        (name, kind) == (mail_from["MailFromDomain"].lower(), "MX") and _FEEDBACK.search(value)
        for name, kind, value in standing
    ):
        mail_from["MailFromDomainStatus"] = "SUCCESS"


def published(account: str) -> set[tuple[str, str, str]]:
    """Name, type and value of every record in a public zone, in lower case, without the last dot."""
    zones = route53_backends[account]["aws"].zones.values()
    return {
        (str(record.name).rstrip(".").lower(), str(record.type), str(value).rstrip(".").lower())
        for zone in zones
        if not zone.private_zone
        for record in zone.rrsets
        for value in record.records or ()
    }
