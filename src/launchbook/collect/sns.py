"""Topics and who listens to them."""

from __future__ import annotations

from hashlib import sha256

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import document
from launchbook.model.aws import Topic, TopicSubscription


@collector(
    Topic,
    Call("sns", "ListTopics", each="Topics", take={"arn": "TopicArn"}),
    Call(
        "sns",
        "GetTopicAttributes",
        always=["Attributes.Policy"],
        given={"TopicArn": "$ListTopics.TopicArn"},
        take={
            "subscriptions_confirmed": "Attributes.SubscriptionsConfirmed",
            "subscriptions_pending": "Attributes.SubscriptionsPending",
            "kms_master_key_id": "Attributes.KmsMasterKeyId",
        },
        keep=["Attributes.Policy"],
    ),
)
def topics(row: Row) -> Seen:
    """A topic, its policy and how many listen."""
    policy = {"policy": document(row.get("GetTopicAttributes", "Attributes.Policy"))}
    arn = str(row.get("ListTopics", "TopicArn"))
    seen = row.seen(id="arn", name="arn", GetTopicAttributes=policy)
    return Seen(seen.id, arn.rsplit(":", 1)[-1], seen.attributes)


@collector(
    TopicSubscription,
    Call(
        "sns",
        "ListSubscriptions",
        each="Subscriptions",
        take={"arn": "SubscriptionArn", "topic_arn": "TopicArn", "protocol": "Protocol"},
        keep=["Endpoint"],
    ),
    Call(
        "sns",
        "GetSubscriptionAttributes",
        given={"SubscriptionArn": "$ListSubscriptions.SubscriptionArn"},
        take={"filter_policy_scope": "Attributes.FilterPolicyScope"},
        keep=["Attributes.FilterPolicy"],
        # One that waits for its confirmation has no ARN to ask with, and lets nothing through.
        none_codes=("InvalidParameter", "NotFound"),
    ),
)
def subscriptions(row: Row) -> Seen:
    """A subscription and what it lets through. Of a person's address the protocol is kept, of a resource its ARN."""
    arn, protocol = row.get("ListSubscriptions", "SubscriptionArn"), row.get("ListSubscriptions", "Protocol")
    endpoint = row.get("ListSubscriptions", "Endpoint")
    kept = endpoint if isinstance(endpoint, str) and endpoint.startswith("arn:") else None
    confirmed = isinstance(arn, str) and arn.startswith("arn:")
    more = {"endpoint": kept, "confirmed": confirmed}
    topic = str(row.get("ListSubscriptions", "TopicArn"))
    passes = {"filter_policy": document(row.get("GetSubscriptionAttributes", "Attributes.FilterPolicy"))}
    seen = row.seen(id="arn", name="arn", ListSubscriptions=more, GetSubscriptionAttributes=passes)
    identity = (
        seen.id if confirmed else f"{topic}#{protocol}#{sha256(str(endpoint).encode()).hexdigest()[:12]}"
    )
    return Seen(identity, f"{topic.rsplit(':', 1)[-1]} → {protocol}", seen.attributes)
