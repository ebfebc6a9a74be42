"""Whether a subscription gets what alarms send: its filter lets it through, and its endpoint may be called.

What CloudWatch, EventBridge and Budgets publish carries no message attributes; an alarm's message is a JSON object. How
SNS filters, and what it may call, are as the Amazon SNS developer guide has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from launchbook.checks._absence import unhidden
from launchbook.checks._pointing import among, points_at
from launchbook.checks._policies import admits
from launchbook.checks._shapes import known, listed, pick, some, words
from launchbook.checks.queues import policy_of
from launchbook.model import Evidence, Fact, Facts, NotKnown, Value
from launchbook.model.aws import Queue, Topic, TopicSubscription

#: The fields of the message of an alarm.
_ALARM_FIELDS = (
    *("AlarmName", "AlarmDescription", "AWSAccountId", "AlarmConfigurationUpdatedTimestamp", "NewStateValue"),
    *("NewStateReason", "StateChangeTime", "Region", "AlarmArn", "OldStateValue", "OKActions"),
    *("AlarmActions", "InsufficientDataActions", "Trigger", "AlarmRule", "TriggeringChildren"),
)
_ALARMS = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")

#: Why nothing arrives, and what shows it.
Lost = tuple[str, list[Evidence]]


def lost(reader: TopicSubscription, topic: Topic, senders: Sequence[Fact], facts: Facts) -> Lost | None:
    """Why a subscription gets nothing of what the senders publish to its topic; None where it gets some of it.

    Raises NotKnown where that depends on what was not read.
    """
    policy = known(reader.attributes.get("filter_policy"), f"what {reader.name} lets through")
    if isinstance(policy, dict) and policy:
        scope = known(reader.attributes.get("filter_policy_scope"), f"what the filter of {reader.name} reads")
        body = scope == "MessageBody"
        kept = some(senders, lambda one: _lets_through(policy, one)) if body else _admits_none(policy)
        if not kept:
            _all_read(policy, f"what {reader.name} lets through")
            why = "its filter asks for message attributes, which what AWS's services publish does not carry"
            return "its filter lets none of what is sent through" if body else why, [
                reader.at("filter_policy")
            ]
    return _not_called(reader, topic, facts)


def _all_read(value: Value, what: str) -> None:
    """Let a verdict rest on the whole of a filter. Raises NotKnown where a part of it was not read."""
    held = known(value, what)
    for one in held.values() if isinstance(held, dict) else held if isinstance(held, list) else ():
        _all_read(one, what)


def _admits_none(policy: dict[str, Value]) -> bool:
    """Whether a filter on message attributes lets a message without any through."""
    return all(
        some(listed(asked), lambda one: isinstance(one, dict) and _admits_none(one))
        if name == "$or"
        else some(listed(asked), _may_be_absent)
        for name, asked in policy.items()
    )


def _may_be_absent(asked: Value) -> bool:
    return known(asked, "a filter") == {"exists": False}


def _lets_through(policy: dict[str, Value], sender: Fact) -> bool:
    """Whether a filter on the message lets that of an alarm through."""
    if sender.type not in _ALARMS:
        raise NotKnown(f"whether a filter lets {sender.name} through", "its message was not seen")
    told = {"NewStateValue": "ALARM", "AlarmName": sender.name}
    doubt: NotKnown | None = None
    for name, asked in policy.items():
        if name not in _ALARM_FIELDS and not name.startswith("$"):
            if not some(listed(asked), _may_be_absent):
                return False
        elif name in told:
            if not some(listed(asked), lambda one, field=name: _matches(one, told[field])):  # type: ignore[misc]
                return False
        else:
            doubt = NotKnown(f"whether a filter lets {sender.name} through", f"it asks for {name}")
    if doubt is not None:
        raise doubt
    return True


def _matches(asked: Value, text: str) -> bool:
    """Whether one condition of a filter matches a text."""
    given = known(asked, "a filter")
    if not isinstance(given, dict):
        return given == text
    for operator, value in given.items():
        if operator == "exists":
            return value is True
        if operator == "anything-but" and not isinstance(value, dict):
            return text not in words(value)
        pattern = {"prefix": f"{value}*", "suffix": f"*{value}", "wildcard": str(value)}.get(operator)
        if pattern is None or not isinstance(value, str) or set("[?") & set(value):
            raise NotKnown("whether a filter matches", f"it asks with {operator}")
        return fnmatchcase(text, pattern)
    return False


def _not_called(reader: TopicSubscription, topic: Topic, facts: Facts) -> Lost | None:
    protocol = known(reader.attributes.get("protocol"), f"the protocol of {reader.name}")
    if protocol == "sqs":
        queue = _end(facts, reader, Queue.TYPES[0])
        return _queue_shut(reader, topic, queue, facts) if isinstance(queue, Queue) else None
    if protocol == "lambda":
        function = _end(facts, reader, "aws_lambda_function")
        return _function_shut(reader, topic, function, facts) if function is not None else None
    return None


def _end(facts: Facts, reader: TopicSubscription, kind: str) -> Fact | None:
    """The queue or function that a subscription sends to, where that was read."""
    pointer = reader.attributes.get("endpoint")
    named = pick(facts.seen(kind), lambda one: points_at(facts, pointer, one))
    if not named.found:
        known(pointer, f"where {reader.name} sends to")
        unhidden(facts, reader, kind)
    return next(iter(named.found), None)


def _queue_shut(reader: TopicSubscription, topic: Topic, queue: Queue, facts: Facts) -> Lost | None:
    policy, holder, path = policy_of(queue, facts)
    if policy is not None and admits(policy, "sns.amazonaws.com", ("sqs:SendMessage",), topic, facts, queue):
        return None
    why = f"the queue {queue.name} has no policy that lets SNS send to it for {topic.name}"
    return why, [reader.at("endpoint"), holder.at(path)]


def _function_shut(reader: TopicSubscription, topic: Topic, function: Fact, facts: Facts) -> Lost | None:
    """Files alone say who may call a function. What SAM and the Serverless Framework make of an event they permit."""
    if not function.declared or not reader.declared or not _written_out(reader):
        return None
    permitted = pick(facts.seen("aws_lambda_permission"), lambda one: _permits(one, topic, function, facts))
    if permitted.found or permitted.settled():
        return None
    unhidden(facts, function, "aws_lambda_permission")
    why = f"no permission lets SNS call {function.name}"
    return why, [reader.at("endpoint"), function.at()]


def _written_out(reader: TopicSubscription) -> bool:
    return ".Events." not in reader.id and not reader.where.file.rpartition("/")[2].startswith("serverless")


def _permits(permission: Fact, topic: Topic, function: Fact, facts: Facts) -> bool:
    given = permission.attributes
    if not among(facts, given.get("function_name"), function):
        return False
    if known(given.get("principal"), f"whom {permission.name} permits") not in ("sns.amazonaws.com", "*"):
        return False
    source = given.get("source_arn")
    return source is None or points_at(facts, source, topic)
