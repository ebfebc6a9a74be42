"""When a schedule fires next: ``rate(5 minutes)``, ``cron(0 12 * * ? *)`` and ``at(…)``. Pure."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
#: How far ahead a cron expression is searched before it counts as never.
_HORIZON = timedelta(days=4 * 366)


def next_after(expression: str, moment: datetime) -> datetime | None:
    """The first time after ``moment`` (aware, UTC); None if never again. Raises ValueError if unreadable."""
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression.strip())
    if rate:
        return moment + timedelta(seconds=int(rate[1]) * _UNITS[rate[2]])
    once = re.fullmatch(r"at\((.+)\)", expression.strip())
    if once:
        at = datetime.fromisoformat(once[1])
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at if at > moment else None
    cron = re.fullmatch(r"cron\((.+)\)", expression.strip())
    if cron is None or len(cron[1].split()) != 6:
        raise ValueError(f"not a schedule: {expression!r}")
    return _next_cron(cron[1].split(), moment)


def _next_cron(fields: list[str], moment: datetime) -> datetime | None:
    minutes = _numbers(fields[0], 0, 59)
    hours = _numbers(fields[1], 0, 23)
    months = _numbers(fields[3], 1, 12, _MONTHS)
    years = _numbers(fields[5], 1970, 2199)
    day = (moment + timedelta(minutes=1)).replace(second=0, microsecond=0)
    end, earliest = moment + _HORIZON, (day.hour, day.minute)
    while day < end:
        if day.year in years and day.month in months and _day_matches(fields[2], fields[4], day):
            times = ((hour, minute) for hour in sorted(hours) for minute in sorted(minutes))
            found = next((time for time in times if time >= earliest), None)
            if found is not None:
                return day.replace(hour=found[0], minute=found[1])
        day, earliest = (day + timedelta(days=1)).replace(hour=0, minute=0), (0, 0)
    return None


def _day_matches(of_month: str, of_week: str, day: datetime) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    if of_month == "L":
        return day.day == last
    if of_month != "?":
        return day.day in _numbers(of_month, 1, 31)
    weekday = (day.weekday() + 1) % 7 + 1  # 1 is Sunday
    nth = re.fullmatch(r"([1-7]|[A-Z]{3})#([1-5])", of_week)
    if nth:
        return weekday == _number(nth[1], _DAYS) and (day.day - 1) // 7 + 1 == int(nth[2])
    final = re.fullmatch(r"([1-7]|[A-Z]{3})L", of_week)
    if final:
        return weekday == _number(final[1], _DAYS) and day.day > last - 7
    return weekday in _numbers(of_week, 1, 7, _DAYS)


def _numbers(field: str, low: int, high: int, names: dict[str, int] | None = None) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, final = low, high
        elif "-" in span:
            first, final = (_number(end, names or {}) for end in span.split("-", 1))
        else:
            first = _number(span, names or {})
            final = high if step else first
        if not low <= first <= final <= high or (step and int(step) < 1):
            raise ValueError(f"not a cron field: {field!r}")
        found.update(range(first, final + 1, int(step) if step else 1))
    return found


def _number(text: str, names: dict[str, int]) -> int:
    return names[text.upper()] if text.upper() in names else int(text)
