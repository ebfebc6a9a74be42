"""How a type of thing is listed by its own service: the declared reads, what is AWS's own, and how its tags are read.

A listing is the audit's collector with two things more. It stands for *everything* of its type in a region, so that a
thing nobody knows of is found; and ``of_aws`` says which of them are no leftovers of anybody: an account's defaults,
and what AWS still lists after it was deleted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from launchbook.collect.declare import Call, Collector, Row, Scope, Seen
from launchbook.model import Value

Values = Mapping[str, Any]


def _a_thing(_: Values) -> str:
    return ""


@dataclass(frozen=True)
class Listing:
    """All of one type. Rows have ``id``, and where AWS has them ``name``, ``arn``, ``created``, ``state``, ``tags``.

    ``of_aws`` gives the reason why a row is nobody's leftover, else an empty text. ``tags`` is the read of one
    row's tags where the list does not show them; its ``given`` may name any attribute as ``$id``.
    """

    collector: Collector
    of_aws: Callable[[Values], str] = _a_thing
    tags: Call | None = None

    @property
    def type(self) -> str:
        """Terraform's name of the type."""
        return self.collector.kind

    @property
    def queries(self) -> tuple[str, ...]:
        """``service:Operation`` of each of its calls."""
        return tuple(f"{call.service}:{call.operation}" for call in self.collector.calls)


def listing(
    kind: str,
    *calls: Call,
    scope: Scope = "region",
    of_aws: Callable[[Values], str] = _a_thing,
    tags: Call | None = None,
    shape: Callable[[Values], Mapping[str, Value]] | None = None,
) -> Listing:
    """Declare a listing. ``shape`` gives more attributes, made of those that were read."""

    def seen(row: Row) -> Seen:
        flat = {name: row.get(call.operation, path) for call in calls for name, path in call.take.items()}
        last = calls[-1].operation
        more = {last: dict(shape(flat))} if shape else {}
        return row.seen(id="id", name="name" if "name" in flat else "id", **more)

    return Listing(Collector(kind, kind, tuple(calls), seen, scope), of_aws, tags)


def called(
    service: str,
    operation: str,
    each: str = "",
    *,
    given: Mapping[str, Any] | None = None,
    none_codes: tuple[str, ...] = (),
    may_be_empty: bool = False,
    pairs: str = "",
    **take: str,
) -> Call:
    """A call whose ``take`` are its keywords; ``pairs`` is the path of a list of Key and Value.

    ``may_be_empty``: the service leaves its list out when there is nothing in it.
    """
    # ``.0`` picks the first of a list; what is kept is named by the list.
    place = re.sub(r"\.0(?=\.|$)", "[]", pairs)
    keep = [f"{place}[].{name}" for name in _PAIRS] if pairs else []
    if pairs:
        take["tags"] = pairs
    return Call(
        service, operation, each, given or {}, take, keep, none_codes=none_codes, may_be_empty=may_be_empty
    )


#: The names that services give to a tag's two halves.
_PAIRS = ("Key", "Value", "key", "value", "TagKey", "TagValue")


def tags_of(value: Any) -> dict[str, str]:
    """Tags as a mapping, from any of the shapes in which AWS gives them."""
    if isinstance(value, Mapping):
        return {str(name): str(text) for name, text in value.items()}
    if not isinstance(value, list):
        return {}
    return {
        str(_half(one, "Key", "key", "TagKey")): str(_half(one, "Value", "value", "TagValue"))
        for one in value
        if isinstance(one, Mapping)
    }


def _half(pair: Mapping[str, Any], *names: str) -> Any:
    return next((pair[name] for name in names if name in pair), "")


#: What ``of_aws`` says of a thing that is gone, whosever it was.
DELETED = "already deleted"


def gone(*states: str) -> Callable[[Values], str]:
    """What AWS still lists after its deletion, by its ``state``."""
    return lambda row: DELETED if row.get("state") in states else ""


def named(*starts: str) -> Callable[[Values], str]:
    """What AWS makes by itself, by the start of its name."""
    return lambda row: "the account's own" if str(row.get("name", row["id"])).startswith(starts) else ""


def gigabytes(name: str) -> Callable[[Values], Mapping[str, Value]]:
    """``stored_gb`` of an attribute in bytes."""

    def shape(row: Values) -> Mapping[str, Value]:
        size = row.get(name)
        return {"stored_gb": round(size / 10**9, 6)} if isinstance(size, (int, float)) else {}

    return shape
