"""Whom a mapping or a layer names: moto turns an alias into its version, and tells an account as a bare number."""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.models import LambdaBackend

_create = LambdaBackend.create_event_source_mapping
_update = LambdaBackend.update_event_source_mapping
_layer_policy = LambdaBackend.get_layer_version_policy
_ARN_PARTS = 7


def create_event_source_mapping(self: Any, spec: dict[str, Any]) -> Any:
    """Make a mapping for the function, version or alias that is named."""
    asked = spec["FunctionName"]
    return _named(self, _create(self, spec), asked)


def update_event_source_mapping(self: Any, uuid: str, spec: dict[str, Any]) -> Any:
    """Change a mapping."""
    made = _update(self, uuid, spec)
    return _named(self, made, spec["FunctionName"]) if made and spec.get("FunctionName") else made


def _named(backend: Any, mapping: Any, asked: str) -> Any:
    parts = asked.split(":")
    is_arn = asked.startswith("arn:")
    qualifier = parts[_ARN_PARTS:] if is_arn else parts[1:]
    if qualifier:
        function = backend.get_function(parts[_ARN_PARTS - 1] if is_arn else parts[0])
        name = function.function_name
        mapping.function_arn = (
            f"arn:aws:lambda:{backend.region_name}:{backend.account_id}:function:{name}:{qualifier[0]}"
        )
    return mapping


def get_layer_version_policy(self: Any, layer_name: str, version_number: int) -> str:
    """The policy of a layer's version, an account told as its root."""
    told = json.loads(_layer_policy(self, layer_name, version_number))
    policy = json.loads(told["Policy"])
    for statement in policy["Statement"]:
        if str(statement.get("Principal")).isdigit():
            statement["Principal"] = {"AWS": f"arn:aws:iam::{statement['Principal']}:root"}
    return json.dumps({**told, "Policy": json.dumps(policy)})


def install() -> None:
    """Put these in moto's place."""
    for replacement in (create_event_source_mapping, update_event_source_mapping, get_layer_version_policy):
        setattr(LambdaBackend, replacement.__name__, replacement)
