"""What SES sees of a domain: the records of the hosted zones in this AWS."""

from __future__ import annotations

from typing import Any

from moto.route53.models import route53_backends


def verify(identity: Any, mail_from: dict[str, Any] | None, account: str) -> None:
    """Set the states of a domain by its DKIM and MAIL FROM records. Once verified it stays so, as on AWS for days."""
    if identity.identity_type != "DOMAIN":
        return
    names = published(account)
    tokens = identity.dkim_attributes.get("Tokens", [])
    wanted = [(f"{token}._domainkey.{identity.email_identity}".lower(), "CNAME") for token in tokens]
    if wanted and all(one in names for one in wanted):
        identity.dkim_attributes["Status"] = "SUCCESS"
        identity.verification_status = "SUCCESS"
        identity.verified_for_sending_status = True
    if mail_from and (mail_from["MailFromDomain"].lower(), "MX") in names:
        mail_from["MailFromDomainStatus"] = "SUCCESS"


def published(account: str) -> set[tuple[str, str]]:
    """Name and type of every record in a public zone, in lower case, without the last dot."""
    zones = route53_backends[account]["aws"].zones.values()
    return {
        (str(record.name).rstrip(".").lower(), str(record.type))
        for zone in zones
        if not zone.private_zone
        for record in zone.rrsets
    }
