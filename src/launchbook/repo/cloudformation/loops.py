"""``Fn::ForEach``: the resources of a loop over names that the template writes out."""

from __future__ import annotations

from typing import Any

from launchbook.repo.lined import Map, Seq

_KEY = "Fn::ForEach::"
#: Resources that one loop may make, and loops that may stand in each other.
_MOST, _DEEPEST = 200, 3


def loops(resources: Any) -> bool:
    """Whether there is a loop among resources."""
    return isinstance(resources, Map) and any(key.startswith(_KEY) for key in resources)


def unrolled(body: Map) -> Map:
    """The template with each loop over literal names written out; what is left of a loop stays as it is."""
    resources = body.get("Resources")
    if not isinstance(resources, Map) or not loops(resources):
        return body
    found = Map(body.line)
    found.update(body)
    found.lines.update(body.lines)
    found["Resources"] = _written_out(resources, 0)
    return found


def _written_out(resources: Map, depth: int) -> Map:
    found = Map(resources.line)
    for key, value in resources.items():
        made = _loop(value, depth) if key.startswith(_KEY) and depth < _DEEPEST else None
        line = resources.lines.get(key, resources.line)
        for name, item in (made if made is not None else {key: value}).items():
            found[name], found.lines[name] = item, line
    return found


def _loop(value: Any, depth: int) -> dict[str, Any] | None:
    """What ``[Name, [a, b], {"Queue${Name}": …}]`` makes; None where the names are not written out."""
    if not isinstance(value, list) or len(value) != 3:
        return None
    name, names, pattern = value
    plain = isinstance(names, list) and all(isinstance(one, str | int) for one in names)
    if not isinstance(name, str) or not plain or not isinstance(pattern, Map) or len(names) > _MOST:
        return None
    made: dict[str, Any] = {}
    for one in names:
        made.update(_written_out(_filled(pattern, name, str(one)), depth + 1))
        if len(made) > _MOST:
            return None
    return made


def _filled(node: Any, name: str, value: str) -> Any:
    """A copy with a loop's name filled in; ``&{Name}`` is the value without what no logical id may hold."""
    if isinstance(node, str):
        bare = "".join(sign for sign in value if sign.isalnum())
        return node.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", bare)
    if isinstance(node, Map):
        if set(node) == {"Ref"} and node["Ref"] == name:
            return value
        found = Map(node.line)
        for key, item in node.items():
            filled = _filled(key, name, value)
            found[filled], found.lines[filled] = _filled(item, name, value), node.lines.get(key, node.line)
        return found
    if isinstance(node, Seq):
        items = Seq(node.line)
        items.extend(_filled(item, name, value) for item in node)
        items.lines.extend(node.lines)
        return items
    return node
