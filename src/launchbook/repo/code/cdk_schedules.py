"""CDK's schedules as EventBridge writes them: ``Schedule.rate(Duration.minutes(5))`` is ``rate(5 minutes)``."""

from __future__ import annotations

from collections.abc import Mapping

from launchbook.model import Unread, Value
from launchbook.patterns import regex

#: A call that makes a schedule, of EventBridge's rules and of its scheduler alike.
SCHEDULE = regex(r"(?:\w+\.)*Schedule(?:Expression)?\.(?P<how>rate|cron|expression)")
_DURATION = regex(r"(?:\w+\.)?Duration\.(seconds|minutes|hours|days)\((\d{1,9})\)")
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60))


def seconds(text: str) -> int | None:
    """``cdk.Duration.minutes(5)`` in seconds; None for any other text."""
    written = _DURATION.fullmatch(text)
    return int(written[2]) * _SECONDS[written[1]] if written else None


def rate(seconds: Value) -> Value:
    """A rhythm in the largest unit that fits it."""
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return seconds
    for unit, length in _UNITS:
        if seconds and seconds % length == 0:
            count = seconds // length
            return f"rate({count} {unit}{'s' if count > 1 else ''})"
    return Unread("no rate that EventBridge takes")


def cron(given: Mapping[str, Value]) -> Value:
    """The options of ``Schedule.cron``: what is not given is any; the day gives way to the day of the week."""
    unknown = next(
        (value for key, value in given.items() if key != "timeZone" and not isinstance(value, str)), None
    )
    if unknown is not None:
        return unknown if isinstance(unknown, Unread) else Unread("a part of it is no text")
    day = given.get("day", "?" if "weekDay" in given else "*")
    parts = [given.get("minute", "*"), given.get("hour", "*"), day, given.get("month", "*")]
    return f"cron({' '.join(map(str, parts))} {given.get('weekDay', '?')} {given.get('year', '*')})"
