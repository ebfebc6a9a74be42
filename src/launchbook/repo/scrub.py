"""Attribute values as facts may keep them: no secret, and nothing of an environment variable but its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from launchbook.model import Ref, Unread, Value
from launchbook.redact import HELD, names_secret, without_secrets
from launchbook.repo.json_lines import load_json
from launchbook.repo.lined import Unreadable

#: Attributes that hold environment variables, as a map or as a list of name and value.
ENVIRONMENTS = frozenset(
    {
        "environment",
        "environment_variables",
        "env",
        "env_vars",
        "environment_files",
        "variables",
        "build_args",
    }
    | {"environmentvariables", "string_data", "binary_data"}
)
#: Attributes that are dropped whatever their shape.
HELD_WHOLE = frozenset({"secret_string", "secret_binary", "user_data", "user_data_base64"})
#: Attributes whose text is JSON.
DOCUMENTS = frozenset(
    {
        "policy",
        "assume_role_policy",
        "redrive_policy",
        "redrive_allow_policy",
        "container_definitions",
        "inline_policy",
    }
    | {
        "event_pattern",
        "dashboard_body",
        "definition",
        "filter_policy",
        "input",
        "access_policy",
        "key_policy",
    }
    | {
        "access_policies",
        "policy_document",
        "repository_policy",
        "lifecycle_policy",
        "resource_policy",
        "json",
    }
    | {"delivery_policy", "retention_policy", "policy_text"}
)
#: Settings that give a time in seconds: a number that is no secret, and that a queue's own times are held against.
_DURATION = re.compile(r"(?:TIMEOUT|DURATION|INTERVAL)_(?:SECONDS|SECS|S)$", re.I)
_NOT_KEPT = "values of environment variables are not kept"
_SECRET = Unread(f"{HELD}: its name says that it is a secret")
#: Names of secrets are wanted, their values are not: these hold names or ARNs.
_POINTERS = frozenset(
    ("secrets", "secret_arn", "value_from", "valuefrom", "credentials_parameter", "secret_name")
)


def scrubbed(attributes: Mapping[str, Any]) -> dict[str, Value]:
    """Attributes without secret values: by the attribute's name first, by pattern second."""
    return {without_secrets(key): kept(key, item) for key, item in attributes.items()}


def kept(key: str, value: Any) -> Value:
    """What may be kept of a value that is called ``key``."""
    lower = key.lower()
    if lower in HELD_WHOLE or (lower in ENVIRONMENTS and isinstance(value, Mapping | list | tuple)):
        return _environment(value)
    if lower in DOCUMENTS and isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        value = _structure(value)
    if isinstance(value, str):
        return _SECRET if value and lower not in _POINTERS and names_secret(key) else without_secrets(value)
    if isinstance(value, Mapping):
        return _map(value)
    if isinstance(value, list | tuple):
        return [kept(key, item) for item in value]
    return value if isinstance(value, bool | int | float | Ref | Unread) else None


def _structure(text: str) -> Any:
    """JSON in a string as the structure it spells, so that its parts are read and scrubbed like any other."""
    try:
        return load_json(text)
    except Unreadable:
        return text


def _map(value: Mapping[str, Any]) -> Value:
    """``{name: DB_PASSWORD, value: …}`` names its secret in another field."""
    label = value.get("name") or value.get("key")
    if isinstance(label, str) and isinstance(value.get("value"), str) and names_secret(label):
        return {k: _SECRET if k == "value" else kept(k, item) for k, item in value.items()}
    return {without_secrets(k): kept(k, item) for k, item in value.items()}


def _environment(value: Any) -> Value:
    """Names stay; of a value only what it points to, or its shape, stays."""
    if isinstance(value, Mapping):
        if isinstance(value.get("name"), str):
            number = _DURATION.search(value["name"]) and re.fullmatch(r"\d{1,7}", str(value.get("value")))
            held = {k: v if number and k == "value" else shape(v) for k, v in value.items() if k != "name"}
            return {"name": without_secrets(value["name"]), **held}
        return {without_secrets(k): _nested(k, v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_environment(item) if isinstance(item, Mapping) else shape(item) for item in value]
    return shape(value)


def _nested(key: str, value: Any) -> Value:
    """``environment { variables = { … } }`` has its map one level down."""
    inside = key.lower() in ENVIRONMENTS and isinstance(value, Mapping | list | tuple)
    return _environment(value) if inside else shape(value)


def shape(value: Any) -> Value:
    """What may be kept of an environment variable's value: a reference, or the reason with the value's shape."""
    if isinstance(value, Ref | Unread) or value is None:
        return value
    text = value if isinstance(value, str) else ""
    kinds = ((("arn:",), "an ARN"), (("http://", "https://"), "a URL"))
    kind = next((name for starts, name in kinds if text.startswith(starts)), "a plain value")
    return Unread(f"{_NOT_KEPT}; it is {kind}")
