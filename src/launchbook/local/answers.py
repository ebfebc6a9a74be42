"""Answers that are errors, in the shape that the SDKs of each service read."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from launchbook.local.calls import Call

#: Status, headers, body.
Answer = tuple[int, list[tuple[str, str]], bytes]

#: Services whose SDKs read errors as XML only; everything else reads JSON.
_XML = frozenset(
    {
        "autoscaling", "cloudformation", "cloudfront", "ec2", "elasticache", "elasticbeanstalk",
        "elasticloadbalancing", "iam", "rds", "redshift", "route53", "s3", "sdb", "ses", "sns", "sts",
    }
)  # fmt: skip


def error(status: int, code: str, message: str, call: Call) -> Answer:
    """An error with that status, code and message."""
    if _reads_xml(call):
        tags = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
        if call.service == "s3":
            text = f"<Error>{tags}</Error>"
        elif call.service == "ec2":
            text = f"<Response><Errors><Error>{tags}</Error></Errors><RequestID>local</RequestID></Response>"
        else:
            tags = f"<Error><Type>Sender</Type>{tags}</Error>"
            text = f"<ErrorResponse>{tags}<RequestId>local</RequestId></ErrorResponse>"
        return status, [("content-type", "text/xml")], f'<?xml version="1.0"?>{text}'.encode()
    body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    headers = [("content-type", "application/json"), ("x-amzn-errortype", code)]
    if call.service == "sqs":
        headers.append(("x-amzn-query-error", f"{code};Sender"))
    return status, headers, body


def denied(call: Call, message: str) -> Answer:
    """What a caller without permission gets."""
    if call.service == "ec2":
        return error(403, "UnauthorizedOperation", message, call)
    if _speaks_query(call):
        return error(403, "AccessDenied", message, call)
    return error(400 if call.json and call.service != "ses" else 403, "AccessDeniedException", message, call)


def unknown_key(call: Call) -> Answer:
    """What the holder of a deleted or inactive access key gets."""
    message = "The security token included in the request is invalid."
    if call.service == "s3":
        return error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided is not active.", call)
    if call.service == "ec2":
        return error(401, "AuthFailure", message, call)
    if _speaks_query(call):
        return error(403, "InvalidClientTokenId", message, call)
    return error(400 if call.json else 403, "UnrecognizedClientException", message, call)


def expired(call: Call) -> Answer:
    """What the holder of a session gets whose time is over."""
    message = "The security token included in the request is expired"
    if call.service == "s3":
        return error(400, "ExpiredToken", message, call)
    code = "ExpiredToken" if _speaks_query(call) else "ExpiredTokenException"
    return error(400 if call.json else 403, code, message, call)


def unsigned(call: Call) -> Answer:
    """What a caller without any credentials gets."""
    code = "MissingAuthenticationToken" if _speaks_query(call) else "MissingAuthenticationTokenException"
    return error(403, code, "Missing Authentication Token", call)


def _speaks_query(call: Call) -> bool:
    return _reads_xml(call) or call.service == "sqs"


def _reads_xml(call: Call) -> bool:
    return call.service in _XML and not call.json


def throttled(call: Call) -> Answer:
    """What a caller who calls too often gets."""
    if call.service == "s3":
        return error(503, "SlowDown", "Please reduce your request rate.", call)
    if call.service == "ec2":
        return error(503, "RequestLimitExceeded", "Request limit exceeded.", call)
    if call.service == "ses" and call.json:
        return error(429, "TooManyRequestsException", "Rate exceeded", call)
    code = "Throttling" if _reads_xml(call) else "ThrottlingException"
    return error(400, code, "Rate exceeded", call)
