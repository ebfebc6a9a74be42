"""A work group or catalogue without tags has none; moto says that it does not exist."""

from __future__ import annotations

from typing import Any

from moto.athena.models import AthenaBackend

_list_tags = AthenaBackend.list_tags_for_resource


def list_tags_for_resource(self: Any, resource_arn: str) -> dict[str, Any] | None:
    """The tags of what exists; None for anything else."""
    kind, _, name = resource_arn.rpartition(":")[2].partition("/")
    held = {
        "workgroup": self.work_groups,
        "datacatalog": self.data_catalogs,
        "capacity-reservation": self.capacity_reservations,
    }.get(kind, {})
    return _list_tags(self, resource_arn) or ({"Tags": []} if name in held else None)


def install() -> None:
    """Put this in moto's place."""
    AthenaBackend.list_tags_for_resource = list_tags_for_resource  # type: ignore[method-assign]
