"""What follows a change of state: history, the EventBridge event, notifications and scaling."""

from __future__ import annotations

import json
from typing import Any

from launchbook.local.plane import ACCOUNT, Host
from launchbook.local.planes.cloudwatch import history

_STAMP = "%Y-%m-%dT%H:%M:%S.%f"


def changed(host: Host, backend: Any, alarm: Any, old: str, newest: float | None = None) -> None:
    """Record that the alarm left the state ``old``, tell EventBridge, and run the actions of its new state.

    ``newest`` is the newest datapoint it was judged by; None when somebody set the state by hand.
    """
    history.changed(alarm, old)
    host.event(
        backend.region_name,
        "aws.cloudwatch",
        "CloudWatch Alarm State Change",
        {
            "alarmName": alarm.name,
            "state": _state(alarm.state_value, alarm),
            "previousState": {"value": old},
            "configuration": {"description": alarm.description or ""},
        },
        [alarm.alarm_arn],
    )
    if alarm.actions_enabled:
        for arn in _actions(alarm):
            history.acted(alarm, arn, _run(host, backend, alarm, arn, old, newest))


def persists(host: Host, backend: Any, alarm: Any, newest: float | None) -> None:
    """Run the scaling actions again: unlike notifications they go on for as long as the state lasts."""
    if alarm.actions_enabled:
        for arn in _actions(alarm):
            if ":scalingPolicy:" in arn:
                _scale(host, backend, alarm, arn, newest)


def _actions(alarm: Any) -> list[str]:
    by_state = {
        "ALARM": alarm.alarm_actions,
        "OK": alarm.ok_actions,
        "INSUFFICIENT_DATA": alarm.insufficient_data_actions,
    }
    return list(by_state[alarm.state_value] or [])


def _run(host: Host, backend: Any, alarm: Any, arn: str, old: str, newest: float | None) -> str | None:
    """Carry out one action; the error as text, or None."""
    if arn.split(":")[2:3] == ["sns"]:
        from launchbook.local.planes import sns

        return sns.publish_as(
            host,
            arn,
            service="cloudwatch.amazonaws.com",
            source_arn=alarm.alarm_arn,
            message=json.dumps(_message(backend, alarm, old)),
            subject=f'{alarm.state_value}: "{alarm.name}" in {backend.region_name}'[:100],
        )
    if ":scalingPolicy:" in arn:
        return _scale(host, backend, alarm, arn, newest)
    return f"the embedded AWS carries out SNS and scaling actions only, not {arn.split(':')[2]}"


def _scale(host: Host, backend: Any, alarm: Any, arn: str, newest: float | None) -> str | None:
    from launchbook.local.planes import autoscaling

    return autoscaling.act(host, backend.region_name, arn, alarm, newest)


def _state(value: str, alarm: Any) -> dict[str, Any]:
    stamp = alarm.state_updated_timestamp.strftime(_STAMP)[:-3] + "+0000"
    return {"value": value, "reason": alarm.state_reason, "timestamp": stamp}


def _message(backend: Any, alarm: Any, old: str) -> dict[str, Any]:
    """The notification CloudWatch sends."""
    trigger: dict[str, Any] = {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        "StatisticType": "ExtendedStatistic" if alarm.extended_statistic else "Statistic",
        "Statistic": alarm.extended_statistic or (alarm.statistic or "").upper() or None,
        "Unit": alarm.unit,
        "Dimensions": [{"value": d.value, "name": d.name} for d in alarm.dimensions],
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm or alarm.evaluation_periods,
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data or "missing",
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile or "",
    }
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": ACCOUNT,
        "AlarmConfigurationUpdatedTimestamp": alarm.configuration_updated_timestamp.strftime(_STAMP)[:-3]
        + "+0000",
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": alarm.state_updated_timestamp.strftime(_STAMP)[:-3] + "+0000",
        "Region": backend.region_name,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": old,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
    }
    return message | ({"AlarmRule": alarm.rule} if alarm.rule is not None else {"Trigger": trigger})
