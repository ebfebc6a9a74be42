"""JSON inside answers: policies and the like, as data."""

from __future__ import annotations

import json
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


def column(value: Value, name: str) -> list[Value]:
    """One field of each object of a list."""
    return [item.get(name) for item in objects(value)]
