"""CloudWatch operations that moto lacks or filters wrongly."""

from __future__ import annotations

from typing import Any

from moto.cloudwatch import urls
from moto.cloudwatch.exceptions import ResourceNotFound
from moto.cloudwatch.models import Alarm
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

_PAGE = 100


def install() -> None:
    """Route every CloudWatch call here."""
    for path in urls.url_paths:
        urls.url_paths[path] = MeasuredResponse.dispatch


class MeasuredResponse(CloudWatchResponse):
    """moto's operations, and ours where they differ."""

    def put_composite_alarm(self) -> ActionResult:
        """Create or update a composite alarm. Its suppressor is kept and told; it holds nothing back."""
        answer = self.put_metric_alarm()
        alarm: Any = self.cloudwatch_backend.alarms[self._get_param("AlarmName")]
        alarm.suppressor = {
            name: value for name in _SUPPRESSOR if (value := self._get_param(name)) is not None
        }
        return answer

    def describe_alarms(self) -> ActionResult:
        """Alarms that pass every filter given; composite ones only when their type is asked for."""
        types = self._get_param("AlarmTypes") or ["MetricAlarm"]
        names = self._get_param("AlarmNames") or []
        prefix = self._get_param("AlarmNamePrefix") or ""
        action = self._get_param("ActionPrefix") or ""
        state = self._get_param("StateValue")
        chosen = [
            alarm
            for alarm in list(self.cloudwatch_backend.alarms.values())
            if (not names or alarm.name in names)
            and alarm.name.startswith(prefix)
            and (not action or any(arn.startswith(action) for arn in alarm.alarm_actions))
            and (not state or alarm.state_value == state)
            and ("MetricAlarm" if alarm.rule is None else "CompositeAlarm") in types
        ]
        page, token = _page(chosen, self._get_param("NextToken"), self._get_param("MaxRecords"))
        return ActionResult(
            {
                "MetricAlarms": [alarm for alarm in page if alarm.rule is None],
                "CompositeAlarms": [_composite(alarm) for alarm in page if alarm.rule is not None],
                "NextToken": token,
            }
        )

    def describe_alarms_for_metric(self) -> ActionResult:
        """Alarms on exactly this metric."""
        wanted = {d["Name"]: d["Value"] for d in self._get_param("Dimensions") or []}
        return ActionResult(
            {
                "MetricAlarms": [
                    alarm
                    for alarm in list(self.cloudwatch_backend.alarms.values())
                    if alarm.metric_name == self._get_param("MetricName")
                    and alarm.namespace == self._get_param("Namespace")
                    and {d.name: d.value for d in alarm.dimensions} == wanted
                ]
            }
        )

    def describe_alarm_history(self) -> ActionResult:
        """What happened to alarms, newest first unless asked otherwise."""
        name, kind = self._get_param("AlarmName"), self._get_param("HistoryItemType")
        items = [
            item
            for alarm in list(self.cloudwatch_backend.alarms.values())
            if not name or alarm.name == name
            for item in list(alarm.history)
            if not kind or item["HistoryItemType"] == kind
        ]
        oldest_first = self._get_param("ScanBy") == "TimestampAscending"
        items.sort(key=lambda item: item["Timestamp"], reverse=not oldest_first)
        page, token = _page(items, self._get_param("NextToken"), self._get_param("MaxRecords"))
        return ActionResult({"AlarmHistoryItems": page, "NextToken": token})

    def get_metric_statistics(self) -> ActionResult:
        """Statistics of one metric, percentiles among them."""
        statistics = self._get_param("Statistics") or []
        extended = self._get_param("ExtendedStatistics") or []
        if not extended:
            return super().get_metric_statistics()
        points = self.cloudwatch_backend.get_metric_statistics(
            self._get_param("Namespace"),
            self._get_param("MetricName"),
            self._get_param("StartTime"),
            self._get_param("EndTime"),
            int(self._get_param("Period")),
            [*statistics, *extended],
            self._get_param("Dimensions") or [],
            unit=self._get_param("Unit"),
        )
        return ActionResult({"Label": self._get_param("MetricName"), "Datapoints": points})

    def list_tags_for_resource(self) -> ActionResult:
        """Tags of an alarm or rule; an alarm that isn't there is not found."""
        arn = self._get_param("ResourceARN")
        if ":alarm:" in arn and arn.split(":alarm:", 1)[1] not in self.cloudwatch_backend.alarms:
            raise ResourceNotFound
        return super().list_tags_for_resource()


_SUPPRESSOR = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")


def _composite(alarm: Alarm) -> dict[str, Any]:
    return {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.alarm_arn,
        "AlarmRule": alarm.rule,
        "AlarmDescription": alarm.description,
        "ActionsEnabled": alarm.actions_enabled,
        "AlarmActions": alarm.alarm_actions,
        "OKActions": alarm.ok_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "AlarmConfigurationUpdatedTimestamp": alarm.configuration_updated_timestamp,
        "StateValue": alarm.state_value,
        "StateReason": alarm.state_reason,
        "StateReasonData": alarm.state_reason_data,
        "StateUpdatedTimestamp": alarm.state_updated_timestamp,
        "StateTransitionedTimestamp": alarm.state_updated_timestamp,
        **getattr(alarm, "suppressor", {}),
    }


def _page(items: list[Any], token: str | None, limit: Any) -> tuple[list[Any], str | None]:
    start, size = int(token or 0), int(limit or _PAGE)
    more = start + size < len(items)
    return items[start : start + size], str(start + size) if more else None
