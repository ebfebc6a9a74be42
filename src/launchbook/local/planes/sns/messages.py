"""What subscribers receive: notification bodies, confirmation requests, headers and queue attributes. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

#: In place of a signature: nobody could verify one, since the certificate would have to come from AWS.
_UNSIGNED = {"SignatureVersion": "1", "Signature": "", "SigningCertURL": ""}


@dataclass(frozen=True, slots=True)
class Notice:
    """One published message."""

    topic: str
    id: str
    message: str
    subject: str | None
    #: name -> {"Type": "String", "Value": "…"}
    attributes: Mapping[str, Any]

    def body(self, subscription: str, endpoint: str) -> str:
        """The JSON envelope that a subscriber gets unless it asked for raw delivery."""
        unsubscribe = urlencode({"Action": "Unsubscribe", "SubscriptionArn": subscription})
        envelope: dict[str, Any] = {"Type": "Notification", "MessageId": self.id, "TopicArn": self.topic}
        if self.subject:
            envelope["Subject"] = self.subject
        envelope |= {"Message": self.message, "Timestamp": _now(), **_UNSIGNED}
        envelope["UnsubscribeURL"] = f"{endpoint}/?{unsubscribe}"
        if self.attributes:
            envelope["MessageAttributes"] = dict(self.attributes)
        return json.dumps(envelope)


def confirmation(topic: str, token: str, endpoint: str) -> str:
    """The request an HTTP endpoint answers by visiting its ``SubscribeURL``."""
    query = urlencode(
        {"Action": "ConfirmSubscription", "TopicArn": topic, "Token": token, "Version": "2010-03-31"}
    )
    return json.dumps(
        {
            "Type": "SubscriptionConfirmation",
            "MessageId": str(uuid4()),
            "Token": token,
            "TopicArn": topic,
            "Message": f"You have chosen to subscribe to the topic {topic}.\n"
            "To confirm the subscription, visit the SubscribeURL included in this message.",
            "SubscribeURL": f"{endpoint}/?{query}",
            "Timestamp": _now(),
            **_UNSIGNED,
        }
    )


def headers(notice: Notice, kind: str, subscription: str, *, raw: bool) -> dict[str, str]:
    """The headers of an HTTP delivery."""
    found = {
        "x-amz-sns-message-type": kind,
        "x-amz-sns-message-id": notice.id,
        "x-amz-sns-topic-arn": notice.topic,
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
    }
    if subscription:
        found["x-amz-sns-subscription-arn"] = subscription
    if raw:
        found["x-amz-sns-rawdelivery"] = "true"
    return found


def sqs_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Message attributes of SNS as SendMessage takes them."""
    converted = {}
    for name, attribute in attributes.items():
        field = "BinaryValue" if attribute["Type"].startswith("Binary") else "StringValue"
        converted[name] = {"DataType": attribute["Type"], field: str(attribute["Value"])}
    return converted


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
