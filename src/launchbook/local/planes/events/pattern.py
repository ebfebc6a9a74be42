"""EventBridge event patterns, matched as EventBridge matches them. Pure."""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_ABSENT = object()
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """True if every field of the pattern is matched by the event; an empty pattern matches everything."""
    return all(_field_matches(name, wanted, event) for name, wanted in pattern.items())


def _field_matches(name: str, wanted: Any, event: Any) -> bool:
    if name == "$or" and isinstance(wanted, list):
        return any(matches(option, event) for option in wanted)
    found = _find(event, name)
    if isinstance(wanted, Mapping):
        return any(matches(wanted, item) for item in (found if isinstance(found, list) else [found]))
    if not isinstance(wanted, Sequence) or isinstance(wanted, str):
        return False
    return any(_filter_matches(option, found) for option in wanted)


def _find(event: Any, name: str) -> Any:
    """The field of an event; a list of objects gives the values of all of them."""
    if isinstance(event, Mapping):
        return event.get(name, _ABSENT)
    if isinstance(event, list):
        found = [item[name] for item in event if isinstance(item, Mapping) and name in item]
        return found or _ABSENT
    return _ABSENT


def _filter_matches(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, Mapping):
        if "exists" in wanted:
            # Only a leaf exists: an object is no value of its own.
            return (found is not _ABSENT and not isinstance(found, Mapping)) == bool(wanted["exists"])
        if "anything-but" in wanted:
            return found is not _ABSENT and all(
                _anything_but(wanted["anything-but"], v) for v in _each(found)
            )
    if found is _ABSENT:
        return False
    return any(_value_matches(wanted, value) for value in _each(found))


def _each(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _anything_but(excluded: Any, value: Any) -> bool:
    if isinstance(excluded, Mapping):
        return not any(_value_matches({kind: option}, value) for kind, option in excluded.items())
    return not any(_same(option, value) for option in _each(excluded))


def _same(wanted: Any, value: Any) -> bool:
    # True is 1 for Python, not for JSON.
    return wanted == value and isinstance(wanted, bool) == isinstance(value, bool)


def _value_matches(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return _same(wanted, value)
    kind, option = next(iter(wanted.items()), ("", None))
    matcher = _MATCHERS.get(kind)
    if matcher is None:
        return False
    # A list means "any of these", except for numeric, whose list is one condition.
    options = option if isinstance(option, list) and kind != "numeric" else [option]
    return any(matcher(choice, value) for choice in options)


def _prefix(option: Any, value: Any) -> bool:
    if isinstance(option, Mapping):
        return isinstance(value, str) and value.lower().startswith(str(option["equals-ignore-case"]).lower())
    return isinstance(value, str) and value.startswith(option)


def _suffix(option: Any, value: Any) -> bool:
    if isinstance(option, Mapping):
        return isinstance(value, str) and value.lower().endswith(str(option["equals-ignore-case"]).lower())
    return isinstance(value, str) and value.endswith(option)


def _numeric(option: Any, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    pairs = zip(option[::2], option[1::2], strict=True)
    return all(_COMPARE[sign](value, number) for sign, number in pairs)


def _wildcard(option: Any, value: Any) -> bool:
    parts = (re.escape(part) for part in re.split(r"(?<!\\)\*", option))
    return isinstance(value, str) and re.fullmatch(".*".join(parts), value, re.DOTALL) is not None


def _cidr(option: Any, value: Any) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(option)
    except ValueError:
        return False


_MATCHERS: dict[str, Callable[[Any, Any], bool]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "numeric": _numeric,
    "wildcard": _wildcard,
    "cidr": _cidr,
    "equals-ignore-case": lambda option, value: isinstance(value, str) and value.lower() == option.lower(),
}
