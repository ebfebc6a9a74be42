"""The operations of SESv2 that moto lacks or answers wrongly."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import unquote

from moto.sesv2.responses import SESV2Response

from launchbook.local.planes.sesv2.records import verify

#: A new account's sandbox, as AWS gives it.
_SANDBOX = {"Max24HourSend": 200.0, "MaxSendRate": 1.0}
_PRODUCTION = {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0}


class Response(SESV2Response):
    """moto's, with the account and the older route of identities."""

    def _get_action(self) -> str:
        # ListEmailIdentities was a GET of the identities before it became a POST of its own.
        if self.method == "GET" and self.path.rstrip("/") == "/v2/email/identities":
            return "ListEmailIdentities"
        action: str = super()._get_action()
        return action

    @property
    def _account(self) -> dict[str, Any]:
        backend: Any = self.sesv2_backend
        if not hasattr(backend, "launchbook_account"):
            backend.launchbook_account = {"sending": True, "production": False, "details": None}
        account: dict[str, Any] = backend.launchbook_account
        return account

    def get_account(self) -> str:
        """The account: in the sandbox until production access is asked for, which is granted at once."""
        account = self._account
        quota = _PRODUCTION if account["production"] else _SANDBOX
        sent = float(len(self.sesv2_backend.core_backend.sent_messages))
        answer = {
            "DedicatedIpAutoWarmupEnabled": False,
            "EnforcementStatus": "HEALTHY",
            "ProductionAccessEnabled": account["production"],
            "SendQuota": {**quota, "SentLast24Hours": sent},
            "SendingEnabled": account["sending"],
            "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
        }
        if account["details"]:
            answer["Details"] = {**account["details"], "ReviewDetails": {"Status": "GRANTED"}}
        return json.dumps(answer)

    def put_account_details(self) -> str:
        """Ask for production access."""
        given = json.loads(self.body)
        self._account["production"] = bool(given.pop("ProductionAccessEnabled", False))
        self._account["details"] = given
        return "{}"

    def put_account_sending_attributes(self) -> str:
        """Switch sending on or off."""
        self._account["sending"] = bool(json.loads(self.body or "{}").get("SendingEnabled", False))
        return "{}"

    def create_email_identity(self) -> str:
        """A new identity is pending, its DKIM too, until its DNS records stand in a zone of this AWS."""
        super().create_email_identity()
        identity = self._identity()
        identity.verification_status = "PENDING"
        if identity.tags:
            # moto keeps them under an ARN that AWS does not use.
            arn = f"arn:aws:ses:{self.region}:{self.current_account}:identity/{identity.email_identity}"
            self.sesv2_backend.core_backend.tagger.tag_resource(arn, identity.tags)
        if identity.identity_type == "DOMAIN":
            name = identity.email_identity
            tokens = [hashlib.sha256(f"{name}/{part}".encode()).hexdigest()[:32] for part in range(3)]
            identity.dkim_attributes.update(SigningEnabled=True, Status="PENDING", Tokens=tokens)
        return json.dumps(
            {
                "IdentityType": identity.identity_type,
                "VerifiedForSendingStatus": identity.verified_for_sending_status,
                "DkimAttributes": identity.dkim_attributes,
            }
        )

    def get_email_identity(self) -> str:
        """moto's answer with the MAIL FROM domain, if one was set, both as far as their records are there."""
        identity = self._identity()
        mail_from = getattr(identity, "launchbook_mail_from", None)
        verify(identity, mail_from, self.current_account)
        answer: dict[str, Any] = identity.get_response_object
        return json.dumps(answer | ({"MailFromAttributes": mail_from} if mail_from else {}))

    def put_email_identity_mail_from_attributes(self) -> str:
        """Set the MAIL FROM domain, which is pending like the identity; without a domain, take it away."""
        given = json.loads(self.body or "{}")
        domain = given.get("MailFromDomain")
        behaviour = given.get("BehaviorOnMxFailure", "USE_DEFAULT_VALUE")
        attributes = {
            "MailFromDomain": domain,
            "MailFromDomainStatus": "PENDING",
            "BehaviorOnMxFailure": behaviour,
        }
        self._identity().launchbook_mail_from = attributes if domain else None
        return "{}"

    def list_email_identities(self) -> str:
        """moto's answer, each identity as far as its records are there."""
        for identity in self.sesv2_backend.core_backend.email_identities.values():
            verify(identity, getattr(identity, "launchbook_mail_from", None), self.current_account)
        listed: str = super().list_email_identities()
        return listed

    def get_configuration_set(self) -> str:
        """A configuration set; moto nests its sending options twice."""
        found = self.sesv2_backend.get_configuration_set(
            configuration_set_name=self._get_param("ConfigurationSetName")
        )
        sending = (
            found.enabled if isinstance(found.enabled, dict) else {"SendingEnabled": bool(found.enabled)}
        )
        told = found.to_dict_v2() | {"SendingOptions": sending or {"SendingEnabled": True}}
        return json.dumps({name: value for name, value in told.items() if value})

    def _identity(self) -> Any:
        return self.sesv2_backend.get_email_identity(unquote(self._get_param("EmailIdentity")))
