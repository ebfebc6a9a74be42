"""Queues: documents and alarms that disagree with the queue they mean."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from launchbook.model import Fact, Facts, Finding
from launchbook.model.aws import Queue
from launchbook.repo.contradictions._ends import claims, common_words, differing, end, meant, spoken
from launchbook.repo.contradictions.twins import at

_ALIKE = 0.6
_DAY = 86_400
#: What a sentence about a queue may say is kept besides its messages.
_OTHERS_KEPT = frozenset({"log", "logs", "backup", "backups", "snapshots"})


def contradict(facts: Facts) -> Iterator[Finding]:
    """Claims of documents, and alarms on a name that no queue has."""
    queues = [queue for queue in facts.seen(Queue) if queue.origin == "source"]
    claimed = [*claims(facts, "redrive-count"), *claims(facts, "retention")]
    common = common_words(facts) if claimed else ()
    for claim in claimed:
        yield from _claimed(claim, queues, common)
    yield from _misnamed(facts, queues)


def _claimed(claim: Fact, queues: list[Queue], common: Collection[str]) -> Iterator[Finding]:
    about, said = str(claim.attributes["about"]), claim.attributes.get("value")
    path = "redrive_policy.maxReceiveCount" if about == "redrive-count" else "message_retention_seconds"
    if not isinstance(said, int) or "queue" not in spoken(claim) or _OTHERS_KEPT & spoken(claim):
        return
    unit = _DAY if about == "retention" else 1
    for queue in queues:
        value = at(queue, path)
        if value is not None and meant(claim, queue.name, common) and str(value) != str(said * unit):
            real = f"{int(value) / unit:g}" if str(value).isdigit() else value
            of = " days" if about == "retention" else " tries"
            why = f"a document says {said}{of} where {queue.name} has {real}"
            yield differing(about, why, queue.id, [end(queue, path, value), end(claim, "", said)])


def _misnamed(facts: Facts, queues: list[Queue]) -> Iterator[Finding]:
    """An alarm's queue name that no queue has, beside the queue that was probably meant."""
    names = {queue.name for queue in queues}
    for alarm in facts.seen("aws_cloudwatch_metric_alarm"):
        dimensions = alarm.attributes.get("dimensions")
        named = dimensions.get("QueueName") if isinstance(dimensions, dict) else None
        if not isinstance(named, str) or named in names or alarm.origin != "source":
            continue
        import difflib  # wanted only where something is amiss

        near = difflib.get_close_matches(named, sorted(names), 1, _ALIKE)
        for queue in queues:
            if near and queue.name == near[0]:
                why = f"an alarm watches {named}, which no queue here is called; {queue.name} comes nearest"
                ends = [end(alarm, "dimensions.QueueName", named), end(queue, "name", queue.name)]
                yield differing("queue-name", why, alarm.id, ends)
                break
