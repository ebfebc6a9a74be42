"""What a Terraform plan says, from ``terraform show -json``: each resource with its values, and what it refers to.

The plan's shape is documented by Terraform ("JSON output format"): ``resource_changes`` hold the values that are known
before apply, ``configuration`` the references, of which only the address is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_INDEX = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True)
class Planned:
    """One managed resource after the plan: ``values`` known now, ``unknown`` the attributes that apply decides.

    ``actions`` are Terraform's (``["create"]``, ``["no-op"]``, ``["delete", "create"]`` …). ``refers`` maps an
    attribute to the addresses (without index) that its expression names.
    """

    address: str
    type: str
    name: str
    actions: tuple[str, ...]
    values: Mapping[str, Any]
    unknown: frozenset[str] = frozenset()
    refers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def module(self) -> str:
        """The address of its module with its indices, empty for the root."""
        head, found, _ = self.address.rpartition(f"{self.type}.{self.name}")
        return head.rstrip(".") if found else ""


class Plan:
    """The resources that exist once a plan is applied."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.provider_region = _provider_region(document)
        configured = dict(_configured(document.get("configuration", {}).get("root_module", {}), ""))
        self.resources = tuple(
            _planned(change, configured)
            for change in document.get("resource_changes") or ()
            if change.get("mode", "managed") == "managed" and change["change"].get("after") is not None
        )

    def near(self, one: Planned, attribute: str) -> list[Planned]:
        """The planned resources of its module that an attribute refers to; none when they are not in this plan."""
        named = {tuple(address.split(".")[:2]) for address in one.refers.get(attribute, ())}
        return [
            other
            for other in self.resources
            if (other.type, other.name) in named and other.module == one.module
        ]


def _planned(change: Mapping[str, Any], configured: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Planned:
    made = change["change"]
    unknown = made.get("after_unknown") or {}
    return Planned(
        address=change["address"],
        type=change["type"],
        name=change["name"],
        actions=tuple(made.get("actions") or ()),
        values=made["after"],
        unknown=frozenset(name for name, value in unknown.items() if value is True),
        refers=configured.get(_INDEX.sub("", change["address"]), {}),
    )


def _configured(
    module: Mapping[str, Any], prefix: str
) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    for resource in module.get("resources") or ():
        expressions = resource.get("expressions") or {}
        refers = {
            name: tuple(value["references"])
            for name, value in expressions.items()
            if isinstance(value, Mapping) and isinstance(value.get("references"), list)
        }
        yield f"{prefix}{resource['address']}", refers
    for name, call in (module.get("module_calls") or {}).items():
        yield from _configured(call.get("module") or {}, f"{prefix}module.{name}.")


def _provider_region(document: Mapping[str, Any]) -> str:
    """The region of the default AWS provider, when the plan tells it: as a constant or as a variable's value."""
    configuration = document.get("configuration") or {}
    provider = (configuration.get("provider_config") or {}).get("aws") or {}
    region = (provider.get("expressions") or {}).get("region") or {}
    if isinstance(region.get("constant_value"), str):
        return str(region["constant_value"])
    variables = document.get("variables") or {}
    for reference in region.get("references") or ():
        value = (variables.get(reference.removeprefix("var.")) or {}).get("value")
        if reference.startswith("var.") and isinstance(value, str):
            return value
    return ""
