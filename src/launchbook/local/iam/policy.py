"""Policy evaluation as IAM does it, on documents alone: explicit deny, then allow, then implicit deny."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any

from launchbook.local.iam.conditions import holds

Document = Mapping[str, Any]


class Effect(Enum):
    """What a set of policies says about one call."""

    ALLOW = "allow"
    DENY = "explicit deny"
    NONE = "no statement applies"


@dataclass(frozen=True)
class Ask:
    """One question to a policy: may ``action`` be done to ``resource``, given the context?"""

    action: str
    resource: str
    #: Condition keys in lower case, each with its values.
    context: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: Who asks, for policies that name principals: ARNs, account ids, ``*`` excluded.
    principals: frozenset[str] = frozenset()


def evaluate(documents: Iterable[Document], ask: Ask, *, principal: bool = False) -> Effect:
    """What the documents together say. ``principal``: they belong to a resource and name their principals."""
    found = Effect.NONE
    for document in documents:
        for statement in _list(document.get("Statement")):
            if _applies(statement, ask, principal):
                if statement.get("Effect") == "Deny":
                    return Effect.DENY
                found = Effect.ALLOW
    return found


def _applies(statement: Mapping[str, Any], ask: Ask, principal: bool) -> bool:
    if principal and not _names(statement, ask.principals):
        return False
    if not _concerns(statement, "Action", ask.action.lower(), _action_matches):
        return False
    has_resource = "Resource" in statement or "NotResource" in statement
    if has_resource and not _concerns(statement, "Resource", ask.resource, _resource_matches):
        return False
    return holds(statement.get("Condition") or {}, ask.context)


def _concerns(statement: Mapping[str, Any], key: str, value: str, matches: Any) -> bool:
    if f"Not{key}" in statement:
        return not any(matches(pattern, value) for pattern in _list(statement[f"Not{key}"]))
    return any(matches(pattern, value) for pattern in _list(statement.get(key)))


def _names(statement: Mapping[str, Any], principals: frozenset[str]) -> bool:
    if "NotPrincipal" in statement:
        return not _in(statement["NotPrincipal"], principals)
    return _in(statement.get("Principal"), principals)


def _in(named: Any, principals: frozenset[str]) -> bool:
    if named == "*":
        return True
    if not isinstance(named, Mapping):
        return False
    for values in named.values():
        for value in _list(values):
            if value == "*" or value in principals:
                return True
    return False


def _action_matches(pattern: str, action: str) -> bool:
    return _pattern(pattern.lower()).fullmatch(action) is not None


def _resource_matches(pattern: str, resource: str) -> bool:
    return pattern == "*" or _pattern(pattern).fullmatch(resource) is not None


@lru_cache(4096)
def _pattern(text: str) -> re.Pattern[str]:
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in text)
    return re.compile("".join(parts), re.DOTALL)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
