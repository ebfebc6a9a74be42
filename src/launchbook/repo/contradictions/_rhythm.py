"""Rhythms: how often ``rate(5 minutes)``, ``every hour``, ``daily`` or a cron expression comes round."""

from __future__ import annotations

import re

from launchbook.patterns import regex

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_EVERY = regex(r"(?:rate\(|every )?(\d*) ?(second|minute|hour|day|week)s?\)?", re.I)
_WORDS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800}
_STEP = regex(r"(?:\*|0)/(\d+)")
_DAY_OF_WEEK = regex(r"[0-7]|sun|mon|tue|wed|thu|fri|sat", re.I)


def seconds(text: str) -> int:
    """The length of a rhythm (``rate(5 minutes)``, ``every hour``, ``*/5 * * * *``) in seconds; 0 when it has none."""
    word = text.lower().removeprefix("@").replace("midnight", "daily")
    if word in _WORDS:
        return _WORDS[word]
    fields = _cron_fields(text)
    if fields:
        return _cron(fields)
    match = _EVERY.fullmatch(text)
    return int(match.group(1) or 1) * _UNITS[match.group(2).lower()] if match else 0


def differs(one: str, other: str) -> bool:
    """Whether two rhythms cannot mean the same: another length, or two crons that name another hour or day."""
    lengths = seconds(one), seconds(other)
    if 0 not in lengths and lengths[0] != lengths[1]:
        return True
    fields = _cron_fields(one), _cron_fields(other)
    return bool(fields[0] and fields[1]) and fields[0] != fields[1]


def _cron_fields(text: str) -> tuple[str, ...]:
    """Minute, hour, day of the month, month and day of the week, spelt alike; empty when it is no cron."""
    fields = text.removeprefix("cron(").removesuffix(")").lower().split()
    if len(fields) not in (5, 6) or not re.match(r"[\d*]", fields[0]):
        return ()
    return tuple(re.sub(r"^0/", "*/", field).replace("?", "*") for field in fields[:5])


def _cron(fields: tuple[str, ...]) -> int:
    minute, hour, day, month, weekday = fields
    if (day, month) != ("*", "*"):
        return 0
    if weekday != "*":
        once = minute.isdigit() and hour.isdigit() and _DAY_OF_WEEK.fullmatch(weekday)
        return _UNITS["week"] if once else 0
    if hour == "*":
        return _every(minute, 60)
    return _every(hour, 3600) if minute.isdigit() else 0


def _every(field: str, unit: int) -> int:
    """How often a field comes round: at each of its units, at every so many, or once in the next larger unit."""
    step = _STEP.fullmatch(field)
    if step:
        return int(step.group(1)) * unit
    larger = 3600 if unit == 60 else 86_400
    return unit if field == "*" else larger if field.isdigit() else 0
