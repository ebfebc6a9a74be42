"""Functions of Helm's templates, as far as files decide them: what is not here is Unread, with its name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import yaml

from launchbook.model import Unread

#: Longest text that a function gives.
LONGEST = 400_000


class Marked(str):
    """Text with marks in it, which may be moved about and not looked into."""

    reason = ""


def text_of(value: Any) -> str:
    """A value as Go prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, default=str) if isinstance(value, dict | list) else str(value)


def is_empty(value: Any) -> bool:
    """Whether a condition takes a value for false."""
    return (
        value is None or value is False or value in ("", 0) or (isinstance(value, dict | list) and not value)
    )


def _yaml(value: Any) -> str:
    return (
        str(yaml.safe_dump(value, allow_unicode=True, sort_keys=True, width=10_000))
        .rstrip("\n")
        .removesuffix("\n...")
    )


def _printf(form: Any, *given: Any) -> str:
    left = list(given)

    def one(match: re.Match[str]) -> str:
        if match.group() == "%%":
            return "%"
        value = left.pop(0) if left else ""
        return json.dumps(text_of(value)) if match.group() == "%q" else text_of(value)

    return re.sub(r"%[-+.\d]*[sdvqtfg%]", one, text_of(form))


def _indent(count: Any, value: Any) -> str:
    spaces = " " * min(int(count), 200)
    return "\n".join(spaces + line for line in text_of(value).split("\n"))


def _integer(value: Any) -> int:
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return 0


def _index(held: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(held, dict):
            held = held.get(str(key))
        elif isinstance(held, list) and isinstance(key, int) and 0 <= key < len(held):
            held = held[key]
        else:
            return None
    return held


def _compared(one: Any, other: Any) -> int:
    try:
        return int(one > other) - int(one < other)
    except TypeError:
        return (text_of(one) > text_of(other)) - (text_of(one) < text_of(other))


def _first_full(*given: Any) -> Any:
    return next((value for value in given if not is_empty(value)), None)


def _dict(*given: Any) -> dict[str, Any]:
    return {text_of(key): value for key, value in zip(given[::2], given[1::2], strict=False)}


def _merge(*given: Any) -> Any:
    found: dict[str, Any] = {}
    for one in given:
        found |= {key: value for key, value in (one or {}).items() if key not in found}
    return found


def _kind(value: Any) -> str:
    kinds = {bool: "bool", int: "int", float: "float64", str: "string", type(None): "invalid"}
    return (
        "map"
        if isinstance(value, dict)
        else "slice"
        if isinstance(value, list)
        else kinds.get(type(value), "")
    )


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "default": lambda other, value=None: other if is_empty(value) else value,
    "quote": lambda *values: " ".join(json.dumps(text_of(v), ensure_ascii=False) for v in values),
    "squote": lambda *values: " ".join("'" + text_of(v) + "'" for v in values),
    "toString": text_of,
    "int": _integer,
    "int64": _integer,
    "lower": lambda value: text_of(value).lower(),
    "upper": lambda value: text_of(value).upper(),
    "title": lambda value: text_of(value).title(),
    "trim": lambda value: text_of(value).strip(),
    "trunc": lambda count, value: text_of(value)[: int(count)] if int(count) >= 0 else text_of(value)[int(count) :],
    "trimSuffix": lambda end, value: text_of(value).removesuffix(end),
    "trimPrefix": lambda start, value: text_of(value).removeprefix(start),
    "replace": lambda old, new, value: text_of(value).replace(old, new),
    "contains": lambda part, value: text_of(part) in text_of(value),
    "hasPrefix": lambda start, value: text_of(value).startswith(start),
    "hasSuffix": lambda end, value: text_of(value).endswith(end),
    "printf": _printf,
    "print": lambda *values: "".join(map(text_of, values)),
    "indent": _indent,
    "nindent": lambda count, value: "\n" + _indent(count, value),
    "toYaml": _yaml,
    "toJson": lambda value: json.dumps(value, default=str),
    "not": is_empty,
    "empty": is_empty,
    "eq": lambda one, *others: any(one == other for other in others),
    "ne": lambda one, other: one != other,
    "lt": lambda one, other: _compared(one, other) < 0,
    "le": lambda one, other: _compared(one, other) <= 0,
    "gt": lambda one, other: _compared(one, other) > 0,
    "ge": lambda one, other: _compared(one, other) >= 0,
    "hasKey": lambda held, key: key in (held or {}),
    "get": lambda held, key: (held or {}).get(key, ""),
    "index": _index,
    "list": lambda *values: list(values),
    "dict": _dict,
    "merge": _merge,
    "coalesce": _first_full,
    "ternary": lambda one, other, which: one if which else other,
    "required": lambda _, value: Unread("the chart asks for it when it is installed") if is_empty(value) else value,
    "join": lambda between, values: text_of(between).join(map(text_of, values)),
    "len": len,
    "has": lambda value, values: value in values,
    "add": lambda *values: sum(map(_integer, values)),
    "sub": lambda one, other: _integer(one) - _integer(other),
    "mul": lambda one, other: _integer(one) * _integer(other),
    "keys": lambda held: list(held),
    "kindIs": lambda kind, value: _kind(value) == kind,
    "first": lambda values: values[0] if values else None,
    "fail": lambda _: Unread("the chart refuses these values"),
}  # fmt: skip


def call(name: str, given: Sequence[Any]) -> Any:
    """What a function gives; Unread when it is not known here, or when something that it is given is."""
    function = _FUNCTIONS.get(name)
    unread = next((value for value in given if isinstance(value, Unread)), None)
    if name in ("and", "or"):
        return _chosen(name, given)
    if name in ("dict", "list", "toYaml", "toJson", "merge", "hasKey", "get", "index", "kindIs"):
        unread = given[0] if given and isinstance(given[0], Unread) else None
    marked = next((value for value in given if isinstance(value, Marked)), None)
    if marked is not None and name not in ("nindent", "indent", "trim", "quote", "print"):
        unread = Unread(marked.reason)
    if unread is not None:
        return unread
    if function is None:
        return Unread(f"the template's function {name} is not read")
    try:
        value = function(*given)
    except (TypeError, ValueError, AttributeError, IndexError, KeyError, yaml.YAMLError, RecursionError):
        return Unread(f"the template's function {name} cannot be applied here")
    return Unread("it is too long") if isinstance(value, str) and len(value) > LONGEST else value


def _chosen(name: str, given: Sequence[Any]) -> Any:
    """``and`` and ``or``: the first that decides; Unread where an unread one comes before it."""
    for value in given:
        if isinstance(value, Unread) or is_empty(value) == (name == "and"):
            return value
    return given[-1] if given else None
