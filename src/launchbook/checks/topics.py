"""Topics that reach somebody and admit who publishes to them."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.check import check
from launchbook.checks._shapes import absent, field, known, listed, points_at, services, statements, words
from launchbook.model import Evidence, Fact, Facts, Value, Verdict, verdict
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
    if not any(_publishers(topic, facts)):
        _every_publisher(topic, facts)
        return None
    found = [
        one
        for one in facts.seen(TopicSubscription)
        if points_at(facts, one.attributes.get("topic_arn"), topic)
    ]
    confirmed = [
        one
        for one in found
        if known(one.attributes.get("confirmed", True), f"whether {one.name} is confirmed") is not False
    ]
    if confirmed:
        return verdict(True, "somebody reads it", at=[one.at("protocol") for one in confirmed])
    if found:
        return verdict(
            False, "its readers never confirmed", at=[topic.at(), *(one.at("confirmed") for one in found)]
        )
    count = known(topic.attributes.get("subscriptions_confirmed"), f"the readers of {topic.name}")
    if count is not None and str(count) != "0":
        return verdict(True, "it has confirmed readers", at=[topic.at("subscriptions_confirmed")])
    absent(facts, topic, "aws_sns_topic_subscription")
    senders = [evidence for _, evidence in _publishers(topic, facts)]
    return verdict(False, "nobody reads what is sent to it", at=[topic.at(), *senders[:3]])


@check(
    "topic-policy-excludes-publisher",
    "Every topic's policy admits the services that publish to it",
    of=Topic,
    severity="high",
    fix="Name every publishing service in the topic's policy: a policy of one's own replaces the default one.",
)
def policy_excludes_publisher(topic: Topic, facts: Facts) -> Verdict | None:
    """A topic policy that admits one service shuts the others out."""
    needed = dict(_publishers(topic, facts))
    policy = _policy(topic, facts)
    if not needed:
        _every_publisher(topic, facts)
        return None
    if policy is None:
        # The default policy admits the account's own alarms; EventBridge and Budgets it does not.
        missing = {name: end for name, end in needed.items() if name != "cloudwatch.amazonaws.com"}
        if missing:
            name, end = next(iter(missing.items()))
            return verdict(False, f"the default policy does not admit {name}", at=[end, topic.at()])
        _every_publisher(topic, facts)
        return verdict(True, "the default policy admits alarms", at=[topic.at()])
    document, holder, path = policy
    admitted = {name for one in statements(document) if _publishes(one) for name in _admitted(one)}
    for name, end in needed.items():
        if name not in admitted and "*" not in admitted:
            why = f"its policy admits {', '.join(sorted(admitted)) or 'nobody'} and so shuts {name} out"
            return verdict(False, why, at=[end, holder.at(_place(document, path))])
    _every_publisher(topic, facts)
    return verdict(True, "its policy admits who publishes", at=[holder.at(path)])


def _every_publisher(topic: Topic, facts: Facts) -> None:
    """Raise NotKnown where something in the account may publish here unseen: nothing is admitted that is not known."""
    if topic.level not in ("static", "plan"):
        for kind in PUBLISHERS:
            facts.of(kind)


def _admitted(statement: dict[str, Value]) -> list[str]:
    """Who a statement admits. AWS's own default policy names everybody on the owner's behalf: that lets the account's
    alarms in, and no service that calls on its own."""
    limits = known(statement.get("Condition"), "the condition of a policy")
    for limit in limits.values() if isinstance(limits, dict) else ():
        known(limit, "the condition of a policy")
    condition = str(limits or "").lower()
    names = services(statement)
    return ["cloudwatch.amazonaws.com"] if "*" in names and "sourceowner" in condition else names


def _place(document: Value, path: str) -> str:
    """Where the policy says who may publish."""
    for index, one in enumerate(listed(field(document, "Statement"))):
        if isinstance(one, dict) and _publishes(one):
            return f"{path}.Statement.{index}.Principal"
    return path


def _publishers(topic: Topic, facts: Facts) -> Iterator[tuple[str, Evidence]]:
    for kind, (service, path) in PUBLISHERS.items():
        for fact in facts.seen(kind):
            if any(points_at(facts, one, topic) for one in _pointers(fact.attributes.get(path))):
                yield service, fact.at(path)


def _pointers(value: Value) -> Iterator[Value]:
    for one in listed(value):
        if isinstance(one, dict):
            yield from listed(one.get("subscriber_sns_topic_arns"))
        else:
            yield one


def _policy(topic: Topic, facts: Facts) -> tuple[Value, Fact, str] | None:
    """The policy that holds: one of its own, or one attached beside it."""
    for holder in facts.seen("aws_sns_topic_policy"):
        if any(points_at(facts, one, topic) for one in listed(holder.attributes.get("arn"))):
            return holder.get("policy"), holder, "policy"
    own = topic.get("policy")
    return (own, topic, "policy") if own is not None else None


def _publishes(statement: dict[str, Value]) -> bool:
    actions = [one.lower() for one in words(known(statement.get("Action"), "an action"))]
    return any(one in ("sns:publish", "sns:*", "*") for one in actions)
