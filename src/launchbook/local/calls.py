"""Which operation a request calls, and who calls: read from its headers and body, before anything serves it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]*)/([^/]+)/aws4_request")
#: The older signature, which S3 still takes.
_OLD = re.compile(r"^AWS ([^:\s]+):")
_RPC = re.compile(r"^/service/[^/]+/operation/([^/]+)$")

#: Signing name → the name that IAM, the AWS CLI's documentation and our log use.
NAMES = {"monitoring": "cloudwatch", "email": "ses", "eventbridge": "events", "tagging": "tag"}
#: Operations that are called without credentials, and their services.
_UNSIGNED = {"AssumeRoleWithWebIdentity": "sts", "AssumeRoleWithSAML": "sts"}


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it arrived; header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """What a request asks for. Empty strings where the request does not say."""

    #: IAM's prefix for the service, such as ``ecs`` or ``elasticloadbalancing``.
    service: str
    #: The operation, such as ``DescribeServices``; of REST services ``GET /path``.
    operation: str
    region: str
    access_key: str
    #: Whether the request speaks a JSON protocol of its service.
    json: bool = False

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


def with_scope(request: Request) -> Request:
    """The request, with the service and region of a link that SNS sends out: such a visit carries no signature."""
    if "authorization" in request.headers or "Action=" not in request.query:
        return request
    # The link alone: a body or a target could name another operation.
    if request.body or "x-amz-target" in request.headers or request.path != "/":
        return request
    asked = {name: values[0] for name, values in parse_qs(request.query).items()}
    arn = (asked.get("TopicArn") or asked.get("SubscriptionArn") or "").split(":")
    if asked.get("Action") not in ("ConfirmSubscription", "Unsubscribe") or len(arn) < 6:
        return request
    scope = f"AWS4-HMAC-SHA256 Credential=anonymous/20000101/{arn[3]}/sns/aws4_request"
    return replace(request, headers={**request.headers, "authorization": scope})


def call_of(request: Request) -> Call:
    """Name the call that a request makes. Never raises: what can't be read stays empty."""
    access_key, region, service = _credential(request)
    operation = operation_of(request)
    if not service and operation in _UNSIGNED:
        service, region = _UNSIGNED[operation], "us-east-1"
    # Version 2 of SES signs as version 1 does, which reads XML.
    speaks_json = "x-amz-target" in request.headers or (
        service in ("ses", "email") and request.path.startswith("/v2/")
    )
    return Call(NAMES.get(service, service), operation, region, access_key, speaks_json)


def _credential(request: Request) -> tuple[str, str, str]:
    """Access key, region and signing name, from the header or from a presigned URL; empty where it has none."""
    given = request.headers.get("authorization", "")
    asked = {} if given else parse_qs(request.query)
    if "X-Amz-Credential" in asked:
        given = f"Credential={asked['X-Amz-Credential'][0]}"
    found = _SCOPE.search(given)
    if found:
        return found[1], found[2], found[3]
    old = _OLD.match(given)
    if old or "AWSAccessKeyId" in asked:
        return (old[1] if old else asked["AWSAccessKeyId"][0]), "us-east-1", "s3"
    return "", "", ""


def operation_of(request: Request) -> str:
    """The operation's name; for REST services the method and the path."""
    target = request.headers.get("x-amz-target")
    if target:
        return target.rpartition(".")[2]
    found = _RPC.match(request.path)
    if found:
        return found[1]
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(request.body[:65536].decode("latin-1")).get("Action")
        if action:
            return action[0]
    action = parse_qs(request.query).get("Action")
    return action[0] if action else f"{request.method} {request.path}"
