"""The roles of an identity pool, which moto lacks: told as they were given."""

from __future__ import annotations

import json
from typing import Any

from moto.cognitoidentity.responses import CognitoIdentityResponse


def set_identity_pool_roles(self: Any) -> str:
    """Set the roles of those who have signed in, and of those who have not."""
    pool = self._get_param("IdentityPoolId")
    self.backend.describe_identity_pool(pool)  # which must be there
    roles = {name: self._get_param(name) or {} for name in ("Roles", "RoleMappings")}
    vars(self.backend).setdefault("launchbook_roles", {})[pool] = roles
    return ""


def get_identity_pool_roles(self: Any) -> str:
    """The roles of a pool; none until they are set."""
    pool = self._get_param("IdentityPoolId")
    self.backend.describe_identity_pool(pool)
    roles = vars(self.backend).get("launchbook_roles", {}).get(pool, {})
    return json.dumps({"IdentityPoolId": pool, **{name: value for name, value in roles.items() if value}})


def install() -> None:
    """Add these to moto's operations."""
    response: Any = CognitoIdentityResponse
    response.set_identity_pool_roles = set_identity_pool_roles
    response.get_identity_pool_roles = get_identity_pool_roles
