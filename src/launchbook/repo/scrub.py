"""Attribute values as facts may keep them: no secret, and nothing of an environment variable but its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from launchbook.model import Ref, Unread, Value
from launchbook.patterns import regex
from launchbook.redact import HELD, names_secret, without_secrets
from launchbook.repo.command_secrets import arguments_without_secrets, without_arguments
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
HELD_WHOLE = frozenset(
    {"secret_string", "secret_binary", "user_data", "user_data_base64", "zip_file", "inline_code"}
)
#: Attributes that hold headers or parameters, which are how a request proves where it comes from.
_REQUEST_PARTS = frozenset(
    {"custom_header", "custom_headers", "origin_custom_headers", "header_parameters"}
    | {"query_string_parameters", "path_parameter_values"}
)
#: Attributes that hold what a program is started with, or what a build runs.
_COMMANDS = frozenset(
    {"command", "commands", "args", "arguments", "entrypoint", "entry_point", "cmd", "healthcheck"}
    | {"build_commands"}
)
#: Kinds whose attributes of these names are secrets, however deep they lie.
_HELD_OF = {
    "aws_ssm_parameter": frozenset({"value"}),
    "aws_cloudwatch_event_connection": frozenset({"value"}),
    "aws_api_gateway_api_key": frozenset({"value"}),
}
#: What tools write of an object into its annotations may be anything; these only set a load balancer or a role.
_OPEN_ANNOTATIONS = ("alb.ingress.kubernetes.io/", "eks.amazonaws.com/", "service.beta.kubernetes.io/aws-")
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
_DURATION = regex(r"(?:TIMEOUT|DURATION|INTERVAL)_(?:SECONDS|SECS|S)$", re.I)
_NOT_KEPT = "values of environment variables are not kept"
_PLACE = Unread(f"{HELD}: what stands here is often a secret")
_SECRET = Unread(f"{HELD}: its name says that it is a secret")
#: Names of secrets are wanted, their values are not: these hold names or ARNs.
_POINTERS = frozenset(
    ("secrets", "secret_arn", "value_from", "valuefrom", "credentials_parameter", "secret_name")
)


def scrubbed(attributes: Mapping[str, Any], kind: str = "") -> dict[str, Value]:
    """Attributes without secret values: by where they lie, by the attribute's name, by pattern."""
    held = _HELD_OF.get(kind, frozenset())
    if kind == "aws_ssm_parameter" and attributes.get("type") in ("String", "StringList"):
        held = frozenset()
    annotated = kind.startswith("kubernetes_")
    return {
        without_secrets(key): kept(key, _placed(key, item, held, annotated))
        for key, item in attributes.items()
    }


def _placed(key: str, value: Any, held: frozenset[str], annotated: bool) -> Any:
    """A value without what its place in a thing of its kind says is a secret."""
    if key in held and isinstance(value, str):
        return _PLACE
    if annotated and key == "annotations" and isinstance(value, Mapping):
        return {k: v if k.startswith(_OPEN_ANNOTATIONS) else _PLACE for k, v in value.items()}
    if (held or annotated) and isinstance(value, Mapping):
        return {k: _placed(k, v, held, annotated) for k, v in value.items()}
    if (held or annotated) and isinstance(value, list | tuple):
        return [_placed(key, item, held, annotated) for item in value]
    return value


def _names_only(value: Any) -> Value:
    """Headers and parameters by name: as a map, or as a list of names and values."""
    if isinstance(value, list | tuple):
        return [_names_only(item) for item in value]
    if not isinstance(value, Mapping):
        return value if isinstance(value, Ref | Unread) or value is None else _PLACE
    named = {"name", "key", "header_name"} & {k for k in value if isinstance(value[k], str)}
    if len(value) > 1 and named and {"value", "header_value"} & set(value):
        return {k: without_secrets(v) if k in named else _names_only(v) for k, v in value.items()}
    return {without_secrets(k): _names_only(v) for k, v in value.items()}


def kept(key: str, value: Any) -> Value:
    """What may be kept of a value that is called ``key``."""
    lower, plain = key.lower(), _snake(key)
    if plain in HELD_WHOLE or (lower in ENVIRONMENTS and isinstance(value, Mapping | list | tuple)):
        return _environment(value)
    if plain in _REQUEST_PARTS:
        return _names_only(value)
    if plain in _COMMANDS:
        value = _command(value)
    if lower in DOCUMENTS and isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        value = _structure(value)
    if isinstance(value, str):
        return _SECRET if value and lower not in _POINTERS and names_secret(key) else without_secrets(value)
    if isinstance(value, Mapping):
        return _map(value)
    if isinstance(value, list | tuple):
        return [kept(key, item) for item in value]
    return value if isinstance(value, bool | int | float | Ref | Unread) else None


@lru_cache(maxsize=10_000)
def _snake(key: str) -> str:
    """``ZipFile`` in what is kept as it was written is ``zip_file`` too."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()


def _command(value: Any) -> Any:
    if isinstance(value, str):
        return without_arguments(value)
    return arguments_without_secrets(value) if isinstance(value, list | tuple) else value


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
