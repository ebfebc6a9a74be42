"""JSON written as a template: unknown interpolations stay unread parts, the rest becomes a structure."""

from __future__ import annotations

import json
import re
from typing import Any

from launchbook.model import Ref, Unread, Value
from launchbook.patterns import regex
from launchbook.repo.hcl.functions import as_text
from launchbook.repo.hcl.scope import pointers

_MARK = regex("\ue000(\\d+)\ue001")


def json_structure(values: list[Value]) -> Value | None:
    """The document that the parts of a template spell; None when they spell no JSON object or list."""
    first = values[0] if values else None
    if not isinstance(first, str) or not first.lstrip().startswith(("{", "[")):
        return None
    text = ""
    for number, value in enumerate(values):
        if isinstance(value, Unread | Ref | list | dict) or value is None:
            mark = f"\ue000{number}\ue001"
            text += mark if _inside_string(text) else f'"{mark}"'
        else:
            text += as_text(value)
    try:
        return _restored(json.loads(text), values)
    except (ValueError, RecursionError):
        return None


def _inside_string(text: str) -> bool:
    return len(re.findall(r'(?<!\\)"', text)) % 2 == 1


def _restored(node: Any, values: list[Value]) -> Value:
    if isinstance(node, dict):
        return {key: _restored(item, values) for key, item in node.items()}
    if isinstance(node, list):
        return [_restored(item, values) for item in node]
    if isinstance(node, str) and (marks := _MARK.findall(node)):
        if _MARK.fullmatch(node):
            return values[int(marks[0])]
        parts = [values[int(mark)] for mark in marks]
        refs = tuple(pointer for part in parts for pointer in pointers(part))
        reason = next((part.reason for part in parts if isinstance(part, Unread)), "known only after apply")
        return Unread(reason, refs=refs)
    return node  # type: ignore[no-any-return]  # a scalar of JSON
