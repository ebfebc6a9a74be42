"""The operations of AWS Backup that moto lacks: selections, and what was backed up (nothing is, and says so)."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import unquote

from moto.backup.exceptions import ResourceNotFoundException
from moto.core.utils import unix_time

from launchbook.local.planes.backup.vaults import Vaults


class Response(Vaults):
    """moto's, with selections and listings."""

    @property
    def _selections(self) -> dict[str, dict[str, Any]]:
        backend: Any = self.backup_backend
        if not hasattr(backend, "launchbook_selections"):
            backend.launchbook_selections = {}
        selections: dict[str, dict[str, Any]] = backend.launchbook_selections
        return selections

    def create_backup_selection(self) -> str:
        """What a plan backs up."""
        plan = self._plan()
        given = json.loads(self.body)
        selection = {
            "BackupPlanId": plan.backup_plan_id,
            "SelectionId": str(uuid.uuid4()),
            "CreationDate": unix_time(),
            "CreatorRequestId": given.get("CreatorRequestId", ""),
            "BackupSelection": given["BackupSelection"],
        }
        self._selections[str(selection["SelectionId"])] = selection
        return json.dumps({key: selection[key] for key in ("BackupPlanId", "SelectionId", "CreationDate")})

    def get_backup_selection(self) -> str:
        """One selection."""
        return json.dumps(self._selection())

    def delete_backup_selection(self) -> str:
        """Remove a selection."""
        del self._selections[self._selection()["SelectionId"]]
        return ""

    def list_backup_selections(self) -> str:
        """The selections of a plan."""
        plan = self._plan()
        return json.dumps(
            {
                "BackupSelectionsList": [
                    {
                        **{
                            key: each[key]
                            for key in ("BackupPlanId", "SelectionId", "CreationDate", "CreatorRequestId")
                        },
                        "SelectionName": each["BackupSelection"]["SelectionName"],
                        "IamRoleArn": each["BackupSelection"]["IamRoleArn"],
                    }
                    for each in self._selections.values()
                    if each["BackupPlanId"] == plan.backup_plan_id
                ]
            }
        )

    def update_backup_plan(self) -> str:
        """Replace a plan's rules."""
        plan = self._plan()
        plan.backup_plan = json.loads(self.body)["BackupPlan"]
        plan.version_id = uuid.uuid4().hex
        return json.dumps({**plan.to_dict(), "CreationDate": plan.creation_date})

    def list_recovery_points_by_backup_vault(self) -> str:
        """The recovery points of a vault: none, since no job runs."""
        name = unquote(self.path.split("/")[2])
        if name not in self.backup_backend.vaults:
            raise ResourceNotFoundException(msg=f"Backup vault not found: {name}")
        return json.dumps({"RecoveryPoints": []})

    def list_recovery_points_by_resource(self) -> str:
        """The recovery points of a resource: none."""
        return json.dumps({"RecoveryPoints": []})

    def list_protected_resources(self) -> str:
        """The resources that have recovery points: none."""
        return json.dumps({"Results": []})

    def list_backup_jobs(self) -> str:
        """The jobs that ran: none."""
        return json.dumps({"BackupJobs": []})

    def list_tags(self) -> str:
        """Tags of a plan or a vault."""
        return json.dumps({"Tags": self.backup_backend.list_tags(resource_arn=self._tagged())})

    def tag_resource(self) -> str:
        """Add tags."""
        self.backup_backend.tag_resource(resource_arn=self._tagged(), tags=json.loads(self.body)["Tags"])
        return "{}"

    def untag_resource(self) -> str:
        """Take tags away."""
        keys = json.loads(self.body)["TagKeyList"]
        self.backup_backend.untag_resource(resource_arn=self._tagged(), tag_key_list=keys)
        return "{}"

    def _tagged(self) -> str:
        # SDKs end the path with a slash or not, and quote the ARN or not: moto counts slashes.
        path = unquote(self.path).split("/tags/", 1)[-1].split("/untag/", 1)[-1]
        return path.rstrip("/")

    def _plan(self) -> Any:
        plan = self.backup_backend.plans.get(unquote(self.path.split("/")[3]))
        if plan is None or plan.deletion_date is not None:
            raise ResourceNotFoundException(msg="Cannot find Backup plan")
        return plan

    def _selection(self) -> dict[str, Any]:
        selection = self._selections.get(unquote(self.path.rstrip("/").rpartition("/")[2]))
        if selection is None:
            raise ResourceNotFoundException(msg="Cannot find Backup selection")
        return selection
