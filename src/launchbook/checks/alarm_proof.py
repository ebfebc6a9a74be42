"""Alarms seen at work: their metrics have had data, and what they did when they rang was carried out."""

from __future__ import annotations

from datetime import timedelta

from launchbook.check import check
from launchbook.checks._absence import absent
from launchbook.checks._shapes import known, listed, moment, words
from launchbook.checks.alarms import watched
from launchbook.model import Evidence, Fact, Facts, NotKnown, Unread, Value, Verdict, verdict
from launchbook.model.aws import Alarm

#: Namespaces whose metrics have data for as long as their resource runs. All others may be silent because nothing
#: happened: no request, no message, no error.
ALWAYS = ("AWS/RDS", "AWS/ElastiCache", "AWS/ECS", "ECS/ContainerInsights", "AWS/EC2", "AWS/NATGateway")
ALWAYS_NAMED = (
    *(("AWS/ApplicationELB", "HealthyHostCount"), ("AWS/ApplicationELB", "UnHealthyHostCount")),
    *(("AWS/NetworkELB", "HealthyHostCount"), ("AWS/NetworkELB", "UnHealthyHostCount")),
    *(("AWS/Route53", "HealthCheckStatus"), ("AWS/CertificateManager", "DaysToExpiry")),
)
#: CloudWatch lists a metric up to fifteen minutes after its first data; what it watches may be as new as the alarm.
_LATE = timedelta(hours=1)


@check(
    "alarm-metric-without-data",
    "Every alarm's metric has had data",
    of=Alarm,
    severity="high",
    fix="Give the alarm the namespace, name and dimensions of a metric that has data, or switch on what emits it.",
)
def metric_without_data(alarm: Alarm, facts: Facts) -> Verdict | None:
    """An alarm on a metric without data never rings, and one that treats missing data as good shows OK for ever. Judged
    where a metric has data for as long as its resource runs; of one that only counts errors, messages or requests its
    silence tells nothing."""
    if alarm.declared:
        return None
    seen: list[Evidence] = []
    for namespace, name, dimensions, place in _own(alarm):
        found = _with_data(facts, alarm, namespace, name, dimensions)
        if found is not None:
            seen.append(found.at("dimensions"))
        elif namespace in ALWAYS or (namespace, name) in ALWAYS_NAMED:
            return _without_data(alarm, facts, f"{namespace} {name}", place)
    return verdict(True, "its metric has had data in the last two weeks", at=seen) if seen else None


def _own(alarm: Alarm) -> list[tuple[str, str, dict[str, Value], str]]:
    """What it watches in its own account: the metrics of another are listed there."""
    elsewhere = [
        index
        for index, query in enumerate(listed(alarm.attributes.get("metric_query")))
        if isinstance(query, dict)
        and known(query.get("account_id"), "whose metric it is") not in _here(alarm)
    ]
    return [
        one
        for one in watched(alarm)
        if one[3] not in {f"metric_query.{at}.metric.0.dimensions" for at in elsewhere}
    ]


def _here(alarm: Alarm) -> tuple[Value, ...]:
    return (None, alarm.where.account)


def _with_data(
    facts: Facts, alarm: Alarm, namespace: str, name: str, dimensions: dict[str, Value]
) -> Fact | None:
    for value in dimensions.values():
        known(value, f"the dimensions of {alarm.name}")
    for one in facts.seen("cloudwatch_data"):
        named = (one.attributes.get("namespace"), one.attributes.get("metric_name"))
        same = named == (namespace, name) and one.attributes.get("dimensions") == dimensions
        if same and one.where.region == alarm.where.region:
            return one
    return None


def _without_data(alarm: Alarm, facts: Facts, what: str, place: str) -> Verdict:
    absent(facts, alarm, "cloudwatch_data")
    unread = [
        value
        for one in facts.seen("cloudwatch_data")
        for part in one.attributes.values()
        for value in (part, *(part.values() if isinstance(part, dict) else ()))
        if isinstance(value, Unread)
    ]
    for value in unread:
        known(value, "which metrics have data")
    made = moment(known(alarm.attributes.get("configured_at"), f"how old {alarm.name} is"))
    if made is None or facts.now - made < _LATE:
        raise NotKnown(
            f"whether {what} has data",
            "the alarm is less than an hour old" if made else "it is not known how old the alarm is",
            "the same command again in an hour" if made else "cloudwatch:DescribeAlarms",
        )
    return verdict(False, f"{what} has had no data for two weeks with these dimensions", at=[alarm.at(place)])


@check(
    "alarm-action-failed",
    "Whatever an alarm did when it rang was carried out",
    of=Alarm,
    severity="high",
    fix="Let the topic's policy and its key admit CloudWatch, or name a target that exists; then let it ring once.",
)
def action_failed(alarm: Alarm, facts: Facts) -> Verdict | None:
    """The alarm rang and nobody was told: its history shows an action that failed. One that never rang proves nothing,
    and is not taken for good."""
    if alarm.declared:
        return None
    newest: dict[Value, Fact] = {}
    for one in sorted(_history(alarm, facts), key=lambda each: str(each.get("at"))):
        newest[one.get("action")] = one
    taken = [newest[action] for action in words(alarm.get("alarm_actions")) if action in newest]
    for one in taken:
        if one.get("carried_out") is not True:
            why = f"its state changed, and {one.get('action')} was not told"
            return verdict(False, why, at=[one.at("carried_out"), alarm.at("alarm_actions")])
    ends = [one.at("carried_out") for one in taken]
    return verdict(True, "its state has changed, and whom it tells was told", at=ends) if ends else None


def _history(alarm: Alarm, facts: Facts) -> list[Fact]:
    absent(facts, alarm, "cloudwatch_history")
    return [
        one
        for one in facts.seen("cloudwatch_history")
        if one.get("alarm_name") == alarm.name and one.where.region == alarm.where.region
    ]
