"""Queues."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import document
from launchbook.model.aws import Queue

DETAIL = "GetQueueAttributes"


@collector(
    Queue,
    Call("sqs", "ListQueues", each="QueueUrls", take={"url": ""}, may_be_empty=True),
    Call(
        "sqs",
        DETAIL,
        given={"QueueUrl": "$ListQueues", "AttributeNames": ["All"]},
        take={
            "arn": "Attributes.QueueArn",
            "visibility_timeout_seconds": "Attributes.VisibilityTimeout",
            "message_retention_seconds": "Attributes.MessageRetentionPeriod",
            "messages": "Attributes.ApproximateNumberOfMessages",
            "messages_in_flight": "Attributes.ApproximateNumberOfMessagesNotVisible",
            "kms_master_key_id": "Attributes.KmsMasterKeyId",
            "sqs_managed_sse_enabled": "Attributes.SqsManagedSseEnabled",
        },
        keep=["Attributes.RedrivePolicy", "Attributes.RedriveAllowPolicy", "Attributes.Policy"],
    ),
)
def queues(row: Row) -> Seen:
    """A queue, its depth now, and its policies as data."""
    policies = {
        "redrive_policy": document(row.get(DETAIL, "Attributes.RedrivePolicy")),
        "redrive_allow_policy": document(row.get(DETAIL, "Attributes.RedriveAllowPolicy")),
        "policy": document(row.get(DETAIL, "Attributes.Policy")),
    }
    return row.seen(id="arn", name="url", GetQueueAttributes=policies)
