"""How things are now: alarms that ring, queues that fill, jobs that failed. Only an account can tell."""

from __future__ import annotations

import re

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._pointing import among, beside
from launchbook.checks._shapes import day, known, listed, of_account, pick, whole, words
from launchbook.checks._tasks import failed
from launchbook.checks.queues import seen_to_take, takes_dead_letters
from launchbook.checks.topics import reached_by
from launchbook.model import Fact, Facts, NotKnown, Ref, Verdict, verdict
from launchbook.model.aws import Alarm, Queue, Topic, TopicSubscription

_SCALING = ("aws_appautoscaling_policy", "aws_autoscaling_policy")
_SCALING_ARN = re.compile(r"arn:[^:]*:autoscaling:[^:]*:[^:]*:scalingPolicy:")


@check(
    "log-retention",
    "Every log group keeps its logs for a time that is set",
    of="aws_cloudwatch_log_group",
    severity="medium",
    fix="Set retention_in_days.",
)
def log_retention(group: Fact, facts: Facts) -> Verdict | None:
    """Without one, logs are kept and paid for without end."""
    days = known(group.get("retention_in_days"), f"the retention of {group.name}")
    fine = days is not None and whole(days, "the retention") > 0
    return verdict(fine, f"{days} days" if fine else "kept for ever", at=[group.at("retention_in_days")])


@check(
    "alarm-state",
    "No alarm rings, and none has been without data for days",
    of=Alarm,
    severity="high",
    fix="Open the alarm's runbook; where it has no data, find out who should emit its metric.",
)
def alarm_state(alarm: Alarm, facts: Facts) -> Verdict | None:
    """A launch begins with quiet alarms. One without data for days will never ring."""
    if alarm.declared:
        return None
    state, since = alarm.get("state"), day(alarm.attributes.get("state_since"))
    updated = day(alarm.attributes.get("state_updated"))
    ends = [alarm.at("state"), alarm.at("state_since" if since else "state_updated")]
    if state == "ALARM":
        if _only_scales(alarm, facts):
            return verdict(True, "it rings for a scaling policy alone: that is its work", at=ends)
        return verdict(False, f"it rings since {since}" if since else "it rings", at=ends)
    if state == "INSUFFICIENT_DATA":
        # An update may be younger than the state itself: it can show that an alarm was long without data, not that it
        # was not.
        if since is None and updated is not None and (facts.today - updated).days >= 2:
            since = updated
        if since is None:
            raise NotKnown(
                f"since when {alarm.name} has no data", "it was not read", "cloudwatch:DescribeAlarms"
            )
        days = (facts.today - since).days
        quiet = days >= 2 and alarm.attributes.get("treat_missing_data") != "notBreaching"
        return verdict(not quiet, f"without data for {days} days", at=ends)
    return verdict(True, "it is quiet", at=ends)


def _only_scales(alarm: Alarm, facts: Facts) -> bool:
    """Whether all it does is scaling: a service at its minimum has such an alarm ringing all the time."""
    actions = [known(one, f"an action of {alarm.name}") for one in listed(alarm.get("alarm_actions"))]
    targets = [facts.find(one) if isinstance(one, Ref) else None for one in actions]
    return bool(actions) and all(
        target.type in _SCALING if target is not None else _SCALING_ARN.match(str(action)) is not None
        for action, target in zip(actions, targets, strict=True)
    )


@check(
    "queue-backlog",
    "No queue holds more than its consumer takes",
    of=Queue,
    severity="medium",
    fix="Read the consumer's log; scale it out.",
)
def backlog(queue: Queue, facts: Facts) -> Verdict | None:
    """A thousand waiting messages are more than a moment's work. How old the oldest is, its alarm tells."""
    if queue.declared or seen_to_take(queue, facts).found:
        return None
    waiting = whole(queue.get("messages"), f"the depth of {queue.name}")
    return verdict(waiting < 1000, f"{waiting} wait", at=[queue.at("messages")])


@check(
    "dead-letters-waiting",
    "No dead-letter queue holds messages",
    of=Queue,
    severity="high",
    fix="Read one message and the consumer's log of its time, correct the cause, then redrive.",
)
def dead_letters(queue: Queue, facts: Facts) -> Verdict | None:
    """Each one is work that was given up."""
    if queue.declared or not takes_dead_letters(queue, facts):
        return None
    waiting = whole(queue.get("messages"), f"the depth of {queue.name}")
    return verdict(waiting == 0, f"{waiting} wait", at=[queue.at("messages")])


@check(
    "topic-unconfirmed",
    "No subscription of a topic waits for its confirmation",
    of=Topic,
    severity="medium",
    fix="Confirm the subscription from the mailbox or endpoint, or remove it.",
)
def unconfirmed(topic: Topic, facts: Facts) -> Verdict | None:
    """Whoever never confirmed gets nothing."""
    if topic.declared:
        return None
    waiting = whole(topic.get("subscriptions_pending"), f"the subscriptions of {topic.name}")
    return verdict(waiting == 0, f"{waiting} wait", at=[topic.at("subscriptions_pending")])


@check(
    "pager-behind-topic",
    "Every topic that alarms go to reaches more than a mailbox",
    of=Topic,
    severity="medium",
    fix="Subscribe the pager's or the chat's HTTPS endpoint beside the mailbox.",
)
def pager(topic: Topic, facts: Facts) -> Verdict | None:
    """Nobody reads mail at three in the morning."""
    rung = beside(facts, "aws_cloudwatch_metric_alarm", "alarm_actions", topic)
    if not (rung.found or rung.settled()):
        absent(facts, topic, "aws_cloudwatch_metric_alarm")
        return None
    picked = pick(
        facts.seen(TopicSubscription), lambda one: among(facts, one.attributes.get("topic_arn"), topic)
    )
    readers = [one for one in picked.found if known(one.attributes.get("confirmed"), one.name) is not False]
    reached, nothing = reached_by(readers, topic, rung.found, facts)
    protocols = {str(known(one.get("protocol"), f"the protocol of {one.name}")) for one in reached.found}
    fine = bool(protocols & _AWAKE)
    if not fine:
        reached.settled()
        picked.settled()
        absent(facts, topic, "aws_sns_topic_subscription")
    if not readers:
        return None
    why = ", ".join(sorted(protocols))
    if nothing and not fine:
        rung.settled()
        unhidden(facts, topic, "aws_cloudwatch_metric_alarm")
        why = f"{why}; {nothing[0]}" if why else nothing[0]
    ends = [*(one.at("protocol") for one in reached.found), *(nothing[1] if nothing and not fine else ())]
    return verdict(fine, why, at=[topic.at(), *ends])


#: Ways to be told that are more than a mailbox.
_AWAKE = {"https", "http", "lambda", "sqs", "sms", "application", "firehose"}


@check(
    "amplify-last-job",
    "Every branch's last build went well",
    of="aws_amplify_branch",
    severity="high",
    fix="Read the job's log in the Amplify console.",
)
def last_job(branch: Fact, facts: Facts) -> Verdict | None:
    """What is served is the last build that went well, which may be an old one."""
    of_account(branch, "amplify:ListJobs")
    statuses = words(branch.get("job_statuses"))
    if not statuses:
        raise NotKnown(f"the builds of {branch.name}", "none was read", "amplify:ListJobs")
    fine = statuses[0] in ("SUCCEED", "RUNNING", "PENDING", "PROVISIONING")
    return verdict(fine, statuses[0], at=[branch.at("job_statuses")])


@check(
    "tasks-keep-running",
    "No service's tasks stop again and again",
    of="aws_ecs_service",
    severity="critical",
    fix="Read the first stopped task's reason and its log.",
)
def keep_running(service: Fact, facts: Facts) -> Verdict | None:
    """A task that stops and is started again looks well for a minute at a time. Planned stops are none."""
    of_account(service, "ecs:DescribeTasks")
    stopped = [
        one
        for one in facts.of("ecs_task")
        if one.attributes.get("group") == f"service:{service.name}"
        and failed(one.attributes.get("stop_code"), one.attributes.get("stopped_reason"))
        and _of_a_current_rollout(one, service)
    ]
    if len(stopped) >= 2:
        first = min(stopped, key=lambda one: str(one.attributes.get("stopped_at")))
        why = f"{len(stopped)} stopped; the first: {first.attributes.get('stopped_reason')}"
        return verdict(False, why, at=[service.at("running_count"), first.at("stopped_reason")])
    missing = "ecs_task" not in facts.complete
    if missing:
        raise NotKnown(f"the stopped tasks of {service.name}", "not all were listed", "ecs:ListTasks")
    return verdict(True, f"{len(stopped)} stopped", at=[service.at("running_count")])


def _of_a_current_rollout(task: Fact, service: Fact) -> bool:
    """Not of one that was rolled back or replaced: its tasks stop no more. A task that says nothing counts."""
    by = known(task.attributes.get("started_by"), f"the rollout of {task.name}")
    current = known(service.attributes.get("deployment_ids"), f"the rollouts of {service.name}")
    return (
        not isinstance(by, str)
        or not isinstance(current, list)
        or not by.startswith("ecs-svc/")
        or by in current
    )
