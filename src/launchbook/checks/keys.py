"""Keys that let in whoever has to write through them."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._policies import admits
from launchbook.checks._shapes import known, pick, points_at, unhidden
from launchbook.checks.topics import publishers_to
from launchbook.model import Fact, Facts, NotKnown, Value, Verdict, verdict
from launchbook.model.aws import Topic

#: What a service does with the key of a topic that it publishes to; every one of them has to be allowed.
_CALLS = ("kms:GenerateDataKey", "kms:Decrypt")


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
    if not key or not senders:
        return None
    here = topic.at("kms_master_key_id")
    if isinstance(key, str) and key.endswith("alias/aws/sns"):
        _, sender, path = senders[0]
        return verdict(False, "its key is AWS's own, which admits no service", at=[here, sender.at(path)])
    held, policy = _policy(key, topic, facts)
    for service, sender, path in senders:
        missing = [call for call in _CALLS if not admits(policy, service, (call,), sender, facts)]
        if missing:
            why = f"its key's policy does not let {service} call {missing[0]}"
            return verdict(False, why, at=[here, held.at("policy"), sender.at(path)])
    return verdict(True, "its key's policy admits who publishes", at=[here, held.at("policy")])


def _policy(key: Value, topic: Topic, facts: Facts) -> tuple[Fact, Value]:
    """The key, or its policy beside it, and what that says. Raises NotKnown where no key was read."""
    settle = f"aws kms get-key-policy --policy-name default --key-id {key}" if isinstance(key, str) else ""
    alias = facts.find(key)
    if alias is not None and alias.type == "aws_kms_alias":
        key = alias.attributes.get("target_key_id")
    one = next((one for one in facts.seen("aws_kms_key") if points_at(facts, key, one)), None)
    if one is None:
        raise NotKnown(f"whether the key of {topic.name} admits who publishes", "it was not read", settle)
    apart = pick(
        facts.seen("aws_kms_key_policy"), lambda each: points_at(facts, each.attributes.get("key_id"), one)
    )
    for held in apart.found or apart.settled():
        return held, held.get("policy")
    unhidden(facts, topic, "aws_kms_key_policy")
    return one, one.get("policy")
