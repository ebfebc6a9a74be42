"""What a target gets of an event: the event, a constant, a part of it, or a template filled from it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PLACEHOLDER = re.compile(r"<([A-Za-z0-9_.\-]+)>")
_STEP = re.compile(r"\.([^.\[\]]+)|\['([^']+)'\]|\[(\d+|\*)\]")
_MISSING = object()


def payload(target: Mapping[str, Any], event: Mapping[str, Any], rule_arn: str, rule_name: str) -> str:
    """The text delivered to a target: ``Input``, ``InputPath``, ``InputTransformer`` or the whole event."""
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        found = at_path(target["InputPath"], event)
        return json.dumps(None if found is _MISSING else found)
    transformer = target.get("InputTransformer")
    if transformer:
        return fill(transformer["InputTemplate"], _values(transformer, event, rule_arn, rule_name))
    return json.dumps(event)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """The template with every ``<name>`` replaced; inside quotes a string goes in bare, elsewhere as JSON."""
    out, position = [], 0
    for match in _PLACEHOLDER.finditer(template):
        before = template[position : match.start()]
        out.append(before)
        position = match.end()
        value = values.get(match[1], _MISSING)
        quoted = "".join(out).replace('\\"', "").count('"') % 2 == 1
        out.append(_rendered(value, quoted=quoted, bare=not template.lstrip().startswith(("{", "["))))
    out.append(template[position:])
    return "".join(out)


def _rendered(value: Any, *, quoted: bool, bare: bool) -> str:
    if value is _MISSING:
        return "" if quoted or bare else '""'
    if isinstance(value, str):
        inner = json.dumps(value)
        return inner[1:-1] if quoted else (value if bare else inner)
    rendered = json.dumps(value)
    return rendered.replace('"', '\\"') if quoted else rendered


def _values(
    transformer: Mapping[str, Any], event: Mapping[str, Any], rule_arn: str, rule_name: str
) -> dict[str, Any]:
    values = {name: at_path(path, event) for name, path in (transformer.get("InputPathsMap") or {}).items()}
    return values | {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_name,
        "aws.events.event.ingestion-time": event.get("time"),
        "aws.events.event": {k: v for k, v in event.items() if k != "detail"},
        "aws.events.event.json": dict(event),
    }


def at_path(path: str, event: Any) -> Any:
    """The value at ``$.detail.items[0].id``; a sentinel that renders as nothing when it is absent."""
    value = event
    for match in _STEP.finditer(path[1:] if path.startswith("$") else path):
        name, index = match[1] or match[2], match[3]
        if name is not None:
            value = value.get(name, _MISSING) if isinstance(value, Mapping) else _MISSING
        elif index == "*":
            value = value if isinstance(value, list) else _MISSING
        else:
            inside = isinstance(value, list) and int(index) < len(value)
            value = value[int(index)] if inside else _MISSING
        if value is _MISSING:
            break
    return value
