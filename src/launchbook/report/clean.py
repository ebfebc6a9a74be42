"""A report fit for any output: no secret, no terminal escape, one line a string, whatever its sources were called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from launchbook.model import Report
from launchbook.redact import shown

T = TypeVar("T")


def clean(report: Report, change: Callable[[str], str] = shown) -> Report:
    """The report with every string in it passed through ``change``; a finding of two lines stays one finding."""
    held: dict[int, Any] = {}

    def walk(node: Any) -> Any:
        if isinstance(node, str):
            return change(node)
        if node is None or isinstance(node, bool | int | float | datetime):
            return node
        if id(node) not in held:
            held[id(node)] = _walked(node, walk)
        return held[id(node)]

    cleaned: Report = walk(report)
    return cleaned


def _walked(node: Any, walk: Callable[[Any], Any]) -> Any:
    if is_dataclass(node) and not isinstance(node, type):
        return replace(node, **{one.name: walk(getattr(node, one.name)) for one in fields(node) if one.init})
    if isinstance(node, dict):
        return {walk(key): walk(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return type(node)(walk(item) for item in node)
    return node
