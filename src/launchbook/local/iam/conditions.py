"""Condition blocks: every operator must hold, every key of it, one of the values of each key."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any


def holds(block: Mapping[str, Any], context: Mapping[str, Sequence[str]]) -> bool:
    """Whether a condition block holds. An operator that IAM has and we lack never holds."""
    return all(
        _holds(operator, key.lower(), _texts(wanted), context)
        for operator, keys in block.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, key: str, wanted: list[str], context: Mapping[str, Sequence[str]]) -> bool:
    actual = list(context.get(key, ()))
    if operator == "Null":
        return (not actual) == (wanted[:1] == ["true"])
    qualifier, _, plain = operator.rpartition(":")
    if plain.endswith("IfExists"):
        if not actual:
            return True
        plain = plain.removesuffix("IfExists")
    negated = plain in _NEGATED
    test = _OPERATORS.get(_NEGATED.get(plain, plain))
    if test is None:
        return False

    def matches(value: str) -> bool:
        return any(_try(test, value, each) for each in wanted) != negated

    if qualifier == "ForAllValues":
        return all(matches(value) for value in actual)
    if qualifier == "ForAnyValue":
        return any(matches(value) for value in actual)
    if not actual:
        return negated  # a key that is not there differs from everything
    return matches(actual[0])


def _try(test: Callable[[str, str], bool], actual: str, wanted: str) -> bool:
    try:
        return test(actual, wanted)
    except ValueError:
        return False


def _like(actual: str, wanted: str) -> bool:
    pattern = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in wanted)
    return re.fullmatch(pattern, actual, re.DOTALL) is not None


def _moment(text: str) -> datetime:
    if text.replace(".", "", 1).isdecimal():
        return datetime.fromtimestamp(float(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_network(actual: str, wanted: str) -> bool:
    return ipaddress.ip_address(actual) in ipaddress.ip_network(wanted, strict=False)


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda a, w: a == w,
    "StringEqualsIgnoreCase": lambda a, w: a.lower() == w.lower(),
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "NumericEquals": lambda a, w: float(a) == float(w),
    "NumericLessThan": lambda a, w: float(a) < float(w),
    "NumericLessThanEquals": lambda a, w: float(a) <= float(w),
    "NumericGreaterThan": lambda a, w: float(a) > float(w),
    "NumericGreaterThanEquals": lambda a, w: float(a) >= float(w),
    "DateEquals": lambda a, w: _moment(a) == _moment(w),
    "DateLessThan": lambda a, w: _moment(a) < _moment(w),
    "DateLessThanEquals": lambda a, w: _moment(a) <= _moment(w),
    "DateGreaterThan": lambda a, w: _moment(a) > _moment(w),
    "DateGreaterThanEquals": lambda a, w: _moment(a) >= _moment(w),
    "Bool": lambda a, w: a.lower() == w.lower(),
    "IpAddress": _in_network,
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}
