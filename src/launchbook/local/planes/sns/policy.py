"""Does a resource's own policy let an AWS service in? Topics and queues ask before anything is delivered. Pure."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Mapping, Sequence
from typing import Any


def admits(
    policy: str | Mapping[str, Any] | None,
    *,
    service: str,
    action: str,
    resource: str,
    source_arn: str = "",
    account: str = "",
) -> bool:
    """True if the policy allows ``service`` (``cloudwatch.amazonaws.com``) the action; a denial wins.

    A policy that is missing or can't be read admits nobody, as on AWS.
    """
    document = _document(policy)
    context = {"aws:sourcearn": source_arn, "aws:sourceaccount": account, "aws:sourceowner": account}
    effects = {
        statement.get("Effect")
        for statement in _listed(document.get("Statement"))
        if _names_service(statement, service)
        and _names(statement, "Action", action, ignore_case=True)
        and _names(statement, "Resource", resource)
        and _conditions_hold(statement.get("Condition") or {}, context)
    }
    return "Allow" in effects and "Deny" not in effects


def _document(policy: str | Mapping[str, Any] | None) -> Mapping[str, Any]:
    if isinstance(policy, Mapping):
        return policy
    try:
        parsed = json.loads(policy or "{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _names_service(statement: Mapping[str, Any], service: str) -> bool:
    if "NotPrincipal" in statement:
        return False
    principal = statement.get("Principal")
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    services = _listed(principal.get("Service"))
    return service in services or "*" in services or "*" in _listed(principal.get("AWS"))


def _names(statement: Mapping[str, Any], key: str, wanted: str, *, ignore_case: bool = False) -> bool:
    def matches(pattern: str) -> bool:
        if ignore_case:
            return fnmatch.fnmatchcase(wanted.lower(), pattern.lower())
        return fnmatch.fnmatchcase(wanted, pattern)

    if f"Not{key}" in statement:
        return not any(matches(str(pattern)) for pattern in _listed(statement[f"Not{key}"]))
    return any(matches(str(pattern)) for pattern in _listed(statement.get(key)))


def _conditions_hold(conditions: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    return all(
        _condition_holds(kind, context.get(key.lower(), ""), [str(v) for v in _listed(wanted)])
        for kind, block in conditions.items()
        for key, wanted in block.items()
    )


def _condition_holds(kind: str, value: str, wanted: list[str]) -> bool:
    name = kind.removesuffix("IfExists").split(":")[-1]
    if not value:  # the key is absent: only a negation, an IfExists or Null holds
        return kind.endswith("IfExists") or "Not" in name or (name == "Null" and wanted == ["true"])
    positive = name.replace("Not", "")
    if positive in ("ArnLike", "ArnEquals", "StringLike"):
        found = any(fnmatch.fnmatchcase(value, pattern) for pattern in wanted)
    elif positive in ("StringEquals", "StringEqualsIgnoreCase"):
        fold = str.lower if positive.endswith("IgnoreCase") else str
        found = fold(value) in [fold(pattern) for pattern in wanted]
    else:
        return name == "Null" and wanted == ["false"]
    return found != ("Not" in name)
