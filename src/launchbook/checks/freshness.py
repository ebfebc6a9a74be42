"""Logs that are written: a service whose tasks run and say nothing is one that nobody can watch."""

from __future__ import annotations

from datetime import UTC, datetime

from launchbook.check import check
from launchbook.checks._shapes import known, of_account, whole, words
from launchbook.model import Fact, Facts, NotKnown, Verdict, verdict


@check(
    "log-events-fresh",
    "Every service has written to its log since its last rollout",
    of="aws_ecs_service",
    severity="medium",
    fix="Read the task's log configuration, and what the program writes when it starts.",
)
def log_events_fresh(service: Fact, facts: Facts) -> Verdict | None:
    """A log whose newest line is of the release before tells nothing of what runs now."""
    of_account(service, "logs:DescribeLogStreams")
    if service.get("running_count") == 0:
        return None
    own = [one for one in facts.of("aws_cloudwatch_log_stream") if one.get("service") == service.id]
    if not own and "aws_cloudwatch_log_stream" not in facts.complete:
        raise NotKnown(f"the log of {service.name}", "its streams were not listed", "logs:DescribeLogStreams")
    if not own:
        return None
    begun = max(words(known(service.get("deployed_at"), f"the last rollout of {service.name}")), default="")
    if not begun:
        raise NotKnown(f"the last rollout of {service.name}", "it has none", "ecs:DescribeServices")
    newest = max(own, key=lambda one: _last(one) or 0)
    last = _last(newest)
    if last is not None and _moment(last) >= datetime.fromisoformat(begun).astimezone(UTC):
        why = f"newest line at {_shown(last)}"
        return verdict(True, why, at=[newest.at("last_event_at"), service.at("deployed_at")])
    if any(one.attributes.get("late") for one in own):
        group = newest.attributes.get("log_group_name")
        raise NotKnown(
            f"whether {service.name} has written since {begun}",
            "AWS says the time of a stream's last event up to an hour late",
            f"aws logs tail {group} --since 1h",
        )
    why = f"newest line at {_shown(last)}" if last is not None else "it has not written a line"
    return verdict(False, why, at=[newest.at("last_event_at"), service.at("deployed_at")])


def _last(stream: Fact) -> int | None:
    """The time of a stream's last event, milliseconds since 1970; None when it has none."""
    value = stream.get("last_event_at")
    return None if value is None else whole(value, f"the last event of {stream.name}")


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _shown(milliseconds: int) -> str:
    return f"{_moment(milliseconds):%Y-%m-%dT%H:%M:%SZ}"
