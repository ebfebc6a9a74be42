"""A work group or catalogue without tags has none; moto says that it does not exist."""

from __future__ import annotations

from typing import Any

from moto.athena.models import AthenaBackend
from moto.athena.responses import AthenaResponse

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


def delete_named_query(self: Any) -> str:
    """Delete a saved query, which moto cannot."""
    self.athena_backend.named_queries.pop(self._get_param("NamedQueryId"), None)
    return "{}"


def delete_data_catalog(self: Any) -> str:
    """Delete a catalogue, which moto cannot."""
    self.athena_backend.data_catalogs.pop(self._get_param("Name"), None)
    return "{}"


def install() -> None:
    """Put these in moto's place."""
    response: Any = AthenaResponse
    response.delete_named_query = delete_named_query
    response.delete_data_catalog = delete_data_catalog
    AthenaBackend.list_tags_for_resource = list_tags_for_resource  # type: ignore[method-assign]
