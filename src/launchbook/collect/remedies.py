"""What helps where AWS gave no answer: the permission that is missing, where one is, and else what is the matter."""

from __future__ import annotations

from botocore import xform_name

from launchbook.collect.actions import iam_action
from launchbook.collect.declare import Call

#: AWS's words, by service, for credentials that were good and are not any more.
EXPIRED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
    | {"UnauthorizedSSOTokenError", "SSOTokenLoadError", "TokenRetrievalError", "LoginRefreshRequired"}
    | {"LoginTokenLoadError"}
)
#: … for credentials that a region does not take: those of everybody, where the account has not enabled it.
NOT_TAKEN = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "InvalidAccessKeyId"}
    | {"OptInRequired", "InvalidToken", "NotSignedUp"}
)
#: … for a key whose other half is another's, or a clock that is wrong.
NOT_SIGNED = frozenset(
    {"SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed", "IncompleteSignature"}
)
#: botocore's, for a place that does not answer.
UNREACHED = frozenset(
    {"EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"}
    | {"ProxyConnectionError", "SSLError", "HTTPClientError", "ConnectionError"}
)
_REFUSED = ("denied", "unauthorized", "authorization", "notauthorized", "forbidden", "not authorized")


def refused(code: str) -> bool:
    """Whether a code says that the caller may not."""
    return any(word in code.lower() for word in _REFUSED) and code not in EXPIRED


def remedy(call: Call, code: str, region: str = "") -> str:
    """What would make a read that failed succeed. It names the permission that the read takes where that may be the
    matter."""
    action = iam_action(call.service, call.operation)
    if refused(code):
        return f"allow {action}"
    if code in EXPIRED:
        return "sign in again, and run it again: the credentials ran out"
    if code in NOT_TAKEN and region:
        return f"enable {region} for the account, or leave it out"
    if code in NOT_SIGNED:
        return "set this machine's clock, and check both halves of the key"
    return f"run it again (it needs {action})"


def ask_again(call: Call, pages: int) -> str:
    """The command that would read all of an answer that is longer than an audit asks for."""
    return f"aws {call.service} {xform_name(call.operation, '-')}   (an audit asks for {pages} pages)"


def way_in(code: str, profile: str = "", endpoint: str = "", region: str = "") -> str:
    """What to do where not even the account could be told, and so nothing else would be."""
    named = f" --profile {profile}" if profile else ""
    if code in EXPIRED:
        return f"aws sso login{named}   (or whatever these credentials are from), then the same command again"
    if code == "NoCredentialsError":
        return "aws configure sso, or --profile NAME   (without an account: launchbook commands)"
    if code in NOT_SIGNED:
        return f"aws sts get-caller-identity{named}   (must work first: check the clock and both halves of the key)"
    if code in UNREACHED and endpoint:
        return "launchbook local status   (is it running, and at this address?)"
    if code in UNREACHED:
        there = f"https://sts.{region}.amazonaws.com" if region else "AWS"
        return f"see that this machine reaches {there}, or set HTTPS_PROXY   (without a way there: launchbook commands)"
    return f"aws sts get-caller-identity{named}   (must work first: sign in, or choose --profile)"
