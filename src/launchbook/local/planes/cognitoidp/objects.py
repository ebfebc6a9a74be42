"""The deletion of a resource server, which moto lacks."""

from __future__ import annotations

from typing import Any

from moto.cognitoidp.exceptions import ResourceNotFoundError
from moto.cognitoidp.responses import CognitoIdpResponse


def delete_resource_server(self: Any) -> str:
    """Delete a resource server from its pool."""
    pool = self.backend.describe_user_pool(self._get_param("UserPoolId"))
    name = self._get_param("Identifier")
    if pool.resource_servers.pop(name, None) is None:
        raise ResourceNotFoundError(f"Resource server does not exist: {name}")
    return ""


def install() -> None:
    """Add this to moto's operations."""
    response: Any = CognitoIdpResponse
    response.delete_resource_server = delete_resource_server
