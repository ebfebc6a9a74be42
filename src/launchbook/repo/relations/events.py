"""Relations that a person follows from the other end: rule to target and role, topic to subscriber, role to policy."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact, Facts, Ref, Relation
from launchbook.repo.wiring import place, pointers_at

_ROLE_POLICIES = ("aws_iam_role_policy", "aws_iam_role_policy_attachment")


def relate(facts: Facts) -> Iterator[Relation]:
    """From each event target, subscription and role policy, the relation in the direction that events flow."""
    for fact in facts:
        if fact.type == "aws_cloudwatch_event_target":
            yield from _target(fact, facts)
        elif fact.type == "aws_sns_topic_subscription":
            yield from _subscription(fact)
        elif fact.type == "aws_lambda_event_source_mapping":
            yield from _consumer(fact)
        elif fact.type in _ROLE_POLICIES:
            yield from _policy(fact, facts)


def pointed(fact: Fact, key: str, facts: Facts) -> str:
    """The id that an attribute points to: by reference, or by another fact's relation; empty when unknown."""
    for _, pointer in pointers_at(fact.attributes.get(key)):
        return pointer.to
    value = fact.attributes.get(key)
    if isinstance(value, str):
        near = [other for other in facts if other.name == value and other.type in _NAMED.get(key, ())]
        beside = [other for other in near if other.where.file == fact.where.file] or near
        return beside[0].id if beside else ""
    return ""


_NAMED = {"rule": ("aws_cloudwatch_event_rule",), "role": ("aws_iam_role",)}


def _target(fact: Fact, facts: Facts) -> Iterator[Relation]:
    rule = pointed(fact, "rule", facts)
    if not rule:
        return
    for key, kind in (("arn", "target"), ("role_arn", "target-role")):
        value = fact.attributes.get(key)
        for _, pointer in pointers_at(value):
            yield Relation(kind=kind, source=rule, target=pointer.to, where=place(fact, key))
        if isinstance(value, str):
            yield Relation(kind=kind, source=rule, target=value, where=place(fact, key), resolved=False)


def _subscription(fact: Fact) -> Iterator[Relation]:
    topic, endpoint = fact.attributes.get("topic_arn"), fact.attributes.get("endpoint")
    source = topic.to if isinstance(topic, Ref) else topic if isinstance(topic, str) else ""
    if not source or fact.created is False:
        return  # nobody is told by what is not created
    if isinstance(endpoint, Ref):
        yield Relation(kind="subscription", source=source, target=endpoint.to, where=fact.where)
    elif isinstance(endpoint, str) and endpoint:
        yield Relation(kind="subscription", source=source, target=endpoint, where=fact.where, resolved=False)


def _consumer(fact: Fact) -> Iterator[Relation]:
    function = next((pointer.to for _, pointer in pointers_at(fact.attributes.get("function_name"))), "")
    for _, pointer in pointers_at(fact.attributes.get("event_source_arn")):
        if function:
            where = place(fact, "event_source_arn")
            yield Relation(kind="event-source", source=function, target=pointer.to, where=where)


def _policy(fact: Fact, facts: Facts) -> Iterator[Relation]:
    role = pointed(fact, "role", facts)
    if role:
        yield Relation(kind="role-policy", source=role, target=fact.id, where=place(fact, "role"))
