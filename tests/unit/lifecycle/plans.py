"""Plans as Terraform prints them, cut to what a test needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def plan(*resources: Mapping[str, Any], region: str = "eu-west-1") -> dict[str, Any]:
    """``terraform show -json`` of a plan with these resources of :func:`resource`."""
    return {
        "format_version": "1.2",
        "variables": {"region": {"value": region}},
        "resource_changes": [
            {name: value for name, value in one.items() if name != "refers"} for one in resources
        ],
        "configuration": {
            "provider_config": {
                "aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}}
            },
            "root_module": {
                "resources": [
                    {
                        "address": f"{one['type']}.{one['name']}",
                        "expressions": {
                            name: {"references": list(addresses)} for name, addresses in one["refers"].items()
                        },
                    }
                    for one in resources
                ]
            },
        },
    }


def resource(
    address: str,
    *,
    index: str = "",
    actions: Sequence[str] = ("create",),
    unknown: Sequence[str] = (),
    refers: Mapping[str, Sequence[str]] | None = None,
    before: Mapping[str, Any] | None = None,
    **values: Any,
) -> dict[str, Any]:
    """One change: ``resource("aws_eip.nat", domain="vpc")``."""
    kind, name = address.split(".")
    return {
        "address": address + index,
        "type": kind,
        "name": name,
        "mode": "managed",
        "change": {
            "actions": list(actions),
            "before": before,
            "after": values,
            "after_unknown": dict.fromkeys(unknown, True),
        },
        "refers": refers or {},
    }
