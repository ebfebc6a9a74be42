"""SPF and DMARC as a real resolver gives them, from a name server of our own on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from launchbook.check import evaluate
from launchbook.checks import checks
from launchbook.collect.published import published, sending_domains
from launchbook.model import Fact, Facts, NotKnown, Where

AT = datetime(2026, 1, 2, tzinfo=UTC)
ANSWERS = {
    "shop.example.": ['"v=spf1 include:amazonses.com -all"', '"google-site-verification=planted"'],
    "_dmarc.shop.example.": ['"v=DMARC1; " "p=reject"'],
    "bare.example.": ['"hello"'],
}


@pytest.fixture(scope="module")
def resolver() -> Iterator[dns.resolver.Resolver]:
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                data, sender = door.recvfrom(4096)
            except OSError:
                return
            question = dns.message.from_wire(data)
            name = str(question.question[0].name)
            if name.endswith("silent.example."):
                continue
            answer = dns.message.make_response(question)
            if name in ANSWERS:
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *ANSWERS[name]))
            else:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            door.sendto(answer.to_wire(), sender)

    threading.Thread(target=serve, daemon=True).start()
    made = dns.resolver.Resolver(configure=False)
    made.nameservers, made.port = ["127.0.0.1"], door.getsockname()[1]
    yield made
    door.close()


def identity(name: str) -> Fact:
    return Fact(
        type="aws_sesv2_email_identity", id=name, name=name, where=Where(region="eu-west-1"), level="live",
        attributes={"email_identity": name},
    )  # fmt: skip


def verdicts(domain: str, resolver: dns.resolver.Resolver) -> dict[str, str]:
    facts = Facts([identity(domain)]) + published([domain], AT, resolver)
    found = evaluate([checks()["mail-spf"], checks()["mail-dmarc"]], facts, today=AT.date())
    return {one.check: one.status for one in found if one.subject == domain}


def test_what_is_published_passes_with_the_answer_as_evidence(resolver: dns.resolver.Resolver) -> None:
    assert verdicts("shop.example", resolver) == {"mail-spf": "PASS", "mail-dmarc": "PASS"}
    facts = published(["shop.example"], AT, resolver)
    assert [fact.get("records") for fact in facts] == [
        ["v=spf1 include:amazonses.com -all"],
        ["v=DMARC1; p=reject"],
    ]
    assert facts.all[0].at("records").source.startswith("dns:TXT shop.example 127.0.0.1 2026-01-02T")


def test_an_answer_without_a_policy_fails(resolver: dns.resolver.Resolver) -> None:
    assert verdicts("bare.example", resolver) == {"mail-spf": "FAIL", "mail-dmarc": "FAIL"}


def test_no_answer_is_unknown(resolver: dns.resolver.Resolver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launchbook.collect.published.PATIENCE", 0.5)
    assert verdicts("silent.example", resolver) == {"mail-spf": "UNKNOWN", "mail-dmarc": "UNKNOWN"}
    with pytest.raises(NotKnown, match="did not answer for silent"):
        published(["silent.example"], AT, resolver).of("dns_txt")


def test_domains_are_asked_and_addresses_of_people_are_not() -> None:
    facts = [identity("Shop.Example."), identity("somebody@shop.example"), identity("unresolved")]
    assert sending_domains(facts) == ["shop.example"]
