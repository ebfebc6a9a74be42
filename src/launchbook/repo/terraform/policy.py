"""``data "aws_iam_policy_document"`` as the policy that it renders."""

from __future__ import annotations

from launchbook.model import Unread, Value
from launchbook.repo.lined import as_list, as_map

_NAMES = {
    "sid": "Sid",
    "effect": "Effect",
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}


def policy_document(attributes: dict[str, Value]) -> Value:
    """The document's JSON structure. A statement that could not be read stays Unread in the list."""
    statements: list[Value] = []
    for name in ("source_policy_documents", "override_policy_documents"):
        for source in as_list(attributes.get(name)):
            inherited = as_map(source).get("Statement")
            statements += inherited if isinstance(inherited, list) else [Unread("another document, not read")]
    statements += [_statement(item) for item in as_list(attributes.get("statement"))]
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(block: Value) -> Value:
    if not isinstance(block, dict):
        return block
    found: dict[str, Value] = {_NAMES[name]: value for name, value in block.items() if name in _NAMES}
    found.setdefault("Effect", "Allow")
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if as_list(block.get(name)):
            found[key] = _principals(as_list(block[name]))
    conditions: dict[str, Value] = {}
    for item in as_list(block.get("condition")):
        test = as_map(item).get("test")
        variable = as_map(item).get("variable")
        inside = conditions.setdefault(str(test), {})
        if isinstance(inside, dict):
            inside[str(variable)] = as_map(item).get("values")
    if conditions:
        found["Condition"] = conditions
    return found


def _principals(blocks: list[Value]) -> Value:
    found: dict[str, Value] = {}
    for item in blocks:
        kind = as_map(item).get("type")
        identifiers = as_map(item).get("identifiers")
        if kind in ("*", "AWS") and identifiers == ["*"]:
            return "*"
        found[str(kind)] = identifiers
    return found
