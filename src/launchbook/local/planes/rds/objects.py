"""moto's RDS objects, with what they get wrong made right: a state, an endpoint and a password that are real.

The objects only say what shall be; the engine makes it so and writes the state back.
Engines other than PostgreSQL, and members of clusters, stay moto's objects: no server runs for them.
"""

from __future__ import annotations

import json
import secrets
import string
from typing import Any

from moto.rds import models

from launchbook.local.planes.rds.versions import newest

_ALPHABET = string.ascii_letters + string.digits + "!#$%&()*+,-.:;<=>?[]^_{|}~"


class Secret(models.MasterUserSecret):
    """The managed master password: a real user name and a random password."""

    def __deepcopy__(self, _: Any) -> Secret:
        return self  # moto copies an instance's attributes on a restore, which must not copy whole services

    def _generate_secret_string(self) -> str:
        self.password = "".join(secrets.choice(_ALPHABET) for _ in range(28))
        return json.dumps({"username": self.resource.master_username, "password": self.password})

    def rotate_secret(self) -> None:
        """A new password in a new version, at once."""
        self.secretsmanager._add_secret(
            self.secret.name, secret_string=self._generate_secret_string(), tags=self.secret.tags,
            kms_key_id=self.secret.kms_key_id,
        )  # fmt: skip


class Database(models.DBInstance):
    """An instance. ``launchbook_address`` is where its server listens; ``launchbook_note`` what is worth saying."""

    default_engine_versions = {  # noqa: RUF012  moto says no ClassVar
        **models.DBInstance.default_engine_versions,
        "postgres": newest(""),
    }

    def __init__(self, backend: Any, *args: Any, **kwargs: Any) -> None:
        self.launchbook_address: str | None = None
        self.launchbook_note = ""
        # moto drops what it has no use for; a second plan of Terraform would want to set it again.
        self.enable_performance_insights = bool(kwargs.get("enable_performance_insights"))
        self.performance_insights_retention_period = kwargs.get("performance_insights_retention_period")
        self.performance_insights_kms_key_id = kwargs.get("performance_insights_kms_key_id")
        kwargs.setdefault("ca_certificate_identifier", "rds-ca-rsa2048-g1")
        try:
            super().__init__(backend, *args, **kwargs)
        except Exception:  # what is refused leaves no secret
            if hasattr(self, "master_user_secret"):
                self.master_user_secret.delete_secret()
            raise
        self.dbi_resource_id = "db-" + "".join(
            secrets.choice(string.ascii_uppercase + "234567") for _ in range(26)
        )
        if self.real:
            self.status = "creating"
            self.engine_version = newest(self.engine_version)
            if not kwargs.get("option_group_name"):
                self.option_group_name = f"default:postgres-{self.engine_version.split('.')[0]}"

    @property
    def real(self) -> bool:
        """Whether a server runs for it."""
        return self.engine == "postgres" and self.db_cluster_identifier is None

    @property
    def performance_insights_enabled(self) -> bool:
        """As it was asked for; there are no insights behind it."""
        return self.enable_performance_insights

    @property
    def address(self) -> str:
        """The address of the server; moto's invented name where there is none."""
        return self.launchbook_address or super().address

    @property
    def endpoint(self) -> dict[str, Any] | None:  # type: ignore[override]
        """Absent until there is one, as on AWS."""
        return super().endpoint if self.launchbook_address or not self.real else None

    @property
    def launchbook_password(self) -> str:
        """What the master user signs in with."""
        if self.manage_master_user_password:
            return str(self.master_user_secret.password)  # type: ignore[attr-defined]
        return self._master_user_password or ""

    def default_db_parameter_group_details(self) -> tuple[str, str]:
        """From version 10 on PostgreSQL's family is the major version alone."""
        if self.engine != "postgres":
            return super().default_db_parameter_group_details()
        family = f"postgres{self.engine_version.split('.')[0]}"
        return family, f"default.{family}"

    def delete(self, account_id: str, region_name: str) -> None:
        """How CloudFormation deletes: without a final snapshot here."""
        backend = models.rds_backends[account_id][region_name]
        backend.delete_db_instance(self.db_instance_identifier, skip_final_snapshot=True)

    def save_automated_backup(self) -> None:
        """moto's happen at once; a real one when there is a server, if backups are kept at all."""
        if not self.real:
            super().save_automated_backup()

    def take_automated_backup(self) -> None:
        """Take one now."""
        super().save_automated_backup()


class DBParameterGroup(models.DBParameterGroup):
    """A group that says which parameters a user has set. moto finds attributes by the name of the class: it stays."""

    def update_parameters(self, new_parameters: Any) -> None:
        """Set parameters."""
        super().update_parameters({**parameter, "Source": "user"} for parameter in new_parameters)


class Snapshot(models.DBSnapshot):
    """A snapshot with a copy of the data behind it."""

    def __init__(self, backend: Any, database: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(backend, database, *args, **kwargs)
        self.launchbook_id = secrets.token_hex(8)
        self.percent_progress = 100
        if self.real:
            self.status, self.percent_progress = "creating", 0

    @property
    def real(self) -> bool:
        """Whether data was copied."""
        return isinstance(self.database, Database) and self.database.real
