"""YAML from files nobody vouches for: lines kept, CloudFormation's short tags understood, alias bombs refused.

Built from libyaml's events rather than through a loader, so that no nesting recurses in Python or in C.
"""

from __future__ import annotations

import math
from typing import Any

import yaml

from launchbook.repo.lined import Map, Seq, Unreadable

#: Values after every alias is written out; a bomb passes it at once, no real template comes near.
MOST_VALUES = 400_000
DEEPEST = 200
_PARTS_TAGS = {"GetAtt"}
_PLAIN_TAGS = {"Ref": "Ref", "Condition": "Condition"}
_SCALARS = yaml.CSafeLoader.yaml_implicit_resolvers
_CONSTRUCT = yaml.constructor.SafeConstructor()


class _Building:
    """One pass over the events of one stream."""

    def __init__(self) -> None:
        self.documents: list[Any] = []
        self.stack: list[tuple[Any, str | None, str | None]] = []  # node, anchor, tag
        self.keys: list[str | None] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.sizes: list[int] = []
        self.spent = 0

    def add(self, value: Any, line: int, size: int) -> None:
        self.spent += size
        if self.spent > MOST_VALUES:
            raise Unreadable("aliases or entries expand to too many values", line)
        if not self.stack:
            self.documents.append(value)
            return
        self.sizes[-1] += size
        node = self.stack[-1][0]
        if isinstance(node, Seq):
            node.append(value)
            node.lines.append(line)
        elif self.keys[-1] is None:
            self.keys[-1] = _key(value)
            node.lines.setdefault(self.keys[-1], line)
        else:
            key, self.keys[-1] = self.keys[-1], None
            _put(node, key, value)

    def opened(self, node: Map | Seq, event: Any) -> None:
        if len(self.stack) >= DEEPEST:
            raise Unreadable(f"nested deeper than {DEEPEST}", node.line)
        self.stack.append((node, event.anchor, event.tag))
        self.keys.append(None)
        self.sizes.append(1)

    def closed(self) -> None:
        node, anchor, tag = self.stack.pop()
        self.keys.pop()
        size = self.sizes.pop()
        self.spent -= size - 1  # counted again as one value of its parent
        value = _tagged(tag, node)
        if anchor:
            self.anchors[anchor] = (value, size)
        self.add(value, node.line, size)

    def alias(self, name: str, line: int) -> None:
        if name not in self.anchors:
            raise Unreadable("an alias points to itself or to nothing", line)
        value, size = self.anchors[name]
        self.add(value, line, size)


def load_yaml(text: str) -> list[Any]:
    """Every document of the stream, as :class:`Map`, :class:`Seq` and scalars.

    Raises Unreadable with the line when the text is not YAML, nests too deep or expands to too much.
    """
    building = _Building()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            _take(building, event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = str(getattr(error, "problem", None) or "not YAML").splitlines()[0]
        raise Unreadable(f"invalid YAML: {what}", mark.line + 1 if mark else 0) from None
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"invalid YAML: {type(error).__name__}") from None
    return building.documents


def _take(building: _Building, event: Any) -> None:
    line = event.start_mark.line + 1
    if isinstance(event, yaml.ScalarEvent):
        value = _tagged(event.tag, _scalar(event))
        if isinstance(value, Map):
            value.line, value.lines = line, dict.fromkeys(value, line)
        if event.anchor:
            building.anchors[event.anchor] = (value, 1)
        building.add(value, line, 1)
    elif isinstance(event, yaml.MappingStartEvent):
        building.opened(Map(line), event)
    elif isinstance(event, yaml.SequenceStartEvent):
        building.opened(Seq(line), event)
    elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
        building.closed()
    elif isinstance(event, yaml.AliasEvent):
        building.alias(event.anchor or "", line)


def _scalar(event: Any) -> Any:
    text = event.value
    if event.style:  # quoted or a block
        return text
    if not text:
        return None
    for tag, pattern in _SCALARS.get(text[0], []) + _SCALARS.get(None, []):
        if pattern.match(text):
            return _plain(tag, text)
    return text


def _plain(tag: str, text: str) -> Any:
    kind = tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return _CONSTRUCT.bool_values[text.lower()]
    node = yaml.ScalarNode(tag, text)
    if kind == "int" and len(text) < 40 and ":" not in text:
        return _CONSTRUCT.construct_yaml_int(node)
    if kind == "float" and ":" not in text:
        number = _CONSTRUCT.construct_yaml_float(node)
        return number if math.isfinite(number) else text
    return text  # dates, times and merge keys stay as written


def _tagged(tag: str | None, value: Any) -> Any:
    """``!Sub x`` as ``{"Fn::Sub": x}``; a tag that CloudFormation does not know is dropped."""
    if not tag or not tag.startswith("!") or tag == "!":
        return value
    name = tag[1:]
    if not name.isalnum() or not name[0].isupper():
        return value
    if name in _PARTS_TAGS and isinstance(value, str):
        value = value.split(".", 1)
    node = Map(getattr(value, "line", 0))
    key = _PLAIN_TAGS.get(name, f"Fn::{name}")
    node[key] = value
    node.lines[key] = node.line
    return node


def _key(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"  # a workflow's ``on:`` is the only such key anybody writes
    return value if isinstance(value, str) else str(value)


def _put(node: Map, key: str, value: Any) -> None:
    if key != "<<":
        node[key] = value
        return
    for base in value if isinstance(value, list) else [value]:
        if isinstance(base, Map):
            for name, item in base.items():
                if name not in node:
                    node[name] = item
                    node.lines.setdefault(name, base.lines.get(name, base.line))
