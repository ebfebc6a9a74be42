"""What AWS's model says of an answer: which text is a number, which list of one an object, which number a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.exceptions import BotoCoreError
from botocore.model import ListShape, MapShape, OperationNotFoundError, Shape, StructureShape

from launchbook.model import Unread

#: Names of fields that hold times, which the first version of the AWS CLI writes as numbers.
TIMES = re.compile(
    r"(?:Time|Date|At|Timestamp|Created|Since|After|Before|Till|Start|End|LastUsed|LastModified|ValidTo)$"
)


@cache
def output_shape(service: str, operation: str) -> Shape | None:
    """The model of an operation's answer; None for an operation that AWS does not have."""
    try:
        model = _session().get_service_model(service)
        return model.operation_model(operation).output_shape
    except (BotoCoreError, OperationNotFoundError):
        return None


@cache
def _session() -> Any:
    return botocore.session.Session()


def fitted(answer: Any, shape: Shape | None) -> Any:
    """``answer`` with the types of its model; what does not fit it stays as it is."""
    if shape is None or answer is None or isinstance(answer, Unread):
        return answer
    if shape.name == "policyDocumentType":
        return _policy(answer)
    if isinstance(shape, StructureShape):
        held = _object(answer)
        if not isinstance(held, Mapping):
            return answer
        return {name: fitted(value, shape.members.get(name)) for name, value in held.items()}
    if isinstance(shape, ListShape):
        items = answer if isinstance(answer, list) else [answer]
        return [fitted(item, shape.member) for item in items]
    if isinstance(shape, MapShape):
        held = _object(answer)
        return (
            {name: fitted(value, shape.value) for name, value in held.items()}
            if isinstance(held, Mapping)
            else answer
        )
    return _scalar(answer, shape.type_name)


def _object(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


#: What of a policy's statement is an object, if it is no text, and holds objects again: of a table that is not told.
_OBJECTS = {"Principal": False, "NotPrincipal": False, "Condition": True}


def _policy(document: Any) -> Any:
    """A policy, which the model calls a text: its statements are a list, and some of what they hold are objects."""
    document = _object(document)
    if not isinstance(document, Mapping) or not isinstance(document.get("Statement"), list):
        return document
    return {**document, "Statement": [_statement(one) for one in document["Statement"]]}


def _statement(statement: Any) -> Any:
    if not isinstance(statement, Mapping):
        return statement
    fixed = {name: _object(statement[name]) for name in _OBJECTS if name in statement}
    for name, held in fixed.items():
        if _OBJECTS[name] and isinstance(held, Mapping):
            fixed[name] = {operator: _object(keys) for operator, keys in held.items()}
    return {**statement, **fixed}


def _scalar(value: Any, kind: str) -> Any:
    if kind == "boolean" and value in ("True", "true", "False", "false"):
        return value in ("True", "true")
    if kind == "timestamp" and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).isoformat()
    try:
        if kind in ("integer", "long") and isinstance(value, str):
            return int(value)
        if kind in ("float", "double") and isinstance(value, str):
            return float(value)
    except ValueError:
        return value
    return value


def has_numeric_time(answer: Any, depth: int = 0) -> bool:
    """Whether a time of an answer is written as a number."""
    if isinstance(answer, Mapping):
        return any(
            (isinstance(value, int | float) and not isinstance(value, bool) and bool(TIMES.search(str(name))))
            or has_numeric_time(value, depth + 1)
            for name, value in answer.items()
        )
    return isinstance(answer, list) and depth < 40 and any(has_numeric_time(one, depth + 1) for one in answer)
