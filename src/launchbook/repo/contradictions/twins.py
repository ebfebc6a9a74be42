"""One thing defined twice with different values: queues, log groups and schedules of sibling templates and stories."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Evidence, Fact, Facts, Finding
from launchbook.repo.contradictions._ends import differing, end
from launchbook.repo.contradictions._twins import logical, twins

#: What is compared of which types: about, types, attribute, and the words of the message.
_COMPARED: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("queue-name", ("aws_sqs_queue",), "name", "the queue is named"),
    ("visibility-timeout", ("aws_sqs_queue",), "visibility_timeout_seconds", "the visibility timeout is"),
    ("retention", ("aws_sqs_queue",), "message_retention_seconds", "messages are kept (seconds)"),
    ("redrive-count", ("aws_sqs_queue",), "redrive_policy.maxReceiveCount", "messages are tried"),
    ("retention", ("aws_cloudwatch_log_group",), "retention_in_days", "logs are kept (days)"),
    (
        "schedule",
        ("aws_cloudwatch_event_rule", "aws_scheduler_schedule"),
        "schedule_expression",
        "the schedule is",
    ),
)


def contradict(facts: Facts) -> Iterator[Finding]:
    """Each pair that differs, and each pair whose dead-letter queues do."""
    pairs = {kinds: list(twins(facts, *kinds)) for _, kinds, _, _ in _COMPARED}
    for about, kinds, path, says in _COMPARED:
        for one, other in pairs[kinds]:
            values = [at(fact, path) for fact in (one, other)]
            if None not in values and str(values[0]) != str(values[1]):
                why = f"{says} {values[0]} in one file and {values[1]} in another ({logical(one)})"
                ends = [end(one, path, values[0]), end(other, path, values[1])]
                yield differing(about, why, one.id, [*ends, *_users(facts, about, one, other)])
    for one, other in pairs["aws_sqs_queue",]:
        ends = [found for queue in (one, other) if (found := _dead_letter(queue, facts))]
        if len(ends) == 2 and ends[0].value != ends[1].value:
            why = f"the dead-letter queue is {ends[0].value} in one file and {ends[1].value} in another"
            yield differing("queue-name", why, one.id, ends)


def at(fact: Fact, path: str) -> str | int | None:
    """The plain value at a dotted path; None when there is none."""
    first, *below = path.split(".")
    value: object = fact.attributes.get(first)
    for part in below:
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str | int) else None


def _users(facts: Facts, about: str, *queues: Fact) -> Iterator[Evidence]:
    """The code that uses one of two queues of different names."""
    names = {queue.id: queue.name for queue in queues if about == "queue-name"}
    for relation in facts.relations:
        if relation.kind == "uses-queue" and relation.target in names:
            yield Evidence(str(relation.where), "static", names[relation.target])


def _dead_letter(queue: Fact, facts: Facts) -> Evidence | None:
    path = "redrive_policy.deadLetterTargetArn"
    policy = queue.attributes.get("redrive_policy")
    target = policy.get("deadLetterTargetArn") if isinstance(policy, dict) else None
    found = facts.find(target)
    if found is not None:
        return end(found, "name", found.name)
    return end(queue, path, target.rpartition(":")[2]) if isinstance(target, str) else None
