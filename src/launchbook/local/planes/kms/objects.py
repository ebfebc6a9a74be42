"""A default key (``alias/aws/secretsmanager``) is managed by AWS: it costs nothing, and nobody can delete it."""

from __future__ import annotations

from moto.kms import models, urls


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
    models.kms_backends.backend = Keys
    for account in models.kms_backends.values():
        account.backend = Keys
        account.clear()
