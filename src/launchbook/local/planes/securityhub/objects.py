"""The settings of the hub, which moto tells and does not change."""

from __future__ import annotations

import json
from typing import Any

from moto.securityhub.models import SecurityHubBackend
from moto.securityhub.responses import SecurityHubResponse

_SETTINGS = ("AutoEnableControls", "ControlFindingGenerator")
_describe_hub = SecurityHubBackend.describe_hub
_disable = SecurityHubBackend.disable_security_hub


def describe_hub(self: Any, hub_arn: str | None = None) -> dict[str, Any]:
    """The hub with its settings."""
    settings: dict[str, Any] = vars(self).get("launchbook_settings", {})
    return _describe_hub(self, hub_arn) | settings


def disable_security_hub(self: Any) -> dict[str, Any]:
    """Switch it off; its settings are forgotten."""
    answer = _disable(self)
    vars(self).pop("launchbook_settings", None)
    return answer


def update_security_hub_configuration(self: Any) -> str:
    """Change the settings of a hub that is on."""
    backend = self.securityhub_backend
    backend.describe_hub()
    given = {name: self._get_param(name) for name in _SETTINGS if self._get_param(name) is not None}
    vars(backend).setdefault("launchbook_settings", {}).update(given)
    return json.dumps({})


def install() -> None:
    """Put these in moto's place."""
    SecurityHubBackend.describe_hub = describe_hub  # type: ignore[method-assign]
    SecurityHubBackend.disable_security_hub = disable_security_hub  # type: ignore[method-assign]
    response: Any = SecurityHubResponse
    response.update_security_hub_configuration = update_security_hub_configuration
