"""Projected answers put back into the shape that AWS gave: the inverse of a simple ``--query``.

``DBInstances[?contains(DBInstanceIdentifier, `shop`)].{id:DBInstanceIdentifier,multiAZ:MultiAZ}`` turned a list of
instances into rows of two columns; with the query at hand each column goes back to its path. What a query filtered out
is gone: the answer is then part of the truth, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SHAPE = re.compile(
    r"^(?P<path>[A-Za-z_][\w.]*)?(?P<list>\[(?:\?.*?)?\])?\s*(?:\.?\s*(?:\{(?P<columns>.*)\}|(?P<one>[A-Za-z_][\w.]*)))?$",
    re.S,
)


@dataclass(frozen=True)
class Projection:
    """A query taken apart: the list or object it starts from, whether it filtered, and where each column came from."""

    path: str
    many: bool
    filtered: bool
    columns: Mapping[str, str]
    names_of: str = ""

    def restore(self, answer: object) -> object:
        """The answer in AWS's own shape; columns that are no plain path are left out."""
        if self.names_of:
            return _nested(self.names_of, answer if isinstance(answer, list) else [])
        if self.many:
            rows = answer if isinstance(answer, list) else []
            return _nested(self.path, [self._row(row) for row in rows])
        return _nested(self.path, self._row(answer)) if self.path else self._row(answer)

    def _row(self, row: object) -> object:
        if not self.columns:
            return row
        if "" in self.columns:
            return _nested(self.columns[""], row)
        restored: dict[str, object] = {}
        for name, path in self.columns.items():
            if isinstance(row, Mapping) and name in row:
                _merge(restored, _nested(path, row[name]))
        return restored


def parse_query(query: str) -> Projection | None:
    """A query that can be undone, or None. No query at all is the identity."""
    query = query.strip()
    if not query or query == "@":
        return Projection("", False, False, {})
    names = re.fullmatch(r"keys\(([\w.]+)(?:\s*\|\|.*)?\)", query)
    if names:
        return Projection("", False, False, {}, names_of=names[1])
    if query.startswith("{"):
        columns = _columns(query[1:-1]) if query.endswith("}") else None
        return Projection("", False, False, columns) if columns else None
    match = _SHAPE.match(query)
    if match is None:
        return None
    columns = _columns(match["columns"]) if match["columns"] is not None else {}
    if columns is None:
        return None
    if match["one"]:
        columns = {"": match["one"]}
    listed = match["list"] or ""
    return Projection((match["path"] or "").rstrip("."), bool(listed), listed.startswith("[?"), columns)


def _columns(text: str) -> dict[str, str] | None:
    """``id:DBInstanceIdentifier,vpc:DBSubnetGroup.VpcId``; None when a column is itself a projection."""
    found: dict[str, str] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*\"?([\w-]+)\"?\s*:\s*\"?([A-Za-z_][\w.-]*)\"?\s*", part)
        if match is None:
            return None
        found[match[1]] = match[2]
    return found


def _nested(path: str, value: object) -> object:
    for part in reversed(path.split(".") if path else []):
        value = {part: value}
    return value


def _merge(into: dict[str, object], other: object) -> None:
    for key, value in other.items() if isinstance(other, Mapping) else ():
        held = into.get(key)
        if isinstance(held, dict) and isinstance(value, Mapping):
            _merge(held, value)
        else:
            into[key] = value
