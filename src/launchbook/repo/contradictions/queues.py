"""Queues: sibling templates, documents and alarms that disagree about a name, a retry count, a time."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from launchbook.model import Evidence, Fact, Facts, Finding
from launchbook.model.aws import Queue
from launchbook.repo.contradictions._ends import claims, differing, end, meant

_COMPARED = (
    ("queue-name", "name", "the queue is named"),
    ("visibility-timeout", "visibility_timeout_seconds", "the visibility timeout is"),
    ("retention", "message_retention_seconds", "messages are kept"),
    ("redrive-count", "redrive_policy.maxReceiveCount", "messages are tried"),
)
_ALIKE = 0.6
_DAY = 86_400


def contradict(facts: Facts) -> Iterator[Finding]:
    """Pairs of sibling definitions, claims of documents, and alarms on a name that no queue has."""
    queues = [queue for queue in facts.seen(Queue) if queue.origin == "source"]
    for one, other in _siblings(queues):
        yield from _pair(one, other, facts)
    for claim in (*claims(facts, "redrive-count"), *claims(facts, "retention")):
        yield from _claimed(claim, queues)
    yield from _misnamed(facts, queues)


def _siblings(queues: list[Queue]) -> Iterator[tuple[Queue, Queue]]:
    """The same logical resource in two templates of one folder."""
    for at, one in enumerate(queues):
        for other in queues[at + 1 :]:
            same = one.id.partition("#")[2] == other.id.partition("#")[2]
            folders = one.where.file.rpartition("/")[0] == other.where.file.rpartition("/")[0]
            if same and folders and one.where.file != other.where.file:
                yield one, other


def _pair(one: Queue, other: Queue, facts: Facts) -> Iterator[Finding]:
    for about, path, says in _COMPARED:
        values = [_at(queue, path) for queue in (one, other)]
        if None not in values and str(values[0]) != str(values[1]):
            why = f"{says} {values[0]} in one template and {values[1]} in another ({_logical(one)})"
            yield differing(about, why, one.id, [end(one, path, values[0]), end(other, path, values[1])])
    ends = [found for queue in (one, other) if (found := _dead_letter(queue, facts))]
    if len(ends) == 2 and ends[0].value != ends[1].value:
        why = f"the dead-letter queue is {ends[0].value} in one template and {ends[1].value} in another"
        yield differing("queue-name", why, one.id, ends)


def _dead_letter(queue: Queue, facts: Facts) -> Evidence | None:
    path = "redrive_policy.deadLetterTargetArn"
    policy = queue.attributes.get("redrive_policy")
    target = policy.get("deadLetterTargetArn") if isinstance(policy, dict) else None
    found = facts.find(target)
    if found is not None:
        return end(found, "name", found.name)
    return end(queue, path, target.rpartition(":")[2]) if isinstance(target, str) else None


def _at(fact: Fact, path: str) -> str | int | None:
    value: object = dict(fact.attributes)
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str | int) else None


def _logical(fact: Fact) -> str:
    return fact.id.partition("#")[2]


def _claimed(claim: Fact, queues: list[Queue]) -> Iterator[Finding]:
    about, said = str(claim.attributes["about"]), claim.attributes.get("value")
    path = "redrive_policy.maxReceiveCount" if about == "redrive-count" else "message_retention_seconds"
    spoken = claim.attributes.get("words")
    if not isinstance(said, int) or "queue" not in (spoken if isinstance(spoken, list) else ()):
        return
    meant_value = said * _DAY if about == "retention" else said
    for queue in queues:
        value = _at(queue, path)
        if value is not None and meant(claim, queue.name) and str(value) != str(meant_value):
            why = f"a document says {said} where {queue.name} has {value}"
            yield differing(about, why, queue.id, [end(queue, path, value), end(claim, "", said)])


def _misnamed(facts: Facts, queues: list[Queue]) -> Iterator[Finding]:
    """An alarm's queue name that no queue has, beside the queue that was probably meant."""
    names = {queue.name for queue in queues}
    for alarm in facts.seen("aws_cloudwatch_metric_alarm"):
        dimensions = alarm.attributes.get("dimensions")
        named = dimensions.get("QueueName") if isinstance(dimensions, dict) else None
        if not isinstance(named, str) or named in names or alarm.origin != "source":
            continue
        near = difflib.get_close_matches(named, names, 1, _ALIKE)
        for queue in queues:
            if near and queue.name == near[0]:
                why = f"an alarm watches {named}, which no queue here is called; {queue.name} comes nearest"
                ends = [end(alarm, "dimensions.QueueName", named), end(queue, "name", queue.name)]
                yield differing("queue-name", why, alarm.id, ends)
                break
