"""Intrinsic functions as far as the template and its parameter files decide; lines are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from launchbook.model import Ref, Unread, Value
from launchbook.patterns import regex
from launchbook.repo.cloudformation.types import attribute_name
from launchbook.repo.hcl.functions import as_text
from launchbook.repo.hcl.scope import ACCOUNT, PARTITION, REGION, arn_parts, pointers
from launchbook.repo.lined import Map, Seq, as_list, as_map

#: What ``AWS::NoValue`` leaves behind; entries that hold it are dropped.
NOTHING = object()
DEEPEST = 60
_SUB = regex(r"\$\{(!?)([^}]*)\}")
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::StackName": Unread("the stack's name decides it"),
    "AWS::StackId": Unread("known only after it is created"),
    "AWS::Partition": PARTITION,
    "AWS::URLSuffix": Unread("the account decides it"),
    "AWS::NotificationARNs": Unread("known only when it is created"),
}


@dataclass
class Template:
    """What a template's names mean: parameter values, conditions, mappings, and the ids of its resources."""

    parameters: Callable[[str], Value | None]
    conditions: Mapping[str, Any]
    mappings: Mapping[str, Any]
    resources: Mapping[str, str]
    outputs: Callable[[str, str], Any] | None = None  # of the stacks nested in it
    _decided: dict[str, bool | Unread] = field(default_factory=dict)

    def resolve(self, node: Any, depth: int = 0) -> Any:
        """A value with its functions applied; Unread where files do not decide it, NOTHING for ``AWS::NoValue``."""
        if depth > DEEPEST:
            return Unread("it is nested too deep")
        if isinstance(node, Map):
            if len(node) == 1:
                key = next(iter(node))
                function = _FUNCTIONS.get(key)
                if function:
                    return self._applied(function, node[key], depth + 1)
                if key.startswith("Fn::"):
                    return Unread(f"{key} is not evaluated here")
            return self._map(node, depth)
        if isinstance(node, Seq):
            return self._list(node, depth)
        return node

    def _applied(self, function: Callable[[Template, Any, int], Any], argument: Any, depth: int) -> Any:
        try:
            return function(self, argument, depth)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            return Unread(f"it cannot be evaluated ({type(error).__name__})")

    def _map(self, node: Map, depth: int) -> Map:
        found = Map(node.line)
        for key, item in node.items():
            value = self.resolve(item, depth + 1)
            if value is not NOTHING:
                found[key] = value
                found.lines[key] = node.lines.get(key, node.line)
        return found

    def _list(self, node: Seq, depth: int) -> Seq:
        found = Seq(node.line)
        for item, line in zip(node, node.lines, strict=True):
            value = self.resolve(item, depth + 1)
            if value is not NOTHING:
                found.append(value)
                found.lines.append(line)
        return found

    def condition(self, name: str) -> bool | Unread:
        """Whether a named condition holds; Unread when parameters without a value decide it."""
        if name not in self._decided:
            self._decided[name] = Unread(f"condition {name} refers to itself")
            known = name in self.conditions
            self._decided[name] = (
                self.truth(self.conditions[name]) if known else Unread(f"condition {name} is missing")
            )
        return self._decided[name]

    def truth(self, node: Any, depth: int = 0) -> bool | Unread:
        """The value of a condition's expression."""
        if depth > DEEPEST or not isinstance(node, dict) or len(node) != 1:
            return bool(node) if isinstance(node, bool) else Unread("it is no condition")
        key, argument = next(iter(node.items()))
        if key == "Condition":
            return self.condition(str(argument))
        if key == "Fn::Equals":
            return self._equal(as_list(argument), depth)
        parts = [self.truth(part, depth + 1) for part in as_list(argument)]
        if key == "Fn::Not" and parts:
            return parts[0] if isinstance(parts[0], Unread) else not parts[0]
        if key in ("Fn::And", "Fn::Or") and parts:
            decides: bool = key == "Fn::Or"
            if any(part is decides for part in parts):
                return decides
            return next((part for part in parts if isinstance(part, Unread)), not decides)
        return Unread(f"{key} is not evaluated here")

    def _equal(self, sides: list[Any], depth: int) -> bool | Unread:
        values = [self.resolve(side, depth + 1) for side in sides]
        unknown = next((value for value in values if isinstance(value, Unread)), None)
        if unknown is not None or len(values) != 2 or any(isinstance(value, Ref) for value in values):
            return Unread(unknown.reason if unknown is not None else "its sides are not known")
        return bool(_text(values[0]) == _text(values[1]))


def _text(value: Any) -> str:
    return as_text(value) if isinstance(value, bool | int | float | str) else str(value)


def _ref(template: Template, argument: Any, _: int) -> Any:
    name = str(argument)
    if name == "AWS::NoValue":
        return NOTHING
    if name in _PSEUDO:
        return _PSEUDO[name]
    if name in template.resources:
        return Ref(template.resources[name])
    value = template.parameters(name)
    return Unread(f"{name} is not declared") if value is None else value


def _get_att(template: Template, argument: Any, _: int) -> Any:
    parts = argument.split(".", 1) if isinstance(argument, str) else [str(part) for part in as_list(argument)]
    if parts[0] not in template.resources:
        return Unread(f"{parts[0]} is not declared")
    if template.outputs and len(parts) > 1 and parts[1].startswith("Outputs."):
        value = template.outputs(parts[0], parts[1].removeprefix("Outputs."))
        if value is not None:
            return value
    return Ref(template.resources[parts[0]], attribute_name(parts[1]) if len(parts) > 1 else "id")


def _joined(values: list[Any], mark: str = "") -> Any:
    refs = tuple(pointer for value in values for pointer in pointers(value))
    values = arn_parts(values)
    for value in values:
        if isinstance(value, Unread):
            return Unread(value.reason, refs=refs)
        if isinstance(value, Ref):
            return Unread(f"made of {value.to.rpartition('#')[2]}.{value.attribute}", refs=refs)
    return mark.join(_text(value) for value in values)


def _sub(template: Template, argument: Any, depth: int) -> Any:
    text = argument if isinstance(argument, str) else str(argument[0])
    own = as_map(argument[1]) if isinstance(argument, list) and len(argument) > 1 else {}
    parts: list[Any] = []
    at = 0
    for match in _SUB.finditer(text):
        parts.append(text[at : match.start()])
        at = match.end()
        name = match.group(2).strip()
        if match.group(1):
            parts.append(f"${{{name}}}")
        elif name in own:
            parts.append(template.resolve(own[name], depth))
        else:
            parts.append((_get_att if "." in name else _ref)(template, name, depth))
    parts.append(text[at:])
    kept = [part for part in parts if part != ""]
    return kept[0] if len(kept) == 1 else _joined(kept)


def _join(template: Template, argument: Any, depth: int) -> Any:
    items = template.resolve(argument[1], depth)
    return items if isinstance(items, Unread) else _joined(as_list(items), str(argument[0]))


def _if(template: Template, argument: Any, depth: int) -> Any:
    decided = template.condition(str(argument[0]))
    if isinstance(decided, Unread):
        either = [template.resolve(branch, depth) for branch in argument[1:3]]
        refs = tuple(p for branch in either if branch is not NOTHING for p in pointers(branch))
        return Unread(f"condition {argument[0]} is not known: {decided.reason}", refs=refs)
    return template.resolve(argument[1 if decided else 2], depth)


def _select(template: Template, argument: Any, depth: int) -> Any:
    index, items = template.resolve(argument[0], depth), template.resolve(argument[1], depth)
    if isinstance(items, Unread | Ref) or isinstance(index, Unread):
        return Unread("selected from what is not known", refs=tuple(pointers(items)))
    return items[int(index)]


def _split(template: Template, argument: Any, depth: int) -> Any:
    text = template.resolve(argument[1], depth)
    return text if isinstance(text, Unread | Ref) else str(text).split(str(argument[0]))


def _in_map(template: Template, argument: Any, depth: int) -> Any:
    keys = [template.resolve(part, depth) for part in argument[:3]]
    unknown = next((key for key in keys if isinstance(key, Unread | Ref)), None)
    if unknown is not None:
        return unknown if isinstance(unknown, Unread) else Unread("looked up by what is not known")
    return template.mappings[str(keys[0])][str(keys[1])][str(keys[2])]


def _import(template: Template, argument: Any, depth: int) -> Any:
    name = template.resolve(argument, depth)
    return Unread(
        f"imported from another stack: {name}" if isinstance(name, str) else "imported from another stack"
    )


def _zones(*_: Any) -> Any:
    return Unread("the zones of the region")


def _base64(template: Template, argument: Any, depth: int) -> Any:
    return template.resolve(argument, depth)


def _condition(template: Template, argument: Any, _: int) -> Any:
    return template.condition(str(argument))


def _json(template: Template, argument: Any, depth: int) -> Any:
    return template.resolve(argument, depth)


_FUNCTIONS: dict[str, Callable[[Template, Any, int], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::If": _if,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _in_map,
    "Fn::ImportValue": _import,
    "Fn::GetAZs": _zones,
    "Fn::Base64": _base64,
    "Fn::ToJsonString": _json,
}
