"""Why an alarm would not ring when it should: the wrong way, or a number, a unit or a delay that never comes.

Facts about metrics (units, ranges, what a sample is) are those of the AWS documentation of each namespace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from launchbook.checks._absence import unhidden
from launchbook.checks._pointing import beside
from launchbook.checks._shapes import first, known, listed, whole_or_part
from launchbook.checks.alarms import watched
from launchbook.model import Fact, Facts, Value
from launchbook.model.aws import Alarm

_COMPARES = (
    *("GreaterThanThreshold", "GreaterThanOrEqualToThreshold"),
    *("LessThanThreshold", "LessThanOrEqualToThreshold"),
)
#: Metrics that are bad when they are low; all others that are watched here are bad when they are high.
_LOW = ("RunningTaskCount", "FreeStorageSpace", "FreeableMemory")
#: How high a metric can be: a share in percent, or of one. A service on EC2 may use more CPU than it reserved.
_HIGHEST: dict[tuple[str, str], float] = {
    **{("AWS/RDS", name): 100 for name in ("CPUUtilization",)},
    **{("AWS/ElastiCache", name): 100 for name in ("CPUUtilization", "EngineCPUUtilization")},
    ("AWS/ElastiCache", "DatabaseMemoryUsagePercentage"): 100,
    ("AWS/CloudFront", "5xxErrorRate"): 100,
    ("AWS/SES", "Reputation.BounceRate"): 1,
    ("AWS/SES", "Reputation.ComplaintRate"): 1,
}
#: Shares of what a task reserved: on Fargate it can't use more.
_RESERVED = (("AWS/ECS", "CPUUtilization"), ("AWS/ECS", "MemoryUtilization"))
_UNITS = {
    **dict.fromkeys(("CPUUtilization", "MemoryUtilization", "EngineCPUUtilization"), "Percent"),
    **dict.fromkeys(("DatabaseMemoryUsagePercentage", "5xxErrorRate"), "Percent"),
    **dict.fromkeys(("FreeStorageSpace", "FreeableMemory"), "Bytes"),
    **dict.fromkeys(("ReadLatency", "WriteLatency", "ReplicaLag", "TargetResponseTime"), "Seconds"),
    "ApproximateAgeOfOldestMessage": "Seconds",
    **dict.fromkeys(("DatabaseConnections", "CurrConnections", "Evictions", "UnHealthyHostCount"), "Count"),
    **dict.fromkeys(("HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count", "RunningTaskCount"), "Count"),
    **dict.fromkeys(("ApproximateNumberOfMessagesVisible", "FailedInvocations"), "Count"),
    **dict.fromkeys(("Errors", "Throttles"), "Count"),
}
_LATENCIES = ("ReadLatency", "WriteLatency", "TargetResponseTime")
#: A load balancer's idle timeout where nobody changed it: what takes longer is cut off.
_SLOWEST_SECONDS = 60
_SMALLEST_BYTES = 1_000_000
#: An alarm that needs longer than a night's half to ring is not what wakes somebody in time.
_LATEST_SECONDS = 6 * 3600


@dataclass(frozen=True)
class Looks:
    """How an alarm looks at one metric. ``period`` is seconds; ``inclusive`` says that the threshold itself rings."""

    space: str
    name: str
    statistic: str
    period: float | None
    below: bool
    inclusive: bool
    threshold: float | None

    def rings_at(self, value: float) -> bool:
        """Whether a value of the metric rings; true where the threshold is no number."""
        if self.threshold is None:
            return True
        if value == self.threshold:
            return self.inclusive
        return (value < self.threshold) is self.below


def never_tells(alarm: Alarm, metrics: tuple[str, ...], watch: str, subject: Fact, facts: Facts) -> str:
    """Why an alarm on one of these metrics does not ring when it should. Empty where it rings, or where a band or an
    expression decides; ``watch`` is the row of the table of alarms that it is asked for, of ``subject``.

    Raises NotKnown when something it depends on was not read.
    """
    looks = _looks(alarm, metrics)
    if looks is None:
        return ""
    low = looks.name in _LOW
    if low != looks.below:
        operator = alarm.attributes.get("comparison_operator")
        return f"it rings when {looks.name} is {'high' if low else 'low'} ({operator})"
    for why in (_out_of_range(looks, subject), _not_measured(alarm, looks), _too_late(alarm, looks)):
        if why:
            return why
    further = _FURTHER.get(watch)
    return further(looks, subject, facts) if further is not None else ""


def _looks(alarm: Alarm, metrics: tuple[str, ...]) -> Looks | None:
    """How an alarm looks at one of some metrics; None where a band or an expression decides."""
    operator = known(alarm.attributes.get("comparison_operator"), f"how {alarm.name} compares")
    names = [one for one in watched(alarm) if one[1] in metrics]
    queries = [query for query in listed(alarm.attributes.get("metric_query")) if isinstance(query, dict)]
    if operator not in _COMPARES or not names or any(one.get("expression") is not None for one in queries):
        return None
    inner = first(queries[0].get("metric")) if queries and not alarm.metric_name else {}
    held = alarm.attributes
    statistic = inner.get("stat") or held.get("extended_statistic") or held.get("statistic")
    return Looks(
        *names[0][:2],
        str(known(statistic, f"the statistic of {alarm.name}")),
        _number(inner.get("period") or held.get("period"), f"the period of {alarm.name}"),
        str(operator).startswith("LessThan"),
        str(operator).endswith("OrEqualToThreshold"),
        _number(held.get("threshold"), f"the threshold of {alarm.name}"),
    )


def _number(value: Value, what: str) -> float | None:
    return whole_or_part(known(value, what))


def _out_of_range(looks: Looks, subject: Fact) -> str:
    """Why no value of the metric crosses the threshold, or why only one far from trouble does."""
    name, limit = looks.name, looks.threshold
    if limit is None:
        return ""
    if looks.below:
        if not looks.rings_at(0):
            return f"{name} is never below {limit:g}"
        few = name in ("FreeStorageSpace", "FreeableMemory") and limit < _SMALLEST_BYTES
        return f"{name} is in bytes: {limit:g} of them are nothing" if few else ""
    most = _HIGHEST.get((looks.space, name))
    if most is None and (looks.space, name) in _RESERVED and _on_fargate(subject):
        most = 100
    if most is not None and not looks.rings_at(most):
        return f"{name} is never above {limit:g}: {most:g} is all"
    if name in _LATENCIES and limit > _SLOWEST_SECONDS:
        return f"{name} is in seconds: nobody waits for {limit:g} of them"
    return ""


def _on_fargate(service: Fact) -> bool:
    return known(service.attributes.get("launch_type"), f"what {service.name} runs on") == "FARGATE"


def _not_measured(alarm: Alarm, looks: Looks) -> str:
    """Why the metric has no such values: a unit that it is not emitted in, a statistic that is of something else."""
    unit = known(alarm.attributes.get("unit"), f"the unit of {alarm.name}")
    emitted = _UNITS.get(looks.name)
    if unit and emitted and unit != emitted:
        return f"{looks.name} is emitted in {emitted}: in {unit} it has no data"
    ones = looks.name.startswith("HTTPCode_")
    if looks.statistic == "SampleCount" and not ones:
        return f"SampleCount is how often {looks.name} was measured, not what it was"
    if ones and looks.statistic not in ("Sum", "SampleCount", "None") and not looks.rings_at(1):
        return f"each {looks.name} is reported as 1: only their Sum is above {looks.threshold:g}"
    if looks.name == "TargetResponseTime" and looks.statistic == "Minimum":
        return "Minimum is the fastest of all requests: it rings when not one was quick"
    if looks.below and looks.statistic == "Sum" and (looks.period or 0) > 60:
        return f"Sum adds up the minutes of {looks.name}: it stays above the threshold"
    return ""


def _too_late(alarm: Alarm, looks: Looks) -> str:
    """Why it rings never, or much later than the trouble begins."""
    held = alarm.attributes
    periods = _number(held.get("evaluation_periods"), f"how long {alarm.name} waits")
    needed = _number(held.get("datapoints_to_alarm"), f"how long {alarm.name} waits") or periods
    if periods is None or needed is None:
        return ""
    if needed > periods:
        return f"it waits for {needed:g} of {periods:g} periods"
    wait = needed * (looks.period or 0)
    return f"it rings {wait / 3600:g} hours later" if wait > _LATEST_SECONDS else ""


def _later_than_the_first(looks: Looks, queue: Fact, facts: Facts) -> str:
    if looks.rings_at(1):
        return ""
    return f"it rings above {looks.threshold:g} messages, not at the first"


def _older_than_kept(looks: Looks, queue: Fact, facts: Facts) -> str:
    """A message is gone before it is as old as that."""
    kept = _number(queue.attributes.get("message_retention_seconds"), f"how long {queue.name} keeps messages")
    kept = 345_600 if kept is None else kept
    return "" if looks.rings_at(kept) else f"a message is dropped after {kept:g} s, before it is as old"


def _fewer_than_wanted(looks: Looks, service: Fact, facts: Facts) -> str:
    wanted = _number(service.attributes.get("desired_count"), f"desired_count of {service.name}")
    for scaled in beside(facts, "aws_appautoscaling_target", "resource_id", service).settled():
        wanted = _number(scaled.attributes.get("min_capacity"), f"the least of {service.name}")
    if wanted is None or wanted < 1 or looks.rings_at(wanted - 1):
        return ""
    unhidden(facts, service, "aws_appautoscaling_target")
    return f"it stays silent while {wanted - 1:g} of {wanted:g} tasks run"


_FURTHER: dict[str, Callable[[Looks, Fact, Facts], str]] = {
    "dead-letters": _later_than_the_first,
    "queue-age": _older_than_kept,
    "ecs-running-tasks": _fewer_than_wanted,
}
