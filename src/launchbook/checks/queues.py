"""Queues that keep what fails: dead-letter queues that exist, that may be written to, and time enough to work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._pointing import among, beside
from launchbook.checks._policies import admits
from launchbook.checks._shapes import Picked, below, field, known, listed, pick, some, whole
from launchbook.model import Evidence, Fact, Facts, NotKnown, Ref, Unread, Value, Verdict, verdict
from launchbook.model.aws import Queue


def dead_letter_pointers(facts: Facts) -> Iterator[tuple[Fact, Value, str]]:
    """Everything that sends its failures to a queue: the sender, the pointer, and where it stands."""
    for queue in facts.seen(Queue):
        pointer = below(queue.attributes.get("redrive_policy"), "deadLetterTargetArn")
        yield queue, pointer, "redrive_policy.deadLetterTargetArn"
    for holder in facts.seen("aws_sqs_queue_redrive_policy"):
        yield holder, below(holder.attributes.get("redrive_policy"), "deadLetterTargetArn"), "redrive_policy"
    for kind in ("aws_cloudwatch_event_target", "aws_lambda_function", "aws_scheduler_schedule"):
        for fact in facts.seen(kind):
            block = fact.attributes.get("dead_letter_config")
            own = below(block, "arn") or below(block, "target_arn")
            yield fact, own or fact.attributes.get("dead_letter_arn"), "dead_letter_config"


def seen_to_take(queue: Queue, facts: Facts) -> Picked[tuple[Fact, Value, str]]:
    """What was seen to send its failures to a queue."""
    return pick(dead_letter_pointers(facts), lambda one: among(facts, one[1], queue))


#: What may send its failures to a queue, as an account lists it.
_SENDERS = ("aws_sqs_queue", "aws_cloudwatch_event_target", "aws_lambda_function", "aws_scheduler_schedule")


def takes_dead_letters(queue: Queue, facts: Facts) -> bool:
    """Whether a queue is where something sends its failures. Raises NotKnown when what may do so was not read."""
    pointing = seen_to_take(queue, facts)
    if pointing.found or pointing.settled():
        return True
    absent(facts, queue, *_SENDERS)
    unhidden(facts, queue, "aws_sqs_queue_redrive_policy")
    return False


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
    apart = beside(facts, "aws_sqs_queue_redrive_policy", "queue_url", queue)
    for one in apart.found:
        return verdict(True, "it has a dead-letter queue", at=[queue.at(), one.at("redrive_policy")])
    policy = queue.redrive_policy
    if policy is None:
        apart.settled()
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
    target = next((one for one in facts.seen(Queue) if among(facts, pointer, one)), None)
    if target is not None:
        return verdict(True, f"it is {target.name}", at=[here, target.at()])
    name = str(pointer).rpartition(":")[2]
    others = [
        one.at() for one in facts.seen(Queue) if re.search(r"dlq|dead|fail", one.name) and one.name != name
    ]
    if queue.declared and not others:
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
    allowed = _redrive_allow(queue, facts)
    if allowed is not None:
        return allowed
    picked = pick(
        dead_letter_pointers(facts),
        lambda one: one[0].type == "aws_cloudwatch_event_target" and among(facts, one[1], queue),
    )
    senders = [(fact, path) for fact, _, path in picked.found]
    if not senders:
        picked.settled()
        unhidden(facts, queue, "aws_cloudwatch_event_target", "aws_sqs_queue")
        return None
    policy, holder, path = policy_of(queue, facts)
    ends: list[Evidence] = [senders[0][0].at(senders[0][1]), holder.at(path)]
    if policy is None:
        return verdict(False, "it has no policy, so EventBridge may not write to it", at=ends)
    for sender, _ in senders:
        if not admits(policy, "events.amazonaws.com", ("sqs:SendMessage",), sender, facts):
            why = f"its policy does not admit EventBridge for {sender.name}"
            return verdict(False, why, at=[sender.at("dead_letter_config"), holder.at(path)])
    return verdict(True, "EventBridge may write", at=ends)


def _redrive_allow(queue: Queue, facts: Facts) -> Verdict | None:
    """A failing verdict when the queue's own redrive-allow policy refuses a source of its."""
    value, holder = queue.attributes.get("redrive_allow_policy"), queue
    apart = beside(facts, "aws_sqs_queue_redrive_allow_policy", "queue_url", queue)
    for one in apart.found or apart.settled():
        value, holder = one.attributes.get("redrive_allow_policy"), one  # type: ignore[assignment]
    permission = known(field(value, "redrivePermission"), f"who may redrive to {queue.name}")
    if permission not in ("denyAll", "byQueue"):
        return None
    picked = pick(
        facts.seen(Queue),
        lambda one: among(facts, below(one.attributes.get("redrive_policy"), "deadLetterTargetArn"), queue),
    )
    sources = picked.found
    if permission == "denyAll" and sources:
        return verdict(
            False, "it lets no queue redrive to it", at=[holder.at("redrive_allow_policy"), sources[0].at()]
        )
    if permission == "byQueue":
        named = field(value, "sourceQueueArns")
        for source in sources:
            if not among(facts, named, source):
                ends = [holder.at("redrive_allow_policy"), source.at("redrive_policy")]
                return verdict(False, f"it does not let {source.name} redrive to it", at=ends)
    picked.settled()
    return None


def policy_of(queue: Queue, facts: Facts) -> tuple[Value, Fact, str]:
    """The policy that holds for a queue (None: it has none), what it stands in, and where."""
    apart = [beside(facts, "aws_sqs_queue_policy", name, queue) for name in ("queue_url", "queues")]
    for holder in (one for picked in apart for one in picked.found):
        return holder.get("policy"), holder, "policy"
    for picked in apart:
        picked.settled()
    own = queue.get("policy")
    if own is None:
        unhidden(facts, queue, "aws_sqs_queue_policy")
    return own, queue, "policy"


@check(
    "visibility-below-consumer-timeout",
    "Every queue hides a message for as long as its consumer may take",
    of=Queue,
    severity="high",
    fix="Raise visibility_timeout_seconds above the consumer's timeout (six times it, for a Lambda function).",
)
def visibility(queue: Queue, facts: Facts) -> Verdict | None:
    """A message that comes back while it is being worked on is worked on twice."""
    passed = None
    for seconds, end in _consumers(queue, facts):
        holds = queue.visibility_timeout >= seconds
        why = f"hidden for {queue.visibility_timeout} s while its consumer may take {seconds} s"
        passed = verdict(holds, why, at=[queue.at("visibility_timeout_seconds"), end])
        if not holds:
            return passed
    unhidden(facts, queue, "aws_lambda_event_source_mapping", "aws_ecs_task_definition")
    return passed


def _consumers(queue: Queue, facts: Facts) -> Iterator[tuple[int, Evidence]]:
    """How many seconds each consumer of a queue may take, and where that stands. Raises NotKnown, at the end, when
    something may consume it of which that was not read."""
    mappings = beside(facts, "aws_lambda_event_source_mapping", "event_source_arn", queue)
    doubts = [mappings.doubt]
    for mapping in mappings.found:
        pointer = known(mapping.attributes.get("function_name"), f"what takes from {queue.name}")
        function = facts.find(pointer)
        if function is None:
            doubts.append(NotKnown(f"the timeout of what takes from {queue.name}", f"{pointer} was not read"))
            continue
        given = known(function.attributes.get("timeout", 3), f"the timeout of {function.name}")
        yield whole(given, f"the timeout of {function.name}"), function.at("timeout")
    behind = pick(_containers(facts), lambda one: _takes_from(one[2], queue, facts))
    for definition, index, container in behind.found:
        for number, one in enumerate(listed(field(container, "environment"))):
            if _LIMIT.search(str(known(field(one, "name"), "the name of a setting"))):
                seconds = known(field(one, "value"), f"the time to work of {definition.name}")
                if str(seconds).isdigit():
                    place = f"container_definitions.{index}.environment.{number}.value"
                    yield int(str(seconds)), definition.at(place)
    for doubt in (*doubts, behind.doubt):
        if doubt is not None:
            raise doubt


def _takes_from(container: Value, queue: Queue, facts: Facts) -> bool:
    """Whether a container with a time to work is given the queue. One that is seen to be given another is for that one:
    of its other settings the values are not kept."""
    settings = listed(field(container, "environment"))
    if not some(settings, lambda one: _LIMIT.search(str(known(field(one, "name"), "a setting"))) is not None):
        return False
    values = [field(one, "value") for one in settings]
    seen: list[Value] = [one for one in values if not isinstance(one, Unread) or one.refs]
    if among(facts, seen, queue):
        return True
    if any(among(facts, seen, other) for other in facts.seen(Queue)):
        return False
    return among(facts, values, queue)


#: The setting by which a consumer is told how long it may work on one message.
_LIMIT = re.compile(r"TIMEOUT_SECONDS$")


def _containers(facts: Facts) -> Iterator[tuple[Fact, int, Value]]:
    for definition in facts.seen("aws_ecs_task_definition"):
        containers = definition.attributes.get("container_definitions")
        for index, one in enumerate(containers if isinstance(containers, list) else [containers]):
            yield definition, index, one
