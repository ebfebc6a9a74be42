"""History of alarms: what DescribeAlarmHistory answers."""

from __future__ import annotations

import json
from typing import Any

from moto.core.utils import utcnow


def configured(alarm: Any, how: str) -> None:
    """The alarm was ``created`` or ``updated``."""
    _add(alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" {how}', {"type": how.removesuffix("d").title()})


def changed(alarm: Any, old: str) -> None:
    """The alarm has just left the state ``old``."""
    data = {
        "version": "1.0",
        "oldState": {"stateValue": old},
        "newState": {"stateValue": alarm.state_value, "stateReason": alarm.state_reason},
    }
    _add(alarm, "StateUpdate", f"Alarm updated from {old} to {alarm.state_value}", data)


def acted(alarm: Any, action: str, error: str | None) -> None:
    """An alarm action was carried out, or failed with ``error``."""
    done = f"Successfully executed action {action}"
    failed = f'Failed to execute action {action}. Received error: "{error}"'
    data = {"actionState": "Failed" if error else "Succeeded", "notificationResource": action, "error": error}
    _add(alarm, "Action", failed if error else done, data)


def _add(alarm: Any, kind: str, summary: str, data: dict[str, Any]) -> None:
    alarm.history.append(
        {
            "AlarmName": alarm.name,
            "AlarmType": "MetricAlarm" if alarm.rule is None else "CompositeAlarm",
            "Timestamp": utcnow(),
            "HistoryItemType": kind,
            "HistorySummary": summary,
            "HistoryData": json.dumps(data),
        }
    )
