"""Mail that arrives: out of the sandbox, verified, signed, with policies, and alarms on bounces."""

from __future__ import annotations

from launchbook.check import check
from launchbook.model import Fact, Facts, Verdict, verdict

_CLAIMS = {
    "ses-production-access": "SES is in the sandbox",
    "ses-dkim": "DKIM is not set up",
    "ses-dmarc": "DMARC is not set up",
}


@check(
    "ses-documented-gap",
    "No page says that mail is not ready",
    of="claim",
    severity="high",
    fix="Request production access, finish DKIM, SPF and DMARC, then correct the page.",
)
def documented_gap(claim: Fact, facts: Facts) -> Verdict | None:
    """A page can say that mail is not ready; only the account can say that it is."""
    about = str(claim.get("about"))
    if about not in _CLAIMS:
        return None
    return verdict(False, f"the page says that {_CLAIMS[about]}", at=[claim.at("value")])


@check(
    "ses-production-access",
    "SES may send to anybody",
    of="ses_account",
    severity="critical",
    fix="Request production access for SES in this region.",
)
def production_access(account: Fact, facts: Facts) -> Verdict | None:
    """In the sandbox only verified addresses get mail."""
    granted = account.get("production_access_enabled")
    return verdict(
        granted is True, "granted" if granted else "sandbox", at=[account.at("production_access_enabled")]
    )


@check(
    "ses-sending-enabled",
    "SES sending is switched on",
    of="ses_account",
    severity="critical",
    fix="Find out why AWS paused sending (bounces, complaints), then ask for it to be resumed.",
)
def sending_enabled(account: Fact, facts: Facts) -> Verdict | None:
    """AWS pauses accounts whose mail bounces."""
    on = account.get("sending_enabled")
    return verdict(on is True, "on" if on else "paused", at=[account.at("sending_enabled")])


@check(
    "ses-identity-signed",
    "Every mail identity is verified and signs with DKIM",
    of="aws_sesv2_email_identity",
    severity="high",
    fix="Publish the DKIM records that SES shows, and wait for the verification.",
)
def identity_signed(identity: Fact, facts: Facts) -> Verdict | None:
    """Unsigned mail is taken for spam."""
    verified = identity.attributes.get("verified_for_sending_status")
    status = identity.attributes.get("dkim_status")
    if verified is None and status is None:
        return None
    fine = verified in (True, None) and status in ("SUCCESS", None)
    ends = [identity.at("verified_for_sending_status"), identity.at("dkim_status")]
    return verdict(fine, f"verified: {verified}, DKIM: {status}", at=ends)
