"""SAM's ``Globals``: what a template says once for all its functions, APIs or tables."""

from __future__ import annotations

from typing import Any

from launchbook.repo.lined import Map, Seq, as_map


def with_globals(kind: str, resource: Map, shared: dict[str, Any]) -> Any:
    """SAM's ``Globals`` below a resource's own properties."""
    own = resource.get("Properties")
    section = as_map(shared.get(kind.rpartition("::")[2])) if kind.startswith("AWS::Serverless::") else {}
    if not section or not isinstance(own, Map) or not isinstance(section, Map):
        return own
    return _merged(section, own)


def _merged(above: Map, own: Map) -> Map:
    """A structure with what ``Globals`` add to it: structures are merged all the way down, lists are joined."""
    merged = Map(own.line)
    for part in (above, own):
        for key, value in part.items():
            before = merged.get(key)
            if isinstance(before, Map) and isinstance(value, Map) and not _intrinsic(before, value):
                value = _merged(before, value)
            elif isinstance(before, Seq) and isinstance(value, Seq):
                joined = Seq(value.line)
                joined += [*before, *value]
                joined.lines = [*before.lines, *value.lines]
                value = joined
            merged[key] = value
            merged.lines[key] = part.lines.get(key, part.line)
    return merged


def _intrinsic(*structures: Map) -> bool:
    return any(key == "Ref" or str(key).startswith("Fn::") for one in structures for key in one)
