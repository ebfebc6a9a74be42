"""What shows that an alarm works: its metric has had data, and its actions were carried out when it rang."""

from __future__ import annotations

import re

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import named_values
from launchbook.model import Unread, Value

METRICS = "ListMetrics"
HISTORY = "DescribeAlarmHistory"
_ALARMS = {"AlarmTypes": ["MetricAlarm"]}


def _listed(namespace: str, metric_name: str) -> Call:
    """The metrics of a name that have had data in the last two weeks.

    Asked once for each name that an alarm has, however many alarms have it, and not to the end: an account
    may have a hundred thousand of one.
    """
    return Call(
        "cloudwatch",
        METRICS,
        always=["Dimensions[].Value"],
        each="Metrics",
        given={"Namespace": namespace, "MetricName": metric_name},
        take={"namespace": "Namespace", "metric_name": "MetricName"},
        keep=["Dimensions[].Name", "Dimensions[].Value"],
        once=True,
        most_pages=10,
    )


@collector(
    "cloudwatch_data",
    Call(
        "cloudwatch",
        "DescribeAlarms",
        each="MetricAlarms",
        given=_ALARMS,
        keep=["Namespace", "MetricName"],
    ),
    _listed("$DescribeAlarms.Namespace", "$DescribeAlarms.MetricName"),
)
def metrics_of_alarms(row: Row) -> Seen:
    """A metric with data, of a name that an alarm watches. AWS lists one up to 15 minutes after its first data."""
    return _metric(row)


@collector(
    "cloudwatch_data",
    Call(
        "cloudwatch",
        "DescribeAlarms",
        each="MetricAlarms[].Metrics",
        given=_ALARMS,
        keep=["MetricStat.Metric.Namespace", "MetricStat.Metric.MetricName"],
    ),
    _listed("$DescribeAlarms.MetricStat.Metric.Namespace", "$DescribeAlarms.MetricStat.Metric.MetricName"),
)
def metrics_of_expressions(row: Row) -> Seen:
    """A metric with data, of a name that an alarm computes with."""
    return _metric(row)


def _metric(row: Row) -> Seen:
    dimensions = named_values(row.get(METRICS, "Dimensions"))
    seen = row.seen(id="none", name="metric_name", ListMetrics={"dimensions": dimensions})
    namespace = row.get(METRICS, "Namespace")
    of = sorted(dimensions.items()) if isinstance(dimensions, dict) else [("?", None)]
    said = ",".join(f"{name}={value}" for name, value in of)
    return Seen(f"{namespace}/{seen.name}?{said}", seen.name, seen.attributes)


@collector(
    "cloudwatch_history",
    Call(
        "cloudwatch",
        HISTORY,
        each="AlarmHistoryItems",
        given={
            "AlarmTypes": ["MetricAlarm"],
            "HistoryItemType": "Action",
            "ScanBy": "TimestampDescending",
            "MaxRecords": 100,
        },
        take={"alarm_name": "AlarmName", "at": "Timestamp", "kind": "HistoryItemType"},
        keep=["HistorySummary"],
        one_page=True,
    ),
)
def alarm_history(row: Row) -> Seen:
    """An action that an alarm took, of a region's newest hundred: what is older says less of today."""
    summary = row.get(HISTORY, "HistorySummary")
    more = {"action": _action(summary), "carried_out": _carried_out(summary)}
    seen = row.seen(id="none", name="alarm_name", DescribeAlarmHistory=more)
    said = f"{seen.name}/{row.get(HISTORY, 'Timestamp')}/{more['action']}"
    return Seen(said, seen.name, seen.attributes)


def _carried_out(summary: Value) -> Value:
    """Whether CloudWatch did what the alarm asked for; its text is the one place that says so."""
    if isinstance(summary, str) and summary.startswith("Successfully executed action"):
        return True
    if isinstance(summary, str) and summary.startswith("Failed to execute action"):
        return False
    return _unsaid(summary)


def _action(summary: Value) -> Value:
    """The ARN of what was to be told or done."""
    named = re.search(r"executed? action (arn:\S*[^\s.])", summary) if isinstance(summary, str) else None
    return named[1] if named else _unsaid(summary)


def _unsaid(summary: Value) -> Unread:
    if isinstance(summary, Unread):
        return summary
    return Unread("CloudWatch says it in words that are not known here")
