"""SES: whether the account may send to anybody, and its identities."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector


@collector(
    "ses_account",
    Call(
        "sesv2",
        "GetAccount",
        always=["ProductionAccessEnabled", "SendingEnabled"],
        take={
            "production_access_enabled": "ProductionAccessEnabled",
            "sending_enabled": "SendingEnabled",
            "enforcement_status": "EnforcementStatus",
            "max_24_hour_send": "SendQuota.Max24HourSend",
            "max_send_rate": "SendQuota.MaxSendRate",
            "sent_last_24_hours": "SendQuota.SentLast24Hours",
        },
    ),
)
def ses_account(row: Row) -> Seen:
    """Sandbox or production, and the quota, of one region."""
    seen = row.seen(id="none", name="none")
    return Seen("ses-account", "SES", seen.attributes)


@collector(
    "aws_sesv2_email_identity",
    Call(
        "sesv2",
        "ListEmailIdentities",
        each="EmailIdentities",
        take={
            "email_identity": "IdentityName",
            "identity_type": "IdentityType",
            "sending_enabled": "SendingEnabled",
            "verification_status": "VerificationStatus",
        },
    ),
    Call(
        "sesv2",
        "GetEmailIdentity",
        always=["VerifiedForSendingStatus"],
        given={"EmailIdentity": "$ListEmailIdentities.IdentityName"},
        take={
            "verified_for_sending_status": "VerifiedForSendingStatus",
            "dkim_status": "DkimAttributes.Status",
            "dkim_signing_enabled": "DkimAttributes.SigningEnabled",
            "mail_from_domain": "MailFromAttributes.MailFromDomain",
            "mail_from_status": "MailFromAttributes.MailFromDomainStatus",
        },
    ),
)
def email_identities(row: Row) -> Seen:
    """A sender and whether it may send, signed."""
    return row.seen(id="email_identity", name="email_identity")
