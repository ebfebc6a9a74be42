"""Mail that arrives: out of the sandbox, verified, signed, with policies, and alarms on bounces."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._absence import absent
from launchbook.checks._pointing import beside, elsewhere
from launchbook.checks._ringing import never_tells
from launchbook.checks._shapes import known, pick
from launchbook.checks.mail_records import domain_of
from launchbook.model import Fact, Facts, NotKnown, Verdict, verdict
from launchbook.model.aws import Alarm

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


def _sends_here(account: Fact, facts: Facts) -> bool:
    """Whether mail leaves from this region: every region has a sandbox of its own, also those that nobody sends from.

    Without any identity at all each region counts.
    """
    regions = {one.where.region for one in facts.seen("aws_sesv2_email_identity") if one.where.region}
    if account.where.region in regions:
        return True
    if not regions:
        facts.of("aws_sesv2_email_identity")
        return True
    facts.of("aws_sesv2_email_identity")
    return False


def _sandbox_alone(facts: Facts) -> bool:
    """Whether there is nothing but sandboxes to send from, and no sender was seen that would tell regions apart:
    whichever of them mail leaves from, it reaches nobody."""
    access = [one.attributes.get("production_access_enabled") for one in facts.seen("ses_account")]
    told_apart = facts.seen("aws_sesv2_email_identity") or facts.hiding("ses_account")
    return not told_apart and all(one is False for one in access)


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
    if not _sandbox_alone(facts) and not _sends_here(account, facts):
        return None
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
    if not _sends_here(account, facts):
        return None
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
    if identity.declared:
        raise NotKnown(f"whether {identity.name} is verified", "files do not show it", "ses:GetEmailIdentity")
    verified, status = identity.get("verified_for_sending_status"), identity.get("dkim_status")
    fine = verified is True and status == "SUCCESS"
    ends = [identity.at("verified_for_sending_status"), identity.at("dkim_status")]
    return verdict(fine, f"verified: {verified}, DKIM: {status}", at=ends)


def _watched(identity: Fact, metric: str, facts: Facts) -> Verdict:
    """Whether an alarm watches one of the account's reputation metrics."""
    near = (one for one in facts.seen(Alarm) if one.origin == "source" and not elsewhere(one, identity))
    watching = pick(
        near, lambda one: known(one.attributes.get("metric_name"), f"the metric of {one.name}") == metric
    )

    def silent(alarm: Alarm) -> str:
        return never_tells(alarm, (metric,), "", identity, facts)

    useful = pick(watching.found, lambda one: not silent(one))
    for found in useful.found:
        return verdict(True, f"{found.name} watches it", at=[identity.at(), found.at()])
    for doubt in (useful, watching):
        doubt.settled()
    absent(facts, identity, "aws_cloudwatch_metric_alarm")
    for found in watching.found:
        why = f"{found.name} does not: {silent(found)}"
        return verdict(False, why, at=[identity.at(), found.at("threshold")])
    return verdict(False, f"no alarm on {metric}", at=[identity.at()])


@check(
    "ses-bounce-alarm",
    "An alarm watches the share of mail that bounces",
    of="aws_sesv2_email_identity",
    severity="high",
    fix="Add an alarm on Reputation.BounceRate of AWS/SES, below the 5 % at which AWS reviews the account.",
)
def bounce_alarm(identity: Fact, facts: Facts) -> Verdict | None:
    """AWS pauses sending for the whole account when too much bounces."""
    return _watched(identity, "Reputation.BounceRate", facts)


@check(
    "ses-complaint-alarm",
    "An alarm watches the share of mail that readers complain of",
    of="aws_sesv2_email_identity",
    severity="high",
    fix="Add an alarm on Reputation.ComplaintRate of AWS/SES, below 0.1 %.",
)
def complaint_alarm(identity: Fact, facts: Facts) -> Verdict | None:
    """The same, for complaints."""
    return _watched(identity, "Reputation.ComplaintRate", facts)


@check(
    "ses-sender-declared",
    "Whatever sends mail has an identity that is declared, or read from the account",
    of="sdk_call",
    severity="medium",
    fix="Declare the sender's identity with its records and alarms.",
)
def sender_declared(call: Fact, facts: Facts) -> Verdict | None:
    """A call shows that mail is sent; whether it arrives is the identity's matter."""
    if call.get("service") not in ("ses", "sesv2") or "Send" not in str(call.get("operation")):
        return None
    found = facts.seen("aws_sesv2_email_identity")
    if found:
        return verdict(True, f"{found[0].name} is declared", at=[call.at(), found[0].at()])
    raise NotKnown("who sends mail, and who watches it", "no identity was read", "ses:ListEmailIdentities")


@check(
    "ses-mail-from",
    "Every sending domain has a MAIL FROM domain of its own",
    of="aws_sesv2_email_identity",
    severity="low",
    fix="Set a MAIL FROM domain with its MX and SPF records.",
)
def mail_from(identity: Fact, facts: Facts) -> Verdict | None:
    """With it SPF agrees with the sender's domain."""
    if domain_of(identity) is None:
        return None
    apart = beside(facts, "aws_sesv2_email_identity_mail_from_attributes", "email_identity", identity)
    for one in apart.found or apart.settled():
        return verdict(True, "it has", at=[identity.at(), one.at("mail_from_domain")])
    if identity.declared:
        absent(facts, identity, "aws_sesv2_email_identity_mail_from_attributes")
        return verdict(False, "it has none", at=[identity.at()])
    status = identity.get("mail_from_status")
    return verdict(status == "SUCCESS", f"{status}", at=[identity.at("mail_from_status")])


@check(
    "ses-quota",
    "The mail quota leaves room",
    of="ses_account",
    severity="medium",
    fix="Ask for a higher sending quota before the launch.",
)
def quota(account: Fact, facts: Facts) -> Verdict | None:
    """What goes over the daily quota is refused."""
    if not _sends_here(account, facts):
        return None
    most, sent = account.get("max_24_hour_send"), account.get("sent_last_24_hours")
    if not isinstance(most, int | float) or not isinstance(sent, int | float):
        raise NotKnown("the mail quota", "it was not read", "ses:GetAccount")
    fine = most < 0 or sent < 0.8 * most  # -1 is a quota without a limit
    return verdict(fine, f"{sent:.0f} of {most:.0f} a day", at=[account.at("max_24_hour_send")])
