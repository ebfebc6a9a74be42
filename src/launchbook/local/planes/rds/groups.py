"""Parameter and subnet groups that stay while an instance is in them, as on AWS; and the log that a server writes.

moto deletes a group in use, and can't describe any instance of the region afterwards.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from moto.core.responses import ActionResult
from moto.rds import models
from moto.rds.exceptions import RDSClientError

from launchbook.local.planes.rds.objects import Database
from launchbook.local.planes.rds.versions import Answers

#: The one log file of a server; RDS's carry the hour in their names.
LOG_FILE = "error/postgresql.log"
_PORTION = 10_000


class GroupsBackend(models.RDSBackend):
    """What is asked of groups and logs."""

    def log_of(self, database: Database) -> Path | None:
        """The log of a database's server; None if it has no server."""
        raise NotImplementedError

    def delete_db_parameter_group(self, db_parameter_group_name: str) -> models.DBParameterGroup:
        """Delete a group in which nothing is."""
        users = [each.db_parameter_group_name for each in self.databases.values()]
        if db_parameter_group_name in users:
            raise RDSClientError(
                "InvalidDBParameterGroupState",
                "One or more database instances are still members of this parameter group "
                f"{db_parameter_group_name}, so the group cannot be deleted",
            )
        return super().delete_db_parameter_group(db_parameter_group_name)

    def delete_subnet_group(self, subnet_name: str) -> models.DBSubnetGroup:
        """Delete a group in which nothing is."""
        instances: list[Any] = list(self.databases.values())
        clusters: list[Any] = list(self.clusters.values())
        users = [each._db_subnet_group_name for each in instances]
        if subnet_name in [*users, *(each.db_subnet_group_name for each in clusters)]:
            raise RDSClientError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{subnet_name}' because at least one database instance "
                "is still using it.",
            )
        return super().delete_subnet_group(subnet_name)

    def describe_db_instance_automated_backups(
        self, db_instance_identifier: str | None = None, **_: Any
    ) -> list[models.DBInstanceAutomatedBackup]:
        """The backups of each instance, under the name that it has now."""
        names: dict[str, str] = {each.dbi_resource_id: name for name, each in self.databases.items()}
        grouped: dict[str, list[Any]] = {}
        snapshots: list[Any] = list(self.database_snapshots.values())
        for each in snapshots:
            if each.snapshot_type == "automated":
                name = names.get(each.dbi_resource_id, each.db_instance_identifier)
                grouped.setdefault(name, []).append(each)
        return [
            models.DBInstanceAutomatedBackup(self, name, held)
            for name, held in grouped.items()
            if db_instance_identifier in (None, name)
        ]


class GroupAnswers(Answers):
    """Answers about groups and logs."""

    def reset_db_parameter_group(self) -> ActionResult:
        """Set parameters back to what the family says: all of them, or those that are named."""
        name = self.params["DBParameterGroupName"]
        (group,) = self.backend.describe_db_parameter_groups({"db_parameter_group_name": name})
        named = [each["ParameterName"] for each in self.params.get("Parameters", [])]
        for each in named or list(group.parameters):
            group.parameters.pop(each, None)
        return ActionResult({"DBParameterGroupName": name})

    def describe_pending_maintenance_actions(self) -> ActionResult:
        """None: nobody maintains these servers."""
        return ActionResult({"PendingMaintenanceActions": []})

    def describe_db_log_files(self) -> ActionResult:
        """The log that the instance's server writes."""
        log = self._log()
        if log is None or not log.exists():
            return ActionResult({"DescribeDBLogFiles": []})
        held = log.stat()
        file = {"LogFileName": LOG_FILE, "LastWritten": int(held.st_mtime * 1000), "Size": held.st_size}
        return ActionResult({"DescribeDBLogFiles": [file]})

    def download_db_log_file_portion(self) -> ActionResult:
        """Lines of that log: the last ones, or those after a marker (which counts lines)."""
        log = self._log()
        if log is None or self.params["LogFileName"] != LOG_FILE:
            raise RDSClientError("DBLogFileNotFoundFault", f"{self.params['LogFileName']} is not found.")
        lines = log.read_text(errors="replace").splitlines(keepends=True)
        most = min(int(self.params.get("NumberOfLines") or _PORTION), _PORTION)
        marker = self.params.get("Marker")
        first = max(0, len(lines) - most) if marker is None else int(marker)
        shown = lines[first : first + most]
        after = first + len(shown)
        told = {
            "LogFileData": "".join(shown),
            "Marker": str(after),
            "AdditionalDataPending": after < len(lines),
        }
        return ActionResult(told)

    def _log(self) -> Path | None:
        backend: Any = self.backend
        (database,) = backend.describe_db_instances(self.params["DBInstanceIdentifier"])
        return backend.log_of(database) if getattr(database, "real", False) else None
