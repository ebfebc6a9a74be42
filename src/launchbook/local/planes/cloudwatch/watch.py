"""The watch over all alarms: when each is due, what its data says, and what follows from it."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterator
from typing import Any

from launchbook.local.plane import ACCOUNT, Host
from launchbook.local.planes.cloudwatch import actions, composite, queries
from launchbook.local.planes.cloudwatch.backend import MeasuredBackend, touched
from launchbook.local.planes.cloudwatch.evaluation import (
    EXTRA_PERIODS,
    Condition,
    Datapoint,
    Verdict,
    evaluate,
)

log = logging.getLogger(__name__)

#: How the reason of an alarm begins that nothing can be said of.
_UNCHECKED = "Unchecked:"


class Watch:
    """Evaluates alarms once a minute of their time (once in ten seconds for shorter periods), and at once when new."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._due: dict[int, float] = {}

    def evaluate_due(self, now: float) -> None:
        """Evaluate every alarm whose time has come."""
        seen = set()
        for backend in backends():
            for alarm in list(backend.alarms.values()):
                seen.add(id(alarm))
                if now >= self._due.get(id(alarm), 0):
                    self._due[id(alarm)] = self._next(alarm, now)
                    try:
                        self._evaluate(backend, alarm, now)
                    except Exception:
                        log.exception("the alarm %s can't be evaluated", alarm.name)
        for gone in self._due.keys() - seen:
            del self._due[gone]

    def status(self) -> Iterator[dict[str, Any]]:
        """One row an alarm, one for the metrics of each region."""
        for backend in backends():
            yield {
                "type": "aws_cloudwatch_metrics",
                "id": backend.region_name,
                "state": f"{len(backend.store)} metrics",
            }
            for alarm in list(backend.alarms.values()):
                kind = "metric" if alarm.rule is None else "composite"
                yield {
                    "type": f"aws_cloudwatch_{kind}_alarm",
                    "id": alarm.name,
                    "state": alarm.state_value,
                    "region": backend.region_name,
                }

    def _next(self, alarm: Any, now: float) -> float:
        if alarm.rule is not None:
            return now
        step = self._step(alarm)
        # A little after the boundary, so that samples of its last moment are in.
        return math.floor(now / step) * step + step + min(1.0, 0.2 * step)

    def _step(self, alarm: Any) -> float:
        return float(60 if period_of(alarm) >= 60 else 10) / self._host.speed

    def _evaluate(self, backend: MeasuredBackend, alarm: Any, now: float) -> None:
        if alarm.rule is not None:
            verdict: Verdict | None = _composite_verdict(backend, alarm)
        else:
            verdict = self._metric_verdict(backend, alarm, now)
        if verdict is None:
            return
        newest = next(reversed(json.loads(verdict.data).get("recentDatapoints", [])), None)
        old = alarm.state_value
        if verdict.state != old:
            alarm.state_value, alarm.state_reason = verdict.state, verdict.reason
            alarm.state_reason_data = verdict.data
            touched(alarm)
            actions.changed(self._host, backend, alarm, old, newest)
            return
        if verdict.reason.startswith(_UNCHECKED):
            alarm.state_reason = verdict.reason
        actions.persists(self._host, backend, alarm, newest)

    def _metric_verdict(self, backend: MeasuredBackend, alarm: Any, now: float) -> Verdict | None:
        condition = condition_of(alarm)
        if condition is None:
            return Verdict(
                "INSUFFICIENT_DATA", f"{_UNCHECKED} this kind of alarm is not evaluated here", "{}"
            )
        step, period = self._step(alarm), period_of(alarm) / self._host.speed
        end = math.floor(now / step) * step
        length = condition.periods + EXTRA_PERIODS
        starts = [end - period * number for number in range(length, 0, -1)]
        asked = queries_of(alarm)
        try:
            values = queries.compute(backend.store, asked, starts, period)[_returned(asked)]
        except ValueError as error:
            return Verdict("INSUFFICIENT_DATA", f"{_UNCHECKED} {error}", "{}")
        if _too_few_samples(backend, alarm, asked, starts[-condition.periods], end):
            return None
        points = [Datapoint(at, value) for at, value in zip(starts, values, strict=True)]
        return evaluate(condition, points)


def backends() -> list[MeasuredBackend]:
    """CloudWatch of every region that was used."""
    from moto.cloudwatch.models import cloudwatch_backends

    found = list(cloudwatch_backends[ACCOUNT].values())
    return [backend for backend in found if isinstance(backend, MeasuredBackend)]


def condition_of(alarm: Any) -> Condition | None:
    """When the alarm rings; None for an alarm with a band instead of a threshold."""
    comparisons = ("GreaterThan", "LessThan")
    if alarm.threshold is None or alarm.threshold_metric_id:
        return None
    if not str(alarm.comparison_operator).startswith(comparisons):
        return None
    periods = int(alarm.evaluation_periods or 1)
    return Condition(
        alarm.comparison_operator,
        float(alarm.threshold),
        periods,
        int(alarm.datapoints_to_alarm or periods),
        alarm.treat_missing_data or "missing",
    )


def queries_of(alarm: Any) -> list[dict[str, Any]]:
    """The alarm's metric queries in GetMetricData's shape; a plain alarm is one query."""
    if not alarm.metric_data_queries:
        metric = {
            "Namespace": alarm.namespace,
            "MetricName": alarm.metric_name,
            "Dimensions": [{"Name": d.name, "Value": d.value} for d in alarm.dimensions],
        }
        stat = alarm.extended_statistic or alarm.statistic
        return [{"Id": "m1", "MetricStat": {"Metric": metric, "Stat": stat, "Unit": alarm.unit}}]
    return [_query(query) for query in alarm.metric_data_queries]


def _query(query: Any) -> dict[str, Any]:
    shape: dict[str, Any] = {"Id": query.id, "ReturnData": query.return_data is not False}
    shape["Expression"], shape["Period"] = query.expression, query.period
    if query.metric_stat:
        metric = query.metric_stat.metric
        shape["MetricStat"] = {
            "Metric": {
                "Namespace": metric.namespace,
                "MetricName": metric.metric_name,
                "Dimensions": [{"Name": d.name, "Value": d.value} for d in metric.dimensions],
            },
            "Stat": query.metric_stat.stat,
            "Period": query.metric_stat.period,
            "Unit": query.metric_stat.unit,
        }
    return shape


def period_of(alarm: Any) -> float:
    """The alarm's period in seconds of its own time."""
    if alarm.period:
        return float(alarm.period)
    inside = [q.metric_stat.period if q.metric_stat else q.period for q in alarm.metric_data_queries or []]
    return max([float(period) for period in inside if period] or [60.0])


def _returned(asked: list[dict[str, Any]]) -> str:
    return str(next((query["Id"] for query in asked if query.get("ReturnData", True)), asked[0]["Id"]))


def _too_few_samples(
    backend: MeasuredBackend, alarm: Any, asked: list[dict[str, Any]], start: float, end: float
) -> bool:
    """True if a percentile over so few samples is to be ignored (EvaluateLowSampleCountPercentile)."""
    statistic = alarm.extended_statistic or ""
    if alarm.evaluate_low_sample_count_percentile != "ignore" or not statistic.startswith("p"):
        return False
    share = float(statistic[1:]) / 100
    count = queries.count(backend.store, asked[0]["MetricStat"], start, end)
    return bool(count < 10 / max(min(share, 1 - share) if share < 0.5 else 1 - share, 1e-9))


def _composite_verdict(backend: MeasuredBackend, alarm: Any) -> Verdict:
    states = {}
    for other in list(backend.alarms.values()):
        states[other.name] = states[other.alarm_arn] = other.state_value
    rings = composite.evaluate(alarm.rule, states)
    named = composite.alarms_in(alarm.rule)
    shown = ", ".join(f"{name} is {states.get(name, 'not there')}" for name in named)
    return Verdict("ALARM" if rings else "OK", f"{alarm.rule} is {str(rings).lower()}: {shown}", "{}")
