"""Alarms, dashboards, log groups and metric filters."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import each, named_values
from launchbook.model import Value
from launchbook.model.aws import Alarm

LIST = "DescribeAlarms"


@collector(
    Alarm,
    Call(
        "cloudwatch",
        LIST,
        always=["ActionsEnabled", "Dimensions[].Value", "Metrics[].MetricStat.Metric.Dimensions[].Value"],
        each="MetricAlarms",
        given={"AlarmTypes": ["MetricAlarm"]},
        take={
            "arn": "AlarmArn",
            "alarm_name": "AlarmName",
            "alarm_description": "AlarmDescription",
            "namespace": "Namespace",
            "metric_name": "MetricName",
            "statistic": "Statistic",
            "extended_statistic": "ExtendedStatistic",
            "comparison_operator": "ComparisonOperator",
            "threshold": "Threshold",
            "unit": "Unit",
            "period": "Period",
            "evaluation_periods": "EvaluationPeriods",
            "datapoints_to_alarm": "DatapointsToAlarm",
            "treat_missing_data": "TreatMissingData",
            "actions_enabled": "ActionsEnabled",
            "alarm_actions": "AlarmActions",
            "ok_actions": "OKActions",
            "insufficient_data_actions": "InsufficientDataActions",
            "state": "StateValue",
            "state_since": "StateTransitionedTimestamp",
            "state_updated": "StateUpdatedTimestamp",
            "configured_at": "AlarmConfigurationUpdatedTimestamp",
        },
        keep=[
            "Dimensions[].Name",
            "Dimensions[].Value",
            "Metrics[].Id",
            "Metrics[].Expression",
            "Metrics[].ReturnData",
            "Metrics[].AccountId",
            "Metrics[].MetricStat.Metric.Namespace",
            "Metrics[].MetricStat.Metric.MetricName",
            "Metrics[].MetricStat.Metric.Dimensions[].Name",
            "Metrics[].MetricStat.Metric.Dimensions[].Value",
            "Metrics[].MetricStat.Stat",
            "Metrics[].MetricStat.Period",
        ],
    ),
)
def alarms(row: Row) -> Seen:
    """A metric alarm; of metric math, each query with its metric."""
    more: dict[str, Value] = {
        "dimensions": named_values(row.get(LIST, "Dimensions")),
        "metric_query": each(row.get(LIST, "Metrics"), _query),
    }
    return row.seen(id="arn", name="alarm_name", DescribeAlarms=more)


@collector(
    "aws_cloudwatch_composite_alarm",
    Call(
        "cloudwatch",
        LIST,
        always=["ActionsEnabled", "AlarmRule"],
        each="CompositeAlarms",
        given={"AlarmTypes": ["CompositeAlarm"]},
        only_given=[
            "AlarmTypes"
        ],  # without it AWS leaves composite alarms out, and shows an empty list of them
        take={
            "arn": "AlarmArn",
            "alarm_name": "AlarmName",
            "alarm_description": "AlarmDescription",
            "alarm_rule": "AlarmRule",
            "actions_enabled": "ActionsEnabled",
            "alarm_actions": "AlarmActions",
            "ok_actions": "OKActions",
            "insufficient_data_actions": "InsufficientDataActions",
            "state": "StateValue",
            "state_since": "StateTransitionedTimestamp",
        },
    ),
)
def composite_alarms(row: Row) -> Seen:
    """An alarm on other alarms, which often is the one that tells somebody."""
    return row.seen(id="arn", name="alarm_name")


def _emitted(transformation: dict[str, Value]) -> Value:
    return {"name": transformation.get("metricName"), "namespace": transformation.get("metricNamespace")}


def _query(value: dict[str, Value]) -> Value:
    query: dict[str, Value] = {
        "id": value.get("Id"),
        "expression": value.get("Expression"),
        "account_id": value.get("AccountId"),
    }
    stat = value.get("MetricStat")
    metric = stat.get("Metric") if isinstance(stat, dict) else None
    if isinstance(stat, dict) and isinstance(metric, dict):
        named: dict[str, Value] = {
            "namespace": metric.get("Namespace"),
            "metric_name": metric.get("MetricName"),
            "dimensions": named_values(metric.get("Dimensions")),
            "stat": stat.get("Stat"),
            "period": stat.get("Period"),
        }
        query["metric"] = [named]
    return query


@collector(
    "aws_cloudwatch_dashboard",
    Call(
        "cloudwatch",
        "ListDashboards",
        each="DashboardEntries",
        take={"dashboard_arn": "DashboardArn", "dashboard_name": "DashboardName"},
    ),
    scope="global",
)
def dashboards(row: Row) -> Seen:
    """A dashboard, by name."""
    return row.seen(id="dashboard_arn", name="dashboard_name")


@collector(
    "aws_cloudwatch_log_group",
    Call(
        "logs",
        "DescribeLogGroups",
        each="logGroups",
        take={
            "arn": "arn",
            "name": "logGroupName",
            "retention_in_days": "retentionInDays",
            "stored_bytes": "storedBytes",
            "metric_filters": "metricFilterCount",
        },
    ),
)
def log_groups(row: Row) -> Seen:
    """A log group and how long it keeps."""
    seen = row.seen(id="arn", name="name")
    return Seen(seen.id, str(row.get("DescribeLogGroups", "logGroupName")), seen.attributes)


@collector(
    "aws_cloudwatch_log_metric_filter",
    Call(
        "logs",
        "DescribeMetricFilters",
        each="metricFilters",
        take={"name": "filterName", "log_group_name": "logGroupName", "pattern": "filterPattern"},
        keep=["metricTransformations[].metricName", "metricTransformations[].metricNamespace"],
    ),
)
def metric_filters(row: Row) -> Seen:
    """A metric filter and the metric that it emits."""
    made = each(row.get("DescribeMetricFilters", "metricTransformations"), _emitted)
    seen = row.seen(id="none", name="name", DescribeMetricFilters={"metric_transformation": made})
    group = row.get("DescribeMetricFilters", "logGroupName")
    return Seen(f"{group}#{seen.name}", seen.name, seen.attributes)
