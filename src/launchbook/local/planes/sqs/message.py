"""A message, its digests and what SQS demands of its parts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Mapping
from typing import Any

from launchbook.local.planes.sqs.errors import SqsError, invalid

#: States of a message; GONE is one that is in no queue.
READY, DELAYED, IN_FLIGHT, GONE = range(4)

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,256}")
_STRING, _BINARY = b"\x01", b"\x02"


class Message:
    """One message of a queue. Times are seconds since 1970."""

    __slots__ = (
        "attributes", "body", "dedup", "first_received", "group", "id", "md5", "md5_attributes", "origin",
        "receives", "sent", "serial", "size", "state", "system", "visible_at",
    )  # fmt: skip

    def __init__(
        self, id: str, body: str, attributes: Mapping[str, Any], system: Mapping[str, Any], sent: float
    ) -> None:
        encoded = body.encode()
        self.id = id
        self.body = body
        self.md5 = hashlib.md5(encoded, usedforsecurity=False).hexdigest()
        self.attributes = attributes
        self.md5_attributes = attributes_md5(attributes) if attributes else ""
        self.system = system
        self.sent = sent
        self.size = len(encoded) + (attributes_size(attributes) if attributes else 0)
        self.receives = 0
        self.first_received = 0.0
        self.visible_at = 0.0
        self.state = GONE
        #: FIFO only: the order in the queue, the group and the deduplication id.
        self.serial = 0
        self.group = ""
        self.dedup = ""
        #: The queue that a dead letter came from.
        self.origin = ""


def check_body(body: Any, limit: int, size: int) -> None:
    """Refuse an empty, an oversized or an unspeakable body."""
    if not isinstance(body, str) or not body:
        raise SqsError("MissingParameter", "The request must contain the parameter MessageBody.")
    if size > limit:
        raise SqsError(
            "InvalidParameterValue",
            f"One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes.",
        )
    if _FORBIDDEN.search(body):
        raise SqsError(
            "InvalidMessageContents",
            "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | "
            "#xE000 to #xFFFD | #x10000 to #x10FFFF",
        )


def check_attributes(attributes: Mapping[str, Any]) -> None:
    """Refuse message attributes that SQS would refuse."""
    if len(attributes) > 10:
        raise SqsError(
            "InvalidParameterValue",
            f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum [10].",
        )
    for name, value in attributes.items():
        if not _ATTRIBUTE_NAME.fullmatch(name):
            raise SqsError("InvalidParameterValue", f"The message attribute name '{name}' is invalid.")
        kind = str(value.get("DataType", ""))
        if kind.partition(".")[0] not in ("String", "Number", "Binary"):
            raise SqsError(
                "InvalidParameterValue",
                f"The message attribute '{name}' has an invalid message attribute type, the set of supported type "
                "prefixes is Binary, Number, and String.",
            )
        if not _value(value):
            raise SqsError(
                "InvalidParameterValue",
                f"The message attribute '{name}' must contain non-empty message attribute value for message "
                f"attribute type '{kind}'.",
            )


def attributes_md5(attributes: Mapping[str, Any]) -> str:
    """The digest of message attributes: name, type and value of each, with lengths, in order of names."""
    digest = hashlib.md5(usedforsecurity=False)
    for name in sorted(attributes):
        value = attributes[name]
        kind = value["DataType"]
        for part in (name.encode(), kind.encode()):
            digest.update(struct.pack("!I", len(part)) + part)
        content = _value(value)
        digest.update(_BINARY if kind.startswith("Binary") else _STRING)
        digest.update(struct.pack("!I", len(content)) + content)
    return digest.hexdigest()


def attributes_size(attributes: Mapping[str, Any]) -> int:
    """What the attributes add to the size of a message, in bytes."""
    return sum(len(n.encode()) + len(v["DataType"].encode()) + len(_value(v)) for n, v in attributes.items())


def _value(value: Mapping[str, Any]) -> bytes:
    if str(value.get("DataType", "")).startswith("Binary"):
        given = value.get("BinaryValue") or b""
        try:
            return given if isinstance(given, bytes) else base64.b64decode(given, validate=True)
        except binascii.Error:
            raise invalid(given, "BinaryValue", "Must be base64.") from None
    return str(value.get("StringValue") or "").encode()
