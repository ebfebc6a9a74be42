"""When a cron expression of AWS comes: never, where it is malformed or names days that no calendar has.

Six fields (minute, hour, day of month, month, day of week, year), as the EventBridge user guide has them.
"""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def never_comes(expression: str, today: date) -> str:
    """Why a schedule never starts anything; empty where it does, or where that can't be told."""
    match = re.fullmatch(r"cron\((.*)\)", expression.strip(), re.S)
    if match is None:
        return ""
    fields = match[1].split()
    if len(fields) != 6:
        return f"AWS refuses {expression}: a cron has six fields"
    if "?" not in (fields[2], fields[4]):
        return f"AWS refuses {expression}: the day of the month or that of the week has to be ?"
    years = _numbers(fields[5])
    if years and max(years) < today.year:
        return f"{expression} was over in {max(years)}"
    days, months = _numbers(fields[2]), _months(fields[3])
    if days and months and min(days) > max(_LENGTHS[month - 1] for month in months):
        return f"{expression} names a day that its month has not"
    return ""


def rarely_comes(expression: str) -> str:
    """Why a schedule comes too rarely to copy data by it: not in every month."""
    match = re.fullmatch(r"cron\((.*)\)", expression.strip(), re.S)
    fields = match[1].split() if match else []
    months = _months(fields[3]) if len(fields) == 6 else set()
    return f"{expression} comes in {len(months)} of twelve months" if months and len(months) < 12 else ""


def _months(text: str) -> set[int]:
    for number, name in enumerate(_MONTHS, 1):
        text = text.upper().replace(name, str(number))
    found = _numbers(text)
    return found if found <= set(range(1, 13)) else set()


def _numbers(text: str) -> set[int]:
    """The numbers that a field lists; empty where it is no plain list of numbers and ranges."""
    found: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
        if match is None:
            return set()
        first, last = int(match[1]), int(match[2] or match[1])
        if last - first > 400:
            return set()
        found |= set(range(first, last + 1))
    return found
