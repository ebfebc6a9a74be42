"""What moto lacks of a file system: a backup policy that can be set, and a policy that can be deleted."""

from __future__ import annotations

import json
from typing import Any

from moto.efs.exceptions import FileSystemNotFound
from moto.efs.responses import EFSResponse

_JSON = {"Content-Type": "application/json"}


def put_backup_policy(self: Any) -> Any:
    """Switch backups on or off; none is made either way."""
    wanted = self._get_param("BackupPolicy")
    system = _system(self)
    system._backup = wanted["Status"] == "ENABLED"
    system._backup_was_set = True  # no field of an answer: those begin without an underscore
    return json.dumps({"BackupPolicy": wanted}), _JSON


def describe_backup_policy(self: Any) -> Any:
    """As it was set; one that was never set is not found, one that was switched off is DISABLED."""
    system = _system(self)
    if not system._backup and getattr(system, "_backup_was_set", False):
        return json.dumps({"BackupPolicy": {"Status": "DISABLED"}}), _JSON
    found = self.efs_backend.describe_backup_policy(file_system_id=system.file_system_id)
    return json.dumps({"BackupPolicy": found}), _JSON


def delete_file_system_policy(self: Any) -> Any:
    """Take the policy away."""
    _system(self).file_system_policy = None
    return json.dumps({}), _JSON


def _system(self: Any) -> Any:
    name = self._get_param("FileSystemId")
    if name not in self.efs_backend.file_systems_by_id:
        raise FileSystemNotFound(name)
    return self.efs_backend.file_systems_by_id[name]


def install() -> None:
    """Add these to moto's operations."""
    for operation in (put_backup_policy, describe_backup_policy, delete_file_system_policy):
        setattr(EFSResponse, operation.__name__, operation)
