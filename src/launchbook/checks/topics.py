"""Topics that reach somebody and admit who publishes to them."""

from __future__ import annotations

from collections.abc import Sequence

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._delivery import Lost, lost
from launchbook.checks._pointing import among, beside
from launchbook.checks._policies import admits, admitted
from launchbook.checks._shapes import Picked, field, known, listed, pick, words
from launchbook.model import Fact, Facts, Value, Verdict, verdict
from launchbook.model.aws import Topic, TopicSubscription

#: Who publishes when a fact of a type points at a topic, and the attribute that does.
PUBLISHERS = {
    "aws_cloudwatch_metric_alarm": ("cloudwatch.amazonaws.com", "alarm_actions"),
    "aws_cloudwatch_composite_alarm": ("cloudwatch.amazonaws.com", "alarm_actions"),
    "aws_cloudwatch_event_target": ("events.amazonaws.com", "arn"),
    "aws_budgets_budget": ("budgets.amazonaws.com", "notification"),
}


@check(
    "topic-without-subscription",
    "Every topic that alarms go to has a confirmed reader",
    of=Topic,
    severity="high",
    fix="Subscribe the pager, chat or mailbox that is read, and confirm it.",
)
def without_subscription(topic: Topic, facts: Facts) -> Verdict | None:
    """An alarm that goes to a topic without readers is an alarm nobody gets."""
    publishers = _publishers(topic, facts)
    if not publishers.found:
        _every_publisher(topic, publishers, facts)
        return None
    readers = pick(
        facts.seen(TopicSubscription), lambda one: among(facts, one.attributes.get("topic_arn"), topic)
    )
    found = readers.found
    confirmed = pick(
        found,
        lambda one: (
            known(one.attributes.get("confirmed", True), f"whether {one.name} is confirmed") is not False
        ),
    )
    reached, nothing = reached_by(confirmed.found, topic, [one for _, one, _ in publishers.found], facts)
    if reached.found:
        return verdict(True, "somebody reads it", at=[one.at("protocol") for one in reached.found])
    for doubt in (reached, confirmed, readers):
        doubt.settled()
    if found:
        unhidden(facts, topic, "aws_sns_topic_subscription")
        if nothing is not None:
            _every_publisher(topic, publishers, facts)
        why, ends = nothing or ("its readers never confirmed", [one.at("confirmed") for one in found])
        return verdict(False, why, at=[topic.at(), *ends])
    count = known(topic.attributes.get("subscriptions_confirmed"), f"the readers of {topic.name}")
    if count is not None and str(count) != "0":
        return verdict(True, "it has confirmed readers", at=[topic.at("subscriptions_confirmed")])
    absent(facts, topic, "aws_sns_topic_subscription")
    senders = [one.at(path) for _, one, path in publishers.found]
    return verdict(False, "nobody reads what is sent to it", at=[topic.at(), *senders[:3]])


def reached_by(
    readers: Sequence[TopicSubscription], topic: Topic, senders: Sequence[Fact], facts: Facts
) -> tuple[Picked[TopicSubscription], Lost | None]:
    """The subscriptions that get some of what the senders publish, and why the first of the others gets nothing."""
    nothing: list[Lost] = []

    def reached(reader: TopicSubscription) -> bool:
        missed = lost(reader, topic, senders, facts)
        nothing.extend([missed] if missed is not None else [])
        return missed is None

    return pick(readers, reached), next(iter(nothing), None)


@check(
    "topic-policy-excludes-publisher",
    "Every topic's policy admits the services that publish to it",
    of=Topic,
    severity="high",
    fix="Name every publishing service in the topic's policy: a policy of one's own replaces the default one.",
)
def policy_excludes_publisher(topic: Topic, facts: Facts) -> Verdict | None:
    """A topic policy that admits one service shuts the others out."""
    publishers = _publishers(topic, facts)
    needed = {service: one.at(path) for service, one, path in publishers.found}
    if not needed:
        _every_publisher(topic, publishers, facts)
        return None
    policy = _policy(topic, facts)
    if policy is None:
        # The default policy admits the account's own alarms; EventBridge and Budgets it does not.
        missing = {name: end for name, end in needed.items() if name != "cloudwatch.amazonaws.com"}
        if missing:
            name, end = next(iter(missing.items()))
            return verdict(False, f"the default policy does not admit {name}", at=[end, topic.at()])
        _every_publisher(topic, publishers, facts)
        return verdict(True, "the default policy admits alarms", at=[topic.at()])
    document, holder, path = policy
    for name, one, pointer in publishers.found:
        if admits(document, name, _PUBLISH, one, facts, topic):
            continue
        others = [each for each in admitted(document, _PUBLISH) if each != name]
        why = f"its policy admits {', '.join(others) or 'nobody'} and so shuts {name} out"
        if name in admitted(document, _PUBLISH):
            why = f"its policy shuts {one.name} out: a condition, a denial or its resource keeps {name} off"
        return verdict(False, why, at=[one.at(pointer), holder.at(_place(document, path))])
    _every_publisher(topic, publishers, facts)
    return verdict(True, "its policy admits who publishes", at=[holder.at(path)])


_PUBLISH = ("sns:Publish",)


def _every_publisher(topic: Topic, publishers: Picked[Publisher], facts: Facts) -> None:
    """Raise NotKnown where something may publish here unseen: nothing is admitted that is not known."""
    publishers.settled()
    unhidden(facts, topic, *PUBLISHERS)
    if not topic.declared:
        absent(facts, topic, "aws_cloudwatch_metric_alarm")


def _place(document: Value, path: str) -> str:
    """Where the policy says who may publish."""
    for index, one in enumerate(listed(field(document, "Statement"))):
        if isinstance(one, dict) and _publishes(one):
            return f"{path}.Statement.{index}.Principal"
    return path


#: A service that publishes, the fact on whose behalf it does, and the attribute that points at the topic.
Publisher = tuple[str, Fact, str]


def _publishers(topic: Topic, facts: Facts) -> Picked[Publisher]:
    pointing = (
        (service, fact, path) for kind, (service, path) in PUBLISHERS.items() for fact in facts.seen(kind)
    )
    return pick(pointing, lambda one: among(facts, _pointers(one[1].attributes.get(one[2])), topic))


def publishers_to(topic: Topic, facts: Facts) -> list[Publisher]:
    """What publishes to a topic. Raises NotKnown where none is seen and one may be."""
    found = _publishers(topic, facts)
    if not found.found:
        _every_publisher(topic, found, facts)
    return found.found


def _pointers(value: Value) -> list[Value]:
    """What points at topics; of a budget, its notifications do."""
    found: list[Value] = []
    for one in value if isinstance(value, list) else [value]:
        inner = one.get("subscriber_sns_topic_arns") if isinstance(one, dict) else one
        found += inner if isinstance(inner, list) else [inner]
    return [one for one in found if one is not None]


def _policy(topic: Topic, facts: Facts) -> tuple[Value, Fact, str] | None:
    """The policy that holds: one of its own, or one attached beside it."""
    apart = beside(facts, "aws_sns_topic_policy", "arn", topic)
    for holder in apart.found or apart.settled():
        return holder.get("policy"), holder, "policy"
    unhidden(facts, topic, "aws_sns_topic_policy")
    own = topic.get("policy")
    return (own, topic, "policy") if own is not None else None


def _publishes(statement: dict[str, Value]) -> bool:
    actions = [one.lower() for one in words(known(statement.get("Action"), "an action"))]
    return any(one in ("sns:publish", "sns:*", "*") for one in actions)
