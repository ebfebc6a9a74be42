"""What moto gives everybody the same key for: each session token is one's own."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.sts import urls
from moto.sts.responses import TokenResponse

from launchbook.local.iam import sessions


class Response(TokenResponse):
    """moto's operations, with keys that tell who is behind them."""

    def get_session_token(self) -> ActionResult:
        """Credentials of the caller's own, for a time."""
        return self._own(super().get_session_token(), None, None)

    def get_federation_token(self) -> ActionResult:
        """Credentials of somebody who may do at most what the caller and the policy both allow."""
        answer = super().get_federation_token()
        told: Any = answer.result
        return self._own(answer, told["FederatedUser"]["Arn"], self._get_param("Policy"))

    def get_caller_identity(self) -> ActionResult:
        """Who calls; for a session token its caller, for a federated user that user."""
        session = sessions.find(self.get_access_key())
        if session is None:
            return super().get_caller_identity()
        if session.federated:
            name = session.federated.rpartition("/")[2]
            user = f"{self.current_account}:{name}", session.federated
        else:
            user_id, arn, _ = self.backend.get_caller_identity(session.caller, self.region)
            user = user_id, arn
        return ActionResult({"UserId": user[0], "Account": self.current_account, "Arn": user[1]})

    def _own(self, answer: ActionResult, federated: str | None, policy: str | None) -> ActionResult:
        told: Any = answer.result
        given = told["Credentials"]
        made = sessions.make(self.get_access_key(), given["Expiration"], federated, policy)
        given |= {
            "AccessKeyId": made.key, "SecretAccessKey": made.secret, "SessionToken": made.token,
        }  # fmt: skip
        return answer


def install() -> None:
    """Route every call of STS here."""
    for path in urls.url_paths:
        urls.url_paths[path] = Response.dispatch
