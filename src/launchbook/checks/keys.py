"""Keys that let in whoever has to write through them."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.check import check
from launchbook.checks._absence import unhidden
from launchbook.checks._pointing import among, elsewhere, points_at
from launchbook.checks._policies import admits, admitted
from launchbook.checks._shapes import Picked, field, known, listed, pick
from launchbook.checks.queues import dead_letter_pointers
from launchbook.checks.topics import Publisher, publishers_to
from launchbook.model import Evidence, Fact, Facts, NotKnown, Value, Verdict, verdict
from launchbook.model.aws import Queue, Topic, TopicSubscription

#: What a service does with the key of a topic or queue that it sends to; every one of them has to be allowed.
_CALLS = ("kms:GenerateDataKey", "kms:Decrypt")
#: The states of a key with which nothing is encrypted.
_UNUSABLE = ("Disabled", "PendingDeletion", "PendingReplicaDeletion", "PendingImport", "Unavailable")
#: What only points at a topic or bucket, where that itself was not seen: a policy may admit it by its ARN.
_STAND_INS = ("aws_sns_topic_subscription", "aws_s3_bucket_notification")
#: What sends to queues as a service.
_SENDING = ("aws_cloudwatch_event_target", "aws_sns_topic_subscription", "aws_s3_bucket_notification")
_EVENTS, _SNS, _S3 = "events.amazonaws.com", "sns.amazonaws.com", "s3.amazonaws.com"


@check(
    "topic-key-excludes-publisher",
    "Every topic's key admits the services that publish to it",
    of=Topic,
    severity="high",
    fix="Encrypt the topic with a key of your own whose policy lets the publishing service use it, or with none.",
)
def key_excludes_publisher(topic: Topic, facts: Facts) -> Verdict | None:
    """Who publishes to an encrypted topic needs its key as well: AWS's own key for SNS admits no service, and what
    CloudWatch may not encrypt it does not send."""
    key = known(topic.attributes.get("kms_master_key_id"), f"the key of {topic.name}")
    senders = publishers_to(topic, facts)
    return _judged(topic, key, senders, facts) if key and senders else None


@check(
    "queue-key-excludes-sender",
    "Every queue's key admits the services that send to it",
    of=Queue,
    severity="high",
    fix="Encrypt the queue with a key of your own whose policy lets the sending service use it, or with SQS's own.",
)
def key_excludes_sender(queue: Queue, facts: Facts) -> Verdict | None:
    """EventBridge, SNS and S3 send to an encrypted queue with its key: where that shuts them out nothing arrives, dead
    letters neither, and nobody is told."""
    key = known(queue.attributes.get("kms_master_key_id"), f"the key of {queue.name}")
    if not key:
        return None
    picked = pick(_pointers(facts), lambda one: among(facts, one[3], queue))
    senders = [(service, sender, path) for service, sender, path, _ in picked.found]
    if not senders:
        _every_sender(queue, picked, facts)
        return None
    judged = _judged(queue, key, senders, facts)
    if judged.holds:
        _every_sender(queue, picked, facts)
    return judged


def _pointers(facts: Facts) -> Iterator[tuple[str, Fact, str, Value]]:
    """Whatever sends to queues as a service: which one, on whose behalf, where that stands, and to what."""
    for target in facts.seen("aws_cloudwatch_event_target"):
        yield _EVENTS, target, "arn", target.attributes.get("arn")
    for sender, pointer, path in dead_letter_pointers(facts):
        if sender.type == "aws_cloudwatch_event_target":
            yield _EVENTS, sender, path, pointer
    for reader in facts.seen(TopicSubscription):
        # A subscription stands for its topic, on whose behalf SNS sends.
        topic = facts.find(reader.attributes.get("topic_arn"))
        yield _SNS, topic or reader, "arn" if topic else "topic_arn", reader.attributes.get("endpoint")
    for one in facts.seen("aws_s3_bucket_notification"):
        for block in listed(one.attributes.get("queue")):
            yield _S3, facts.find(one.attributes.get("bucket")) or one, "bucket", field(block, "queue_arn")


def _every_sender(queue: Queue, picked: Picked[tuple[str, Fact, str, Value]], facts: Facts) -> None:
    """Raise NotKnown where something may send here unseen."""
    picked.settled()
    unhidden(facts, queue, *_SENDING)


def _judged(holder: Fact, key: Value, senders: list[Publisher], facts: Facts) -> Verdict:
    """Whether the key of a topic or queue lets everybody in who sends to it."""
    here = holder.at("kms_master_key_id")
    if isinstance(key, str) and key.endswith(("alias/aws/sns", "alias/aws/sqs")):
        return _of_aws([here], senders[0])
    one, held, policy = _policy(key, holder, facts)
    # Files say neither: what they declare is a key of one's own.
    if known(one.attributes.get("key_manager"), f"whose key {one.name} is") == "AWS":
        return _of_aws([here, one.at("key_manager")], senders[0])
    state = known(one.attributes.get("key_state"), f"whether {one.name} can be used")
    if state in _UNUSABLE:
        return verdict(False, f"its key is {state}", at=[here, one.at("key_state")])
    for service, sender, path in senders:
        missing = [call for call in _CALLS if not admits(policy, service, (call,), sender, facts)]
        if missing and sender.type in _STAND_INS and {service, "*"} & {*admitted(policy, (missing[0],))}:
            raise NotKnown(
                f"for whom {service} sends to {holder.name}", f"{sender.name} names what was not read"
            )
        if missing:
            why = f"its key's policy does not let {service} call {missing[0]}"
            return verdict(False, why, at=[here, held.at("policy"), sender.at(path)])
    return verdict(True, "its key's policy admits who sends to it", at=[here, held.at("policy")])


def _of_aws(ends: list[Evidence], sender: Publisher) -> Verdict:
    _, fact, path = sender
    return verdict(False, "its key is AWS's own, which admits no service", at=[*ends, fact.at(path)])


def _policy(key: Value, holder: Fact, facts: Facts) -> tuple[Fact, Fact, Value]:
    """The key, what holds its policy (the key, or one beside it), and what that says. Raises NotKnown where no key was
    read."""
    settle = f"aws kms get-key-policy --policy-name default --key-id {key}" if isinstance(key, str) else ""
    alias = facts.find(key)
    pointer = alias.attributes.get("target_key_id") if alias and alias.type == "aws_kms_alias" else key
    keys = [one for one in facts.seen("aws_kms_key") if not elsewhere(one, holder)]
    one = next((one for one in keys if key == one.attributes.get("known_as")), None)
    one = one or next((one for one in keys if points_at(facts, pointer, one)), None)
    if one is None:
        raise NotKnown(f"whether the key of {holder.name} admits who sends", "it was not read", settle)
    apart = pick(
        facts.seen("aws_kms_key_policy"), lambda each: points_at(facts, each.attributes.get("key_id"), one)
    )
    for held in apart.found or apart.settled():
        return one, held, held.get("policy")
    unhidden(facts, holder, "aws_kms_key_policy")
    return one, one, one.get("policy")
