"""moto's CloudWatch with our metric store in it, and alarms that keep their state when they are updated."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from moto.cloudwatch import models
from moto.cloudwatch.exceptions import InvalidParameterValue, ValidationError
from moto.core.utils import utcnow

from launchbook.local.plane import Host
from launchbook.local.planes.cloudwatch import composite, history, queries
from launchbook.local.planes.cloudwatch.statistics import Samples, known
from launchbook.local.planes.cloudwatch.store import MetricKey, MetricStore, now, seconds

#: Datapoints one GetMetricStatistics may return.
_MAX_DATAPOINTS = 1_440
#: Seconds; every other period of an alarm is in whole minutes.
_SHORT_PERIODS = frozenset({1, 5, 10, 20, 30})
#: History items kept of one alarm.
_HISTORY = 200


def install(host: Host) -> None:
    """Make moto create our backend in every region from now on."""
    MeasuredBackend.host = host
    # Only a change of state is noted here, so both times are one.
    same = property(lambda alarm: alarm.state_updated_timestamp)
    models.Alarm.state_transitioned_timestamp = same  # type: ignore[attr-defined]  # named as the answer names it
    models.cloudwatch_backends.backend = MeasuredBackend
    for account in models.cloudwatch_backends.values():
        account.backend = MeasuredBackend
        account.clear()


class MeasuredBackend(models.CloudWatchBackend):
    """CloudWatch of one region."""

    #: Set once, before the first region exists.
    host: Host

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        # Periods shrink with speed; a bucket must stay shorter than the shortest (ten seconds).
        self.store = MetricStore(resolution=min(1.0, max(0.01, 5.0 / self.host.speed)))

    @property
    def _url_module(self) -> Any:
        from moto.cloudwatch import urls

        return urls

    def put_metric_alarm(self, name: str, **given: Any) -> models.Alarm:  # type: ignore[override]
        """Create or update an alarm: a new one has INSUFFICIENT_DATA, an old one keeps its state and history."""
        old = self.alarms.get(name)
        statistic = given.pop("extended_statistic", None)
        if statistic and not known(statistic):
            raise InvalidParameterValue(
                f"The value {statistic} for parameter ExtendedStatistic is not supported."
            )
        period = given.get("period")
        if (
            period is not None
            and int(period) not in _SHORT_PERIODS
            and (int(period) < 60 or int(period) % 60)
        ):
            raise ValidationError("Period must be 1, 5, 10, 20, 30 or a multiple of 60")
        if given.get("rule") is not None:
            try:
                composite.evaluate(given["rule"], {})
            except composite.InvalidRule as error:
                raise ValidationError(f"AlarmRule must not contain invalid expressions: {error}") from error
        alarm = super().put_metric_alarm(name, **given)
        alarm.extended_statistic = statistic
        if old is None:
            alarm.state_value = "INSUFFICIENT_DATA"
            alarm.history = deque(maxlen=_HISTORY)  # type: ignore[assignment]
            history.configured(alarm, "created")
        else:
            kept = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history")
            for attribute in kept:
                setattr(alarm, attribute, getattr(old, attribute))
            history.configured(alarm, "updated")
        return alarm

    def delete_alarms(self, alarm_names: list[str]) -> None:
        """Delete alarms and their tags."""
        for name in alarm_names:
            if name in self.alarms:
                self.tagger.delete_all_tags_for_resource(self.alarms[name].alarm_arn)
        super().delete_alarms(alarm_names)

    def set_alarm_state(self, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
        """Set a state by hand; actions run, and the next evaluation may change it again."""
        from launchbook.local.planes.cloudwatch import actions

        alarm = self.alarms.get(alarm_name)
        old = alarm.state_value if alarm else ""
        super().set_alarm_state(alarm_name, reason, reason_data, state_value)
        if alarm is not None and old != state_value:
            alarm.history.pop()  # moto's own entry
            actions.changed(self.host, self, alarm, old)
        elif alarm is not None:
            alarm.history.pop()

    def put_metric_data(self, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        """Record what a caller publishes: single values, values with counts, or statistic sets."""
        for number, datum in enumerate(metric_data, 1):
            self._validate_parameters_put_metric_data(datum, number)
        for datum in metric_data:
            key = MetricKey.of(namespace, datum["MetricName"], _pairs(datum.get("Dimensions")))
            at = seconds(datum["Timestamp"]) if datum.get("Timestamp") else now()
            unit = datum.get("Unit") or "None"
            if datum.get("Values"):
                counts = datum.get("Counts") or [1.0] * len(datum["Values"])
                for value, times in zip(datum["Values"], counts, strict=True):
                    self.store.add(key, float(value), at=at, unit=unit, times=float(times))
            elif datum.get("StatisticValues"):
                sums = {name: float(value) for name, value in datum["StatisticValues"].items()}
                samples = Samples(sums["SampleCount"], sums["Sum"], sums["Minimum"], sums["Maximum"])
                self.store.add_set(key, samples, at=at, unit=unit)
            else:
                self.store.add(key, float(datum.get("Value", 0)), at=at, unit=unit)

    def get_metric_data(
        self,
        queries: list[dict[str, Any]],
        start_time: datetime,
        end_time: datetime,
        scan_by: str = "TimestampAscending",
    ) -> list[dict[str, Any]]:
        """Answer GetMetricData: statistics per period and metric math over them."""
        return _answer(self.store, queries, start_time, end_time, scan_by)

    def get_metric_statistics(
        self,
        namespace: str,
        metric_name: str,
        start_time: datetime,
        end_time: datetime,
        period: int,
        stats: list[str],
        dimensions: list[dict[str, str]],
        unit: str | None = None,
    ) -> list[Any]:
        """Datapoints of one metric, as dictionaries; periods without samples have none."""
        start, end = queries.window(start_time, end_time, period)
        if start >= end:
            raise InvalidParameterValue("The parameter StartTime must be less than the parameter EndTime.")
        if (end - start) / period > _MAX_DATAPOINTS:
            raise InvalidParameterValue(
                f"You have requested up to {int((end - start) / period)} datapoints, which exceeds the limit of "
                f"{_MAX_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing "
                "the time range."
            )
        key = MetricKey.of(namespace, metric_name, _pairs(dimensions))
        shown = unit or next(iter(self.store.units(key)), "None")
        return [
            queries.datapoint(at, samples, stats, shown)
            for at, samples in queries.periods(self.store, key, start, end, period, unit)
            if samples.count
        ]

    def get_filtered_metrics(
        self, metric_name: str, namespace: str, dimensions: list[dict[str, str]]
    ) -> list[Any]:
        """Metrics with this name, namespace and at least these dimensions (a missing value matches any)."""
        wanted = {dimension["Name"]: dimension.get("Value") for dimension in dimensions or []}
        return [
            {
                "Namespace": key.namespace,
                "MetricName": key.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in key.dimensions],
            }
            for key in self.store.metrics()
            if (not namespace or key.namespace == namespace)
            and (not metric_name or key.name == metric_name)
            and _has(dict(key.dimensions), wanted)
        ]


def _answer(
    store: MetricStore, asked: list[dict[str, Any]], start: datetime, end: datetime, scan_by: str
) -> list[dict[str, Any]]:
    if start >= end:
        raise ValidationError("The parameter StartTime must be less than the parameter EndTime.")
    try:
        return queries.answer(store, asked, start, end, descending=scan_by == "TimestampDescending")
    except ValueError as error:
        raise ValidationError(str(error)) from error


def _pairs(dimensions: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    return {dimension["Name"]: dimension["Value"] for dimension in dimensions or ()}


def _has(dimensions: Mapping[str, str], wanted: Mapping[str, str | None]) -> bool:
    return all(name in dimensions and value in (None, dimensions[name]) for name, value in wanted.items())


def touched(alarm: models.Alarm) -> None:
    """Note on an alarm that its state has just changed."""
    alarm.state_updated_timestamp = utcnow()
