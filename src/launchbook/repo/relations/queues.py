"""From the code that calls a queue to the queue: by the name it writes, or by the setting that holds the URL."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact, Facts, Relation, Setting, Where
from launchbook.repo.relations.spring import relaxed
from launchbook.repo.wiring import place


def relate(facts: Facts) -> Iterator[Relation]:
    """One relation for each file and queue; a name that no file creates stays a name, unresolved."""
    queues = {fact.name: fact for fact in facts.seen("aws_sqs_queue") if fact.origin == "source"}
    urls = _urls(facts)
    bound = {
        str(fact.attributes.get("accessor")): relaxed(fact.name)
        for fact in facts.seen(Setting)
        if fact.attributes.get("accessor")
    }
    seen: set[tuple[str, str]] = set()
    for call in facts.seen("sdk_call"):
        if call.attributes.get("service") != "sqs":
            continue
        for name, where in _names(call, bound, urls):
            if (call.where.file, name) not in seen:
                seen.add((call.where.file, name))
                queue = queues.get(name)
                target = queue.id if queue else name
                yield Relation(
                    kind="uses-queue",
                    source=call.where.file,
                    target=target,
                    where=where,
                    resolved=queue is not None,
                )


def _names(
    call: Fact, bound: dict[str, str], urls: dict[str, tuple[str, Where]]
) -> Iterator[tuple[str, Where]]:
    written = call.attributes.get("queue")
    if isinstance(written, str):
        yield written, place(call, "queue")
    settings = [bound.get(str(call.attributes.get("accessor")), "")]
    settings += [relaxed(str(call.attributes.get("names_QueueUrl", "")))]
    for setting in settings:
        if setting and setting in urls:
            yield urls[setting]


def _urls(facts: Facts) -> dict[str, tuple[str, Where]]:
    """Settings of task definitions that hold a queue's URL: the queue's name and the place."""
    found: dict[str, tuple[str, Where]] = {}
    for fact in facts.seen("aws_ecs_task_definition"):
        held = fact.attributes.get("queue_settings")
        for setting, name in held.items() if isinstance(held, dict) else ():
            if isinstance(name, str):
                found[relaxed(setting)] = (name, place(fact, f"queue_settings.{setting}"))
    return found
