"""Work that is taken, and failures that arrive in time: consumers that are on, redrives before a message is gone."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._absence import unhidden
from launchbook.checks._pointing import beside
from launchbook.checks._shapes import below, known, switched_on, whole
from launchbook.model import Fact, Facts, NotKnown, Value, Verdict, verdict
from launchbook.model.aws import Queue

_KEPT = "message_retention_seconds"
#: Seconds that SQS keeps a message where nobody said how long.
_DEFAULT = 345_600
#: Tries after which a message that can't be handled has been in everybody's way for long.
_MANY = 100


@check(
    "dead-letter-in-time",
    "Every message that fails reaches its dead-letter queue, and stays there for somebody to look",
    of=Queue,
    severity="medium",
    fix="Keep messages longer in the dead-letter queue than in its source (14 days), after about five tries.",
)
def in_time(queue: Queue, facts: Facts) -> Verdict | None:
    """A message keeps the age that it had: where the dead-letter queue keeps it for less than its source does, what
    waited for long is gone as it arrives. As long is enough for what fails at once, as nearly all that fails does."""
    policy, place = _policy(queue, facts)
    if policy is None:
        return None
    tries = known(below(policy, "maxReceiveCount"), f"the tries of {queue.name}")
    here = place.at("redrive_policy.maxReceiveCount" if place is queue else "redrive_policy")
    if tries is not None and whole(tries, f"the tries of {queue.name}") >= _MANY:
        return verdict(False, f"it is tried {tries} times before it is put aside", at=[here])
    pointer = known(below(policy, "deadLetterTargetArn"), f"the dead-letter queue of {queue.name}")
    target = facts.find(pointer)
    if target is None:
        raise NotKnown(f"the dead-letter queue of {queue.name}", "it was not read", "sqs:GetQueueAttributes")
    own, there = _kept(queue), _kept(target)
    # A FIFO queue counts from the move.
    fine = there >= own or _ordered(queue)
    why = f"{target.name} keeps a message for {there} s from its first day, {queue.name} for {own} s"
    return verdict(fine, why, at=[here, target.at(_KEPT), queue.at(_KEPT)])


def _ordered(queue: Queue) -> bool:
    """Whether a queue is FIFO: an account tells by its name."""
    if not queue.declared:
        return queue.name.endswith(".fifo")
    return switched_on(known(queue.get("fifo_queue"), f"the order of {queue.name}"))


def _policy(queue: Queue, facts: Facts) -> tuple[Value, Fact]:
    apart = beside(facts, "aws_sqs_queue_redrive_policy", "queue_url", queue)
    for one in apart.found:
        return one.get("redrive_policy"), one
    own = known(queue.get("redrive_policy"), f"the redrive policy of {queue.name}")
    if own is None:
        apart.settled()
        unhidden(facts, queue, "aws_sqs_queue_redrive_policy")
    return own, queue


def _kept(queue: Fact) -> int:
    given = known(queue.get(_KEPT), f"how long {queue.name} keeps a message")
    return _DEFAULT if given is None else whole(given, f"how long {queue.name} keeps a message")


@check(
    "event-source-disabled",
    "Every function that a queue or a stream feeds is fed",
    of="aws_lambda_event_source_mapping",
    severity="high",
    fix="Enable the mapping, or remove it.",
)
def source_disabled(mapping: Fact, facts: Facts) -> Verdict | None:
    """Nobody takes what arrives while its mapping is off."""
    if "state" in mapping.attributes:  # as an account answers
        state = str(mapping.get("state"))
        return verdict(state not in ("Disabled", "Disabling"), f"it is {state}", at=[mapping.at("state")])
    given = known(mapping.get("enabled"), f"whether {mapping.name} is on")
    on = given is None or switched_on(given)
    return verdict(on, "it is on" if on else "it is off", at=[mapping.at("enabled")])
