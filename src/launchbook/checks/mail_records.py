"""What DNS has to say of a sending domain: SPF, DMARC and DKIM."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.check import check
from launchbook.checks._absence import absent
from launchbook.checks._shapes import known, pick, words
from launchbook.model import Fact, Facts, NotKnown, Unread, Verdict, verdict


def domain_of(identity: Fact) -> str | None:
    """The domain of an identity; None for a single address."""
    name = str(known(identity.get("email_identity"), f"the name of {identity.id}"))
    return None if "@" in name else name.lower()


def _records(facts: Facts) -> Iterator[Fact]:
    """The records that may be mail's: those that validate a certificate have names and types that it gives."""
    for one in facts.seen("aws_route53_record"):
        name = one.attributes.get("name")
        made_of = [facts.find(ref) for ref in name.refs] if isinstance(name, Unread) else []
        if not any(other is not None and other.type == "aws_acm_certificate" for other in made_of):
            yield one


def _of_type(record: Fact, kind: str) -> bool:
    return known(record.attributes.get("type"), f"the type of {record.name}") == kind


def _text(identity: Fact, name: str, start: str, facts: Facts) -> Verdict:
    """Whether a TXT record of a name begins as it should: in DNS where it was asked, else in the zones read."""
    for answer in facts.seen("dns_txt"):
        if answer.name == name:
            held = [value for value in words(answer.get("records")) if value.startswith(start)]
            why = _lets_all_in(held) or ("it has" if held else f"{name} has no {start} record")
            return verdict(why == "it has", why, at=[identity.at(), answer.at("records")])
    zones = facts.seen("aws_route53_zone")
    telling = pick(
        _records(facts),
        lambda one: (
            _of_type(one, "TXT")
            and str(known(one.attributes.get("name"), "the name of a record")).rstrip(".").lower() == name
            and any(value.strip('"').startswith(start) for value in words(one.get("records")))
        ),
    )
    for one in telling.found:
        why = _lets_all_in(words(one.get("records")))
        return verdict(not why, why or "it has", at=[identity.at(), one.at("records")])
    telling.settled()
    if not any(name.endswith(zone.name.rstrip(".").lower()) for zone in zones):
        raise NotKnown(f"the records of {name}", "its zone was not read", f"dig TXT {name}")
    absent(facts, identity, "aws_route53_record")
    return verdict(
        False, f"{name} has no {start} record", at=[identity.at(), *(zone.at() for zone in zones[:1])]
    )


def _lets_all_in(records: list[str]) -> str:
    """What is wrong with a record that is there: an SPF that lets everybody send protects nobody."""
    wide = any(
        re.search(r"v=spf1\b.*[ +?]all\b", one) and not re.search(r"[~-]all\b", one) for one in records
    )
    return "it lets everybody send" if wide else ""


@check(
    "mail-spf",
    "Every sending domain has an SPF record",
    of="aws_sesv2_email_identity",
    severity="high",
    fix="Publish a TXT record v=spf1 include:amazonses.com on the domain.",
)
def spf(identity: Fact, facts: Facts) -> Verdict | None:
    """Who may send for a domain is what receivers ask first."""
    domain = domain_of(identity)
    return _text(identity, domain, "v=spf1", facts) if domain else None


@check(
    "mail-dmarc",
    "Every sending domain has a DMARC record",
    of="aws_sesv2_email_identity",
    severity="high",
    fix="Publish a TXT record v=DMARC1 on _dmarc of the domain, with a policy and an address for reports.",
)
def dmarc(identity: Fact, facts: Facts) -> Verdict | None:
    """The large mailbox providers refuse bulk mail without it."""
    domain = domain_of(identity)
    return _text(identity, f"_dmarc.{domain}", "v=DMARC1", facts) if domain else None


@check(
    "mail-dkim-records",
    "Every sending domain publishes its DKIM records",
    of="aws_sesv2_email_identity",
    severity="high",
    fix="Publish the three CNAME records that SES gives for the domain.",
)
def dkim_records(identity: Fact, facts: Facts) -> Verdict | None:
    """What files declare of DKIM; the account says whether SES has seen it."""
    domain = domain_of(identity)
    if domain is None or not identity.declared:
        return None
    declaring = pick(_records(facts), lambda one: _of_type(one, "CNAME") and _of_dkim(one))
    for one in declaring.found:
        return verdict(True, "they are declared", at=[identity.at(), one.at("name")])
    declaring.settled()
    if not any(domain.endswith(zone.name.rstrip(".").lower()) for zone in facts.seen("aws_route53_zone")):
        raise NotKnown(f"the records of {domain}", "its zone was not read", "ses:GetEmailIdentity")
    absent(facts, identity, "aws_route53_record")
    return verdict(False, "no DKIM record is declared", at=[identity.at()])


def _of_dkim(record: Fact) -> bool:
    name = record.attributes.get("name")
    if isinstance(name, Unread) and "dkim" in name.reason:
        return True  # made of the tokens that SES gives
    return "._domainkey." in str(known(name, f"the name of {record.id}"))
