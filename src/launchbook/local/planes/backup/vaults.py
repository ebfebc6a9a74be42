"""Whom a vault tells, and who may use it: kept as they were given. No job runs, so nobody is told."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.backup.exceptions import ResourceNotFoundException
from moto.backup.responses import BackupResponse


class Vaults(BackupResponse):
    """The settings of vaults that moto lacks."""

    def put_backup_vault_notifications(self) -> str:
        """Name a topic and what it is told."""
        return self._put("notifications", "SNSTopicArn", "BackupVaultEvents")

    def get_backup_vault_notifications(self) -> str:
        """The topic that was named."""
        return self._get("notifications")

    def delete_backup_vault_notifications(self) -> str:
        """Take it back."""
        return self._delete("notifications")

    def put_backup_vault_access_policy(self) -> str:
        """Set the policy of a vault."""
        return self._put("policy", "Policy")

    def get_backup_vault_access_policy(self) -> str:
        """The policy of a vault."""
        return self._get("policy")

    def delete_backup_vault_access_policy(self) -> str:
        """Take it away."""
        return self._delete("policy")

    def _put(self, kind: str, *names: str) -> str:
        given = json.loads(self.body)
        self._kept()[kind] = {name: given[name] for name in names}
        return ""

    def _get(self, kind: str) -> str:
        vault, kept = self._vault(), self._kept()
        if kind not in kept:
            raise ResourceNotFoundException(
                msg=f"Backup vault {vault.backup_vault_name} has no {kind} associated with it."
            )
        named = {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn}
        return json.dumps({**named, **kept[kind]})

    def _delete(self, kind: str) -> str:
        self._kept().pop(kind, None)
        return ""

    def _vault(self) -> Any:
        name = unquote(self.path.split("/")[2])
        if name not in self.backup_backend.vaults:
            raise ResourceNotFoundException(msg=f"Backup vault not found: {name}")
        return self.backup_backend.vaults[name]

    def _kept(self) -> dict[str, dict[str, Any]]:
        kept: dict[str, dict[str, Any]] = vars(self._vault()).setdefault("launchbook_kept", {})
        return kept
