"""The keys that topics and queues are encrypted with: whether they work, and whom they admit.

Of an account's keys no others are asked for: each costs two calls.
"""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import document
from launchbook.model import Value

DETAIL, POLICY = "DescribeKey", "GetKeyPolicy"


def _of(key: str) -> tuple[Call, Call]:
    """What a key is, whichever way it is named, and its policy. Asked once for each key that something names."""
    return (
        Call(
            "kms",
            DETAIL,
            given={"KeyId": key},
            take={
                "arn": "KeyMetadata.Arn",
                "key_id": "KeyMetadata.KeyId",
                "key_manager": "KeyMetadata.KeyManager",
                "key_state": "KeyMetadata.KeyState",
            },
            always=["KeyMetadata.KeyManager", "KeyMetadata.KeyState"],
            once=True,
        ),
        Call(
            "kms",
            POLICY,
            given={"KeyId": "$DescribeKey.KeyMetadata.Arn", "PolicyName": "default"},
            always=["Policy"],
            keep=["Policy"],
        ),
    )


@collector(
    "aws_kms_key",
    Call("sns", "ListTopics", each="Topics", keep=["TopicArn"]),
    Call(
        "sns",
        "GetTopicAttributes",
        given={"TopicArn": "$ListTopics.TopicArn"},
        keep=["Attributes.KmsMasterKeyId"],
    ),
    *_of("$GetTopicAttributes.Attributes.KmsMasterKeyId"),
)
def keys_of_topics(row: Row) -> Seen:
    """A key that a topic is encrypted with."""
    return _key(row, row.get("GetTopicAttributes", "Attributes.KmsMasterKeyId"))


@collector(
    "aws_kms_key",
    Call("sqs", "ListQueues", each="QueueUrls", may_be_empty=True),
    Call(
        "sqs",
        "GetQueueAttributes",
        given={"QueueUrl": "$ListQueues", "AttributeNames": ["All"]},
        keep=["Attributes.KmsMasterKeyId"],
    ),
    *_of("$GetQueueAttributes.Attributes.KmsMasterKeyId"),
)
def keys_of_queues(row: Row) -> Seen:
    """A key that a queue is encrypted with."""
    return _key(row, row.get("GetQueueAttributes", "Attributes.KmsMasterKeyId"))


def _key(row: Row, known_as: Value) -> Seen:
    """A key under its ARN, or where that was not read, under the name that it was asked by."""
    arn, name = row.get(DETAIL, "KeyMetadata.Arn"), row.get(DETAIL, "KeyMetadata.KeyId")
    policy = document(row.get(POLICY, "Policy"))
    seen = row.seen(
        id="arn", name="key_id", DescribeKey={"known_as": known_as}, GetKeyPolicy={"policy": policy}
    )
    identity = arn if isinstance(arn, str) else str(known_as)
    return Seen(identity, name if isinstance(name, str) else identity.rpartition("/")[2], seen.attributes)
