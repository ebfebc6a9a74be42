"""What a variable's type adds to its value: the defaults of attributes that may be left out."""

from __future__ import annotations

from launchbook.model import Value
from launchbook.repo.hcl.evaluate import evaluate
from launchbook.repo.hcl.scope import plain_scope
from launchbook.repo.hcl.syntax import Call, Expression, Name, ObjectOf
from launchbook.repo.terraform.module import Declared

DEEPEST = 20
_OF_ALL = ("map", "list", "set")


def typed(declared: Declared, value: Value) -> Value:
    """A variable's value with what ``optional(type, default)`` fills in."""
    attribute = declared.body.attributes.get("type")
    return value if attribute is None else _filled(attribute.value, value, 0)


def _filled(kind: Expression, value: Value, depth: int) -> Value:
    if not isinstance(kind, Call) or not kind.args or depth > DEEPEST:
        return value
    inner = kind.args[0]
    if kind.name == "optional":
        return _filled(inner, value, depth + 1)
    if kind.name in _OF_ALL and isinstance(value, dict):
        return {key: _filled(inner, item, depth + 1) for key, item in value.items()}
    if kind.name in _OF_ALL and isinstance(value, list):
        return [_filled(inner, item, depth + 1) for item in value]
    if kind.name == "object" and isinstance(inner, ObjectOf) and isinstance(value, dict):
        return _object(inner, value, depth)
    return value


def _object(kind: ObjectOf, value: dict[str, Value], depth: int) -> Value:
    found = dict(value)
    for key, of, _ in kind.entries:
        name = key.name if isinstance(key, Name) else getattr(key, "value", None)
        if not isinstance(name, str):
            continue
        left_out = found.get(name) is None
        if left_out and isinstance(of, Call) and of.name == "optional":
            default: Value = evaluate(of.args[1], plain_scope()) if len(of.args) > 1 else None
            found[name] = default
        if name in found:
            found[name] = _filled(of, found[name], depth + 1)
    return found
