"""Scheduled rules: rates run faster under ``--speed``, cron expressions follow the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from launchbook.local.plane import ACCOUNT, Host
from launchbook.local.planes.events.schedule import next_after


class Clock:
    """Fires every enabled rule that has a schedule."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._next: dict[tuple[str, str], datetime | None] = {}

    def fire_due(self) -> None:
        """Fire what is due; a schedule starts to count when it is first seen."""
        now = datetime.now(UTC)
        seen = set()
        for backend, rule in _scheduled():
            key = (rule.arn, rule.scheduled_expression)
            seen.add(key)
            if key not in self._next:
                self._next[key] = self._after(rule.scheduled_expression, now)
            due = self._next[key]
            if due is not None and now >= due:
                self._next[key] = self._after(rule.scheduled_expression, now)
                backend.trigger(rule, backend.event("aws.events", "Scheduled Event", {}, [rule.arn], due))
        for gone in self._next.keys() - seen:
            del self._next[gone]

    def _after(self, expression: str, now: datetime) -> datetime | None:
        try:
            due = next_after(expression, now)
        except ValueError:
            return None
        if due is not None and expression.startswith("rate("):
            return now + timedelta(seconds=(due - now).total_seconds() / self._host.speed)
        return due


def _scheduled() -> list[tuple[Any, Any]]:
    from moto.events.models import events_backends

    return [
        (backend, rule)
        for backend in list(events_backends[ACCOUNT].values())
        for rule in list(backend.event_buses["default"].rules.values())
        if rule.scheduled_expression and rule.state != "DISABLED"
    ]
