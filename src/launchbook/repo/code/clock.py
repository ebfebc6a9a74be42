"""When code runs something by the clock: as a cron expression of five fields, or as ``every 5 minutes``."""

from __future__ import annotations

from collections.abc import Mapping

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.reader import File, Found, unread

#: Why a schedule that code computes has no text.
COMPUTED = "the code computes when it runs"
_FIELDS = ("minute", "hour", "day", "month", "day_of_week")
_UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
_CRON = regex(r"@\w{4,10}|(?:[\w*/,?#-]{1,60}\s+){4,6}[\w*/,?#-]{1,60}")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def told(
    file: File, found: Found, library: str, name: str, line: int, schedule: Value, **more: Value
) -> None:
    """One job as a fact: what schedules it, its name, and when it runs (unread where the code computes that)."""
    attributes: dict[str, Value] = {"schedule": schedule, "library": library, **more}
    known = name or f"job of {library}"
    found.fact(file, "code_cron", f"cron:{known}", name=known, line=line, attributes=attributes)


def cron(text: str | None, seconds_first: bool = False) -> Value:
    """An expression as five fields; one that runs within a minute keeps its seconds, and says so."""
    plain = " ".join((text or "").split())
    if not _CRON.fullmatch(plain):
        return unread(COMPUTED)
    fields = plain.split()
    if not seconds_first or len(fields) < 6:
        return plain
    return " ".join(fields[1:6]) if fields[0] == "0" else f"{plain} (seconds first)"


def every(seconds: float) -> Value:
    """``every 5 minutes``; unread for what is no time."""
    if not 0 < seconds < 10**9:
        return unread(COMPUTED)
    for unit, length in _UNITS:
        if seconds % length == 0:
            count = int(seconds // length)
            return f"every {count} {unit}s" if count > 1 else f"every {unit}"
    return f"every {seconds:g} seconds"


def of_fields(given: Mapping[str, object], zeroes: bool = False) -> Value:
    """A cron expression of named fields. ``zeroes``: what is finer than the finest field given is 0, not any."""
    named = {_named(key): value for key, value in given.items()}
    if (
        not named
        or any(not isinstance(value, str | int) for value in named.values())
        or set(named) - set(_FIELDS)
    ):
        return unread(COMPUTED)
    finest = min(_FIELDS.index(key) for key in named)
    parts = []
    for place, field in enumerate(_FIELDS):
        default = "0" if zeroes and place < min(finest, 2) else "*"
        parts.append(str(named.get(field, default)))
    return " ".join(parts)


def weekday(value: object) -> object:
    """A day of the week that counts from Monday, as APScheduler's do, by its name."""
    plain = str(value)
    return _DAYS[int(plain)] if plain.isdigit() and int(plain) < len(_DAYS) else value


def _named(key: str) -> str:
    return {"day_of_month": "day", "month_of_year": "month", "date": "day", "dayOfWeek": "day_of_week"}.get(
        key, key
    )
