"""The settings of a queue: which there are, what they may be, and how they are answered."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from launchbook.local.planes.sqs.errors import SqsError, invalid
from launchbook.local.planes.sqs.queue import Queue

MAXIMUM_SIZE = 1_048_576

_RANGES = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1024, MAXIMUM_SIZE),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
_CHOICES = {
    "ContentBasedDeduplication": ("true", "false"),
    "DeduplicationScope": ("queue", "messageGroup"),
    "FifoQueue": ("true",),
    "FifoThroughputLimit": ("perQueue", "perMessageGroupId"),
    "SqsManagedSseEnabled": ("true", "false"),
}
_DEFAULTS = {
    "DelaySeconds": "0",
    "MaximumMessageSize": str(MAXIMUM_SIZE),
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}
_FIFO_DEFAULTS = {
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "FifoQueue": "true",
    "FifoThroughputLimit": "perQueue",
}
_FIFO_ONLY = frozenset(_FIFO_DEFAULTS)
_TEXT = frozenset({"KmsMasterKeyId", "Policy", "RedriveAllowPolicy", "RedrivePolicy"})
_SETTABLE = frozenset(_RANGES) | frozenset(_CHOICES) | _TEXT
_COMPUTED = frozenset(
    {
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "CreatedTimestamp",
        "LastModifiedTimestamp",
        "QueueArn",
    }
)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo")


def check_name(name: Any, fifo: bool) -> None:
    """Refuse a name that SQS would refuse."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SqsError(
            "InvalidParameterValue",
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        )
    if fifo != name.endswith(".fifo"):
        raise SqsError(
            "InvalidParameterValue",
            "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end "
            "with .fifo suffix and be 1 to 80 in length.",
        )


def defaults(fifo: bool) -> dict[str, str]:
    """The settings of a queue that was made with none."""
    return _DEFAULTS | (_FIFO_DEFAULTS if fifo else {})


def checked(given: Mapping[str, Any], *, fifo: bool) -> dict[str, str]:
    """The settings as they are kept; raises what SQS raises for one it does not know or allow."""
    kept = {}
    for name, value in given.items():
        if name not in _SETTABLE or (name in _FIFO_ONLY and not fifo):
            raise SqsError("InvalidAttributeName", f"Unknown Attribute {name}.")
        kept[name] = _checked(name, str(value).lower() if isinstance(value, bool) else value)
    if kept.get("KmsMasterKeyId"):
        kept.setdefault("SqsManagedSseEnabled", "false")
        kept.setdefault("KmsDataKeyReusePeriodSeconds", "300")
    return kept


def _checked(name: str, value: Any) -> str:
    wrong = SqsError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    text = json.dumps(value) if isinstance(value, dict) else str(value)
    if name in _RANGES:
        low, high = _RANGES[name]
        if not text.isdecimal() or not low <= int(text) <= high:
            raise wrong
        return str(int(text))
    if name in _CHOICES:
        if text not in _CHOICES[name]:
            raise wrong
        return text
    if name == "KmsMasterKeyId" or not text:
        return text
    try:
        document = json.loads(text)
    except ValueError:
        raise wrong from None
    if not isinstance(document, dict):
        raise wrong
    if name == "RedrivePolicy":
        return _redrive(document)
    if name == "RedriveAllowPolicy":
        return _redrive_allow(document)
    return text


def _redrive(document: dict[str, Any]) -> str:
    if not document:
        return ""
    most = str(document.get("maxReceiveCount", ""))
    if "deadLetterTargetArn" not in document or not most.isdecimal() or not 1 <= int(most) <= 1000:
        raise invalid(
            json.dumps(document),
            "RedrivePolicy",
            "It needs deadLetterTargetArn and a maxReceiveCount from 1 to 1000.",
        )
    # Compact, as AWS answers it: Terraform compares.
    return json.dumps({**document, "maxReceiveCount": int(most)}, separators=(",", ":"))


def _redrive_allow(document: dict[str, Any]) -> str:
    permission = document.get("redrivePermission")
    sources = document.get("sourceQueueArns")
    if permission not in ("allowAll", "denyAll", "byQueue") or (permission == "byQueue") != bool(sources):
        reason = "redrivePermission is allowAll, denyAll or byQueue, and byQueue alone names sourceQueueArns."
        raise invalid(json.dumps(document), "RedriveAllowPolicy", reason)
    return json.dumps(document, separators=(",", ":"))


def redrive_of(queue: Queue) -> tuple[str, int]:
    """The ARN of the dead-letter queue and the receives it takes; ``("", 0)`` where there is none."""
    text = queue.attributes.get("RedrivePolicy")
    if not text:
        return "", 0
    document = json.loads(text)
    return document["deadLetterTargetArn"], document["maxReceiveCount"]


def allows(dead_letters: Queue, source_arn: str) -> bool:
    """Whether a dead-letter queue's RedriveAllowPolicy admits that source."""
    document = json.loads(dead_letters.attributes.get("RedriveAllowPolicy") or "{}")
    permission = document.get("redrivePermission", "allowAll")
    return permission == "allowAll" or (permission == "byQueue" and source_arn in document["sourceQueueArns"])


def described(queue: Queue, names: list[str], now: float) -> dict[str, str]:
    """The attributes that were asked for, as strings. Empty settings are left out, as AWS does."""
    unknown = [name for name in names if name not in _SETTABLE | _COMPUTED | {"All"}]
    if unknown:
        raise SqsError("InvalidAttributeName", f"Unknown Attribute {unknown[0]}.")
    visible, in_flight, delayed = queue.counts(now)
    known = {
        **{name: value for name, value in queue.attributes.items() if value != ""},
        "ApproximateNumberOfMessages": str(visible),
        "ApproximateNumberOfMessagesDelayed": str(delayed),
        "ApproximateNumberOfMessagesNotVisible": str(in_flight),
        "CreatedTimestamp": str(queue.created),
        "LastModifiedTimestamp": str(queue.modified),
        "QueueArn": queue.arn,
    }
    return known if "All" in names else {name: known[name] for name in names if name in known}
