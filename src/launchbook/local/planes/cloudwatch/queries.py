"""Metric queries over the store: statistics per period, and metric math over several of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from launchbook.local.planes.cloudwatch import expression
from launchbook.local.planes.cloudwatch.statistics import Samples, known, needs_values
from launchbook.local.planes.cloudwatch.store import MetricKey, MetricStore, seconds

#: Periods one GetMetricData query may span.
_MAX_PERIODS = 100_800


def window(start: datetime, end: datetime, period: float) -> tuple[float, float]:
    """Start and end in epoch seconds; the start goes back to a boundary of the period, as on AWS."""
    first = seconds(start)
    return math.floor(first / period) * period, seconds(end)


def periods(
    store: MetricStore, key: MetricKey, start: float, end: float, period: float, unit: str | None
) -> Iterator[tuple[float, Samples]]:
    """Every period from ``start`` to ``end`` with its samples; stretches without data are skipped over."""
    span = store.span(key)
    if span is None:
        return
    at = start + max(0, math.floor((span[0] - start) / period)) * period
    while at < min(end, span[1] + period):
        yield at, store.between(key, at, min(at + period, end), unit)
        at += period


def datapoint(at: float, samples: Samples, statistics: Sequence[str], unit: str) -> dict[str, Any]:
    """One datapoint as GetMetricStatistics answers it."""
    values = {name: samples.statistic(name) for name in statistics}
    simple = {name: value for name, value in values.items() if value is not None and name[0].isupper()}
    extended = {name: value for name, value in values.items() if value is not None and name[0].islower()}
    point: dict[str, Any] = {"Timestamp": datetime.fromtimestamp(at, UTC), "Unit": unit, **simple}
    return point | ({"ExtendedStatistics": extended} if extended else {})


def answer(
    store: MetricStore,
    asked: Sequence[Mapping[str, Any]],
    start: datetime,
    end: datetime,
    *,
    descending: bool,
) -> list[dict[str, Any]]:
    """The results of GetMetricData. Raises ValueError for what can't be computed."""
    step = max([_period(query) for query in asked] or [60])
    first, last = window(start, end, step)
    length = math.ceil((last - first) / step)
    if length > _MAX_PERIODS:
        raise ValueError(f"the range holds {length} periods; at most {_MAX_PERIODS} may be asked")
    series = compute(store, asked, [first + step * number for number in range(length)], step)
    results = []
    for query in asked:
        if not query.get("ReturnData", True):
            continue
        pairs = [(at, v) for at, v in zip(_starts(first, step, length), series[query["Id"]], strict=True)]
        kept = [(at, value) for at, value in pairs if value is not None]
        kept = kept[::-1] if descending else kept
        results.append(
            {
                "Id": query["Id"],
                "Label": query.get("Label") or _label(query),
                "Timestamps": [datetime.fromtimestamp(at, UTC) for at, _ in kept],
                "Values": [value for _, value in kept],
                "StatusCode": "Complete",
            }
        )
    return results


def compute(
    store: MetricStore, asked: Sequence[Mapping[str, Any]], starts: Sequence[float], step: float
) -> dict[str, list[float | None]]:
    """The series of every query by id, one value per period start. Raises ValueError for what can't be."""
    series: dict[str, list[float | None]] = {}
    for query in asked:
        if query.get("MetricStat"):
            series[query["Id"]] = _statistics(store, query["MetricStat"], starts, step)
    waiting = [query for query in asked if query["Id"] not in series]
    while waiting:
        ready = next((query for query in waiting if not _refers(query, waiting)), waiting[0])
        series[ready["Id"]] = expression.evaluate(ready.get("Expression") or "", series, len(starts))
        waiting.remove(ready)
    return series


def count(store: MetricStore, asked: Mapping[str, Any], start: float, end: float) -> float:
    """How many samples a metric has between two times."""
    return store.between(_key(asked["Metric"]), start, end, asked.get("Unit"), values=False).count


def _statistics(
    store: MetricStore, asked: Mapping[str, Any], starts: Sequence[float], step: float
) -> list[float | None]:
    if not known(asked["Stat"]):
        raise ValueError(f"the statistic {asked['Stat']!r} is not supported")
    key, unit, values = _key(asked["Metric"]), asked.get("Unit"), needs_values(asked["Stat"])
    return [store.between(key, at, at + step, unit, values=values).statistic(asked["Stat"]) for at in starts]


def _key(metric: Mapping[str, Any]) -> MetricKey:
    dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions") or ()}
    return MetricKey.of(metric["Namespace"], metric["MetricName"], dimensions)


def _refers(query: Mapping[str, Any], waiting: Sequence[Mapping[str, Any]]) -> bool:
    words = set("".join(c if c.isalnum() or c == "_" else " " for c in query.get("Expression") or "").split())
    return any(other["Id"] in words for other in waiting if other is not query)


def _starts(first: float, step: float, length: int) -> Iterator[float]:
    return (first + step * number for number in range(length))


def _period(query: Mapping[str, Any]) -> int:
    return int((query.get("MetricStat") or {}).get("Period") or query.get("Period") or 60)


def _label(query: Mapping[str, Any]) -> str:
    metric = (query.get("MetricStat") or {}).get("Metric") or {}
    return str(metric.get("MetricName") or query["Id"])
