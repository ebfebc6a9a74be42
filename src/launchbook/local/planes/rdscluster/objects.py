"""A cluster that tells a scaling configuration only if it has one."""

from __future__ import annotations

from typing import Any

from moto.rds import models


class DBCluster(models.DBCluster):
    """A cluster. moto goes by the name of the class."""

    @property
    def scaling_configuration_info(self) -> Any:
        """How a serverless cluster scales; nothing of a provisioned one."""
        return super().scaling_configuration_info if self.scaling_configuration else None


def install() -> None:
    """Put this in moto's place."""
    models.DBCluster = DBCluster  # type: ignore[misc]
