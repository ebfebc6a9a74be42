"""Whether what came over the wire is an answer to the call at all.

botocore takes any XML, and any body that is no JSON, for an answer without a single field: a proxy's page in HTML
would read as "there is none". So each body is looked at before it is parsed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from botocore.model import OperationModel, Shape

_ROOT = re.compile(rb"\s*(?:<\?xml[^>]*\?>)?\s*(?:<!--.*?-->\s*)*<(?:[\w.-]+:)?(?P<name>[\w.-]+)", re.S)
#: S3 names the roots of its answers as its first version did, and no model says so.
_S3_ROOTS = {
    "ListBuckets": "ListAllMyBucketsResult",
    "GetBucketLocation": "LocationConstraint",
    "GetBucketVersioning": "VersioningConfiguration",
    "GetBucketLifecycleConfiguration": "LifecycleConfiguration",
    "GetBucketLogging": "BucketLoggingStatus",
    "GetBucketNotificationConfiguration": "NotificationConfiguration",
    "GetBucketTagging": "Tagging",
    "GetBucketWebsite": "WebsiteConfiguration",
    "ListMultipartUploads": "ListMultipartUploadsResult",
    "ListObjectsV2": "ListBucketResult",
    "ListObjectVersions": "ListVersionsResult",
}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class NotAnAnswer(ValueError):
    """A good status with a body that the operation never answers with; its words say what came instead."""


def check_answer(operation_model: OperationModel, response_dict: Mapping[str, Any], **_: Any) -> None:
    """Hook for botocore's ``before-parse``. Raises NotAnAnswer; what AWS refused is botocore's to read."""
    if response_dict["status_code"] >= 300 or operation_model.output_shape is None:
        return
    body = response_dict["body"]
    protocol = operation_model.service_model.resolved_protocol
    if not isinstance(body, bytes):
        return
    if protocol == "rest-xml" and _is_text(operation_model.output_shape):
        return  # a bucket's policy is a JSON document of its own
    if protocol in ("query", "ec2", "rest-xml"):
        _check_xml(body.removeprefix(_BYTE_ORDER_MARK), _roots(operation_model, protocol))
    elif protocol in ("json", "rest-json"):
        _check_json(body, operation_model.output_shape)


def _check_xml(body: bytes, wanted: tuple[str, ...]) -> None:
    found = _ROOT.match(body)
    root = found["name"].decode() if found else "no XML"
    # The model's own name of an answer is as good as the service's: an embedded AWS writes that.
    if root not in wanted:
        raise NotAnAnswer(f"{root} where {wanted[0]} was expected")


def _check_json(body: bytes, shape: Shape) -> None:
    try:
        answer = json.loads(body)
    except ValueError:
        raise NotAnAnswer("no JSON, or a part of one") from None
    if not isinstance(answer, Mapping):
        raise NotAnAnswer(f"a {type(answer).__name__} where an object was expected")
    # A rest-json answer may be one member's own document: its fields are that member's then.
    members = shape.members if "payload" not in shape.serialization else {}
    known = {member.serialization.get("name", name) for name, member in members.items()}
    if answer and known and not known & set(answer):
        raise NotAnAnswer(f"an object with none of {shape.name}'s fields")


def _is_text(shape: Shape) -> bool:
    payload = shape.members.get(shape.serialization.get("payload"))
    return payload is not None and payload.type_name in ("string", "blob")


def _roots(operation: OperationModel, protocol: str) -> tuple[str, ...]:
    """The names of the element that an operation's answer stands in."""
    if protocol != "rest-xml":
        return (f"{operation.name}Response",)
    shape = operation.output_shape
    payload = shape.members.get(shape.serialization.get("payload"))
    if payload is not None:
        return (str(payload.serialization.get("name", payload.name)),)
    own = str(shape.name)
    return (_S3_ROOTS.get(operation.name, own), own, f"{operation.name}Response", f"{operation.name}Result")
