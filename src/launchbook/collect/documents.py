"""JSON inside answers: policies and the like, as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import unquote

from launchbook.model import Unread, Value


def document(value: Value) -> Value:
    """A JSON text (also URL-encoded, as IAM gives it) as data; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        parsed: Value = json.loads(unquote(value) if value.startswith("%7B") else value)
    except ValueError:
        return Unread("AWS answered something that is not JSON")
    return parsed


def objects(value: Value) -> list[dict[str, Value]]:
    """The objects of a list; empty for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def each(value: Value, make: Callable[[dict[str, Value]], Value]) -> Value:
    """What is made of each object of a list; of what was not read nothing is made: it stays unread."""
    return value if isinstance(value, Unread) else [make(one) for one in objects(value)]


def named_values(value: Value) -> Value:
    """AWS's list of ``{"Name", "Value"}`` as a map; what was not read stays unread."""
    if isinstance(value, Unread):
        return value
    return {str(one["Name"]): one.get("Value") for one in objects(value) if "Name" in one}


def column(value: Value, name: str) -> Value:
    """One field of each object of a list; what was not read stays unread."""
    return each(value, lambda item: item.get(name))
