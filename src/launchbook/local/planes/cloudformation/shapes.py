"""From the properties of a template to the parameters of an API call. Pure."""

from __future__ import annotations

import json
from typing import Any


def parameters(shape: Any, properties: Any) -> Any:
    """Properties as botocore wants them: names in the API's case, numbers and truth values in their own types.

    ``shape`` is botocore's model of the input. What the API does not know is left out.
    """
    if shape.type_name == "structure" and isinstance(properties, dict):
        members = {name.lower(): (name, member) for name, member in shape.members.items()}
        found = ((members.get(str(key).lower()), value) for key, value in properties.items())
        return {known[0]: parameters(known[1], value) for known, value in found if known is not None}
    if shape.type_name == "list":
        items = properties if isinstance(properties, list) else [properties]
        return [parameters(shape.member, item) for item in items]
    if shape.type_name == "map" and isinstance(properties, list):  # tags of a template: [{"Key", "Value"}]
        return {str(item["Key"]): str(item["Value"]) for item in properties}
    if shape.type_name == "map":
        return {str(key): parameters(shape.value, value) for key, value in properties.items()}
    return _scalar(shape.type_name, properties)


def _scalar(kind: str, value: Any) -> Any:
    if kind in ("integer", "long"):
        return int(float(value))
    if kind in ("float", "double"):
        return float(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)
