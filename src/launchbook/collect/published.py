"""What the world sees of a sending domain: its SPF and DMARC records, asked of DNS only where that was allowed.

An audit talks to nobody but the account unless it is told to: a question to a resolver says who is being looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from launchbook.model import Fact, Facts, Gap, Value, Where, make_fact
from launchbook.redact import shown

if TYPE_CHECKING:  # loaded only when DNS is asked: every audit imports this module
    import dns.resolver

KIND = "dns_txt"
POLICIES = ("v=spf1", "v=DMARC1")
#: Seconds for one name, retries included.
PATIENCE = 5.0


def sending_domains(facts: Iterable[Fact]) -> list[str]:
    """The domains from which mail is sent, as files or an account name them."""
    named = (fact.name for fact in facts if fact.type == "aws_sesv2_email_identity")
    return sorted({name.rstrip(".").lower() for name in named if "@" not in name and "." in name})


def published(domains: Iterable[str], at: datetime, resolver: dns.resolver.Resolver | None = None) -> Facts:
    """The mail policies of each domain and of its ``_dmarc``, as one fact a name; a name without an answer is a gap.

    An answer without such a record is a fact too: then there is none. Other TXT records are not kept.
    """
    import dns.exception
    import dns.resolver

    asked = resolver or dns.resolver.Resolver()
    asked.lifetime = PATIENCE
    facts: list[Fact] = []
    gaps: list[Gap] = []
    for name in (name for domain in domains for name in (domain, f"_dmarc.{domain}")):
        try:
            facts.append(_fact(name, list(_policies(asked, name)), asked, at))
        except (dns.exception.DNSException, OSError) as error:
            gaps.append(_gap(name, error))
    return Facts(facts, gaps, complete=())


def _policies(resolver: dns.resolver.Resolver, name: str) -> Iterator[str]:
    import dns.resolver

    try:
        answer = resolver.resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return
    for record in answer:
        text = b"".join(record.strings).decode("utf-8", "replace")
        if text.startswith(POLICIES):
            yield shown(text)


def _fact(name: str, policies: Sequence[str], resolver: dns.resolver.Resolver, at: datetime) -> Fact:
    server = str(resolver.nameservers[0]) if resolver.nameservers else "the system's resolver"
    time = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    records: Value = [*policies]
    return make_fact(
        KIND,
        id=f"dns/TXT/{shown(name)}",
        name=shown(name),
        where=Where(),
        level="live",
        attributes={"name": shown(name), "records": records},
        sources={"": f"dns:TXT {shown(name)} {server} {time}"},
    )


def _gap(name: str, error: Exception) -> Gap:
    why = type(error).__name__
    return Gap(
        where=Where(),
        what=f"DNS did not answer for {shown(name)}: {why}",
        hint=f"dig TXT {name}",
        hides=(KIND,),
    )
