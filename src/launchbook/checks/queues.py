"""Queues that keep what fails: dead-letter queues that exist, that may be written to, and time enough to work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.check import check
from launchbook.checks._shapes import (
    absent,
    field,
    first,
    known,
    listed,
    points_at,
    services,
    statements,
    words,
)
from launchbook.model import Evidence, Fact, Facts, NotKnown, Ref, Value, Verdict, verdict
from launchbook.model.aws import Queue


def dead_letter_pointers(facts: Facts) -> Iterator[tuple[Fact, Value, str]]:
    """Everything that sends its failures to a queue: the sender, the pointer, and where it stands."""
    for queue in facts.seen(Queue):
        policy = queue.attributes.get("redrive_policy")
        if isinstance(policy, dict):
            yield queue, policy.get("deadLetterTargetArn"), "redrive_policy.deadLetterTargetArn"
    for holder in facts.seen("aws_sqs_queue_redrive_policy"):
        yield holder, field(holder.attributes.get("redrive_policy"), "deadLetterTargetArn"), "redrive_policy"
    for kind in ("aws_cloudwatch_event_target", "aws_lambda_function", "aws_scheduler_schedule"):
        for fact in facts.seen(kind):
            block = first(fact.attributes.get("dead_letter_config"))
            pointer = block.get("arn") or block.get("target_arn") or fact.attributes.get("dead_letter_arn")
            if pointer is not None:
                yield fact, pointer, "dead_letter_config"


def takes_dead_letters(queue: Queue, facts: Facts) -> bool:
    """Whether a queue is where something sends its failures."""
    return any(points_at(facts, pointer, queue) for _, pointer, _ in dead_letter_pointers(facts))


@check(
    "sqs-dead-letter-queue",
    "Every work queue has a dead-letter queue",
    of=Queue,
    severity="high",
    fix="Give the queue a redrive_policy with a dead-letter queue.",
)
def dead_letter_queue(queue: Queue, facts: Facts) -> Verdict | None:
    """Without one, a message that cannot be handled is tried until it expires."""
    if takes_dead_letters(queue, facts):
        return None
    if any(
        points_at(facts, one.attributes.get("queue_url"), queue)
        for one in facts.seen("aws_sqs_queue_redrive_policy")
    ):
        return verdict(True, "it has a dead-letter queue", at=[queue.at()])
    policy = queue.redrive_policy
    return verdict(policy is not None, "" if policy else "it has none", at=[queue.at("redrive_policy")])


@check(
    "redrive-target-missing",
    "Every dead-letter queue that something names exists",
    of=Queue,
    severity="high",
    fix="Create the dead-letter queue under the name that the redrive policy gives, or correct the name.",
)
def redrive_target(queue: Queue, facts: Facts) -> Verdict | None:
    """A redrive to a queue that does not exist keeps nothing."""
    policy = queue.get("redrive_policy")
    if policy is None:
        return None
    pointer = known(field(policy, "deadLetterTargetArn"), f"the dead-letter queue of {queue.name}")
    here = queue.at("redrive_policy.deadLetterTargetArn")
    if isinstance(pointer, Ref) and facts.find(pointer) is None:
        raise NotKnown(f"the dead-letter queue of {queue.name}", f"{pointer.to} was not read")
    target = next((one for one in facts.seen(Queue) if points_at(facts, pointer, one)), None)
    if target is not None:
        return verdict(True, f"it is {target.name}", at=[here, target.at()])
    name = str(pointer).rpartition(":")[2]
    others = [
        one.at() for one in facts.seen(Queue) if re.search(r"dlq|dead|fail", one.name) and one.name != name
    ]
    if queue.level in ("static", "plan") and not others:
        raise NotKnown(f"whether {name} exists", "no file makes it", "sqs:ListQueues")
    absent(facts, queue, "aws_sqs_queue")
    return verdict(False, f"no queue is called {name}", at=[here, *others[:2]])


@check(
    "dead-letter-queue-not-writable",
    "Every dead-letter queue admits who writes to it",
    of=Queue,
    severity="high",
    fix="Give the queue a policy that lets the sending service send, limited to the sender's ARN.",
)
def dead_letter_writable(queue: Queue, facts: Facts) -> Verdict | None:
    """EventBridge and the scheduler write to a dead-letter queue as a service: without a policy nothing arrives."""
    senders = [
        (fact, path)
        for fact, pointer, path in dead_letter_pointers(facts)
        if fact.type in ("aws_cloudwatch_event_target",) and points_at(facts, pointer, queue)
    ]
    allowed = _redrive_allow(queue, facts)
    if allowed is not None:
        return allowed
    if not senders:
        return None
    policy, holder, path = _policy(queue, facts)
    ends: list[Evidence] = [senders[0][0].at(senders[0][1]), holder.at(path)]
    if policy is None:
        return verdict(False, "it has no policy, so EventBridge may not write to it", at=ends)
    admitted = {name for one in statements(policy) if _sends(one) for name in services(one)}
    fine = "events.amazonaws.com" in admitted or "*" in admitted
    return verdict(
        fine, "EventBridge may write" if fine else "its policy does not admit EventBridge", at=ends
    )


def _redrive_allow(queue: Queue, facts: Facts) -> Verdict | None:
    """A failing verdict when the queue's own redrive-allow policy refuses a source of its."""
    value, holder = queue.attributes.get("redrive_allow_policy"), queue
    for one in facts.seen("aws_sqs_queue_redrive_allow_policy"):
        if points_at(facts, one.attributes.get("queue_url"), queue):
            value, holder = one.attributes.get("redrive_allow_policy"), one  # type: ignore[assignment]
    permission = field(value, "redrivePermission")
    sources = [
        one
        for one in facts.seen(Queue)
        if points_at(facts, field(one.attributes.get("redrive_policy"), "deadLetterTargetArn"), queue)
    ]
    if permission == "denyAll" and sources:
        return verdict(
            False, "it lets no queue redrive to it", at=[holder.at("redrive_allow_policy"), sources[0].at()]
        )
    if permission == "byQueue":
        named = listed(field(value, "sourceQueueArns"))
        for source in sources:
            if not any(points_at(facts, one, source) for one in named):
                ends = [holder.at("redrive_allow_policy"), source.at("redrive_policy")]
                return verdict(False, f"it does not let {source.name} redrive to it", at=ends)
    return None


def _policy(queue: Queue, facts: Facts) -> tuple[Value, Fact, str]:
    for holder in facts.seen("aws_sqs_queue_policy"):
        pointers = [holder.attributes.get("queue_url"), *listed(holder.attributes.get("queues"))]
        if any(points_at(facts, one, queue) for one in pointers):
            return holder.get("policy"), holder, "policy"
    return queue.get("policy"), queue, "policy"


def _sends(statement: dict[str, Value]) -> bool:
    actions = [one.lower() for one in words(known(statement.get("Action"), "an action"))]
    return any(one in ("sqs:sendmessage", "sqs:*", "*") for one in actions)


@check(
    "visibility-below-consumer-timeout",
    "Every queue hides a message for as long as its consumer may take",
    of=Queue,
    severity="high",
    fix="Raise visibility_timeout_seconds above the consumer's timeout (six times it, for a Lambda function).",
)
def visibility(queue: Queue, facts: Facts) -> Verdict | None:
    """A message that comes back while it is being worked on is worked on twice."""
    for seconds, end in _consumers(queue, facts):
        holds = queue.visibility_timeout >= seconds
        why = f"hidden for {queue.visibility_timeout} s while its consumer may take {seconds} s"
        return verdict(holds, why, at=[queue.at("visibility_timeout_seconds"), end])
    return None


def _consumers(queue: Queue, facts: Facts) -> Iterator[tuple[int, Evidence]]:
    for mapping in facts.seen("aws_lambda_event_source_mapping"):
        if points_at(facts, mapping.attributes.get("event_source_arn"), queue):
            function = facts.find(mapping.attributes.get("function_name"))
            seconds = function.attributes.get("timeout", 3) if function is not None else None
            if function is not None and isinstance(seconds, int):
                yield seconds, function.at("timeout")
    # A container that is given the queue and a time to work.
    for definition in facts.seen("aws_ecs_task_definition"):
        for index, container in enumerate(listed(definition.attributes.get("container_definitions"))):
            settings = listed(field(container, "environment"))
            if not any(points_at(facts, field(one, "value"), queue) for one in settings):
                continue
            for number, one in enumerate(settings):
                seconds = field(one, "value")
                if re.search(r"TIMEOUT_SECONDS$", str(field(one, "name"))) and str(seconds).isdigit():
                    place = f"container_definitions.{index}.environment.{number}.value"
                    yield int(str(seconds)), definition.at(place)
