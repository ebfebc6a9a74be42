"""A default key (``alias/aws/secretsmanager``) is managed by AWS: it costs nothing, and nobody can delete it.

The period of a key's rotation is kept; moto forgets it, and nothing rotates.
"""

from __future__ import annotations

import json
from typing import Any

from moto.kms import models, urls
from moto.kms.responses import KmsResponse

_PERIOD_DAYS = 365
_enable_key_rotation = KmsResponse.enable_key_rotation
_get_key_rotation_status = KmsResponse.get_key_rotation_status


def enable_key_rotation(self: Any) -> str:
    """Switch rotation on, with its period."""
    answer = _enable_key_rotation(self)
    key = self.kms_backend.keys[self.kms_backend.get_key_id(self._get_param("KeyId"))]
    key.launchbook_period = self._get_param("RotationPeriodInDays") or _PERIOD_DAYS
    return answer


def get_key_rotation_status(self: Any) -> str:
    """Whether rotation is on, and its period if so."""
    told = json.loads(_get_key_rotation_status(self))
    if told["KeyRotationEnabled"]:
        key = self.kms_backend.keys[self.kms_backend.get_key_id(self._get_param("KeyId"))]
        told["RotationPeriodInDays"] = getattr(key, "launchbook_period", _PERIOD_DAYS)
    return json.dumps(told)


class Keys(models.KmsBackend):
    """KMS of one region."""

    @property
    def _url_module(self) -> object:
        return urls

    def _generate_default_keys(self, alias_name: str) -> str | None:
        made = super()._generate_default_keys(alias_name)
        if made is not None:
            self.keys[made].key_manager = "AWS"
        return made


def install() -> None:
    """Put this in moto's place."""
    KmsResponse.enable_key_rotation = enable_key_rotation  # type: ignore[method-assign]
    KmsResponse.get_key_rotation_status = get_key_rotation_status  # type: ignore[method-assign]
    models.kms_backends.backend = Keys
    for account in models.kms_backends.values():
        account.backend = Keys
        account.clear()
