"""The operations of SESv2 that moto lacks or answers wrongly."""

from __future__ import annotations

import json
from typing import Any

from moto.sesv2.responses import SESV2Response

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
        """A new identity is pending: nobody here can look at its DNS records."""
        answer: str = super().create_email_identity()
        identity = self.sesv2_backend.get_email_identity(self._get_param("EmailIdentity"))
        identity.verification_status = "PENDING"
        return answer
