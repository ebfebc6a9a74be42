"""Queues."""

from __future__ import annotations

import json

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.model import Unread, Value
from launchbook.model.aws import Queue

DETAIL = "GetQueueAttributes"


@collector(
    Queue,
    Call("sqs", "ListQueues", keep=["QueueUrls[]"], each="QueueUrls"),
    Call(
        "sqs",
        DETAIL,
        keep=["Attributes.*"],
        given={"QueueUrl": "$ListQueues", "AttributeNames": ["All"]},
    ),
)
def queues(row: Row) -> Seen:
    """A queue by its URL, with the attributes that Terraform names."""
    url = str(row.get("ListQueues"))
    arn = row.get(DETAIL, "Attributes.QueueArn")
    return Seen(
        id=arn if isinstance(arn, str) else url,
        name=url.rsplit("/", 1)[-1],
        attributes={
            "ListQueues": {"url": url},
            DETAIL: {
                "arn": arn,
                "visibility_timeout_seconds": row.get(DETAIL, "Attributes.VisibilityTimeout"),
                "message_retention_seconds": row.get(DETAIL, "Attributes.MessageRetentionPeriod"),
                "redrive_policy": _document(row.get(DETAIL, "Attributes.RedrivePolicy")),
                "redrive_allow_policy": _document(row.get(DETAIL, "Attributes.RedriveAllowPolicy")),
                "policy": _document(row.get(DETAIL, "Attributes.Policy")),
                "messages": row.get(DETAIL, "Attributes.ApproximateNumberOfMessages"),
                "messages_in_flight": row.get(DETAIL, "Attributes.ApproximateNumberOfMessagesNotVisible"),
            },
        },
    )


def _document(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    try:
        parsed: Value = json.loads(value)
    except ValueError:
        return Unread("AWS answered something that is not JSON")
    return parsed
