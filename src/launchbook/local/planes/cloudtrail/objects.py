"""A trail may be deleted by its ARN, as Terraform does; moto looks for a trail of that name and says nothing."""

from __future__ import annotations

from moto.cloudtrail import models, urls


class Trails(models.CloudTrailBackend):
    """CloudTrail of one region."""

    @property
    def _url_module(self) -> object:
        return urls

    def delete_trail(self, name: str) -> None:
        """Delete a trail by name or ARN."""
        super().delete_trail(name.rsplit("trail/", 1)[-1])


def install() -> None:
    """Put this in moto's place."""
    models.cloudtrail_backends.backend = Trails
    for account in models.cloudtrail_backends.values():
        account.backend = Trails
        account.clear()
