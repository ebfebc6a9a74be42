"""AWS's own parameters (``/aws/service/…``) can be read by name, and are in no account's list of parameters."""

from __future__ import annotations

from typing import Any

from moto.ssm.models import SimpleSystemManagerBackend

_OTHERS = "/aws/service/"
_describe_parameters = SimpleSystemManagerBackend.describe_parameters


def describe_parameters(self: Any, filters: Any, parameter_filters: Any) -> list[Any]:
    """The account's parameters; moto lists what somebody has read of AWS's among them."""
    found = _describe_parameters(self, filters, parameter_filters)
    return [each for each in found if not each.name.startswith(_OTHERS)]


def install() -> None:
    """Put this in moto's place."""
    SimpleSystemManagerBackend.describe_parameters = describe_parameters  # type: ignore[method-assign]
