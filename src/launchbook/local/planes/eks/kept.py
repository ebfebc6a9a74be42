"""Add-ons and access entries of a cluster: told as they were given; nothing is installed and nobody gets in."""

from __future__ import annotations

import time
import uuid
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.eks.exceptions import ResourceInUseException, ResourceNotFoundException
from moto.eks.responses import EKSResponse

_ADDON = (
    "addonName",
    "addonVersion",
    "serviceAccountRoleArn",
    "configurationValues",
    "podIdentityAssociations",
)


class Kept(EKSResponse):
    """moto's operations, and those on add-ons, access entries and updates."""

    def create_addon(self) -> ActionResult:
        """Add an add-on; without a version it has none, since the newest is not known here."""
        name = self._get_param("addonName")
        if name in self._held("addons"):
            raise ResourceInUseException(message="Addon already exists.")
        now = time.time()
        addon = {
            **{each: self._get_param(each) for each in _ADDON if self._get_param(each) is not None},
            "clusterName": self._get_param("name"),
            "status": "ACTIVE",
            "health": {"issues": []},
            "addonArn": self._arn("addon", f"{name}/{uuid.uuid4()}"),
            "createdAt": now,
            "modifiedAt": now,
            "tags": self._get_param("tags") or {},
        }
        self._held("addons")[name] = addon
        return ActionResult({"addon": addon})

    def describe_addon(self) -> ActionResult:
        """One add-on."""
        return ActionResult({"addon": self._one("addons", "addonName")})

    def update_addon(self) -> ActionResult:
        """Change what is given of an add-on."""
        addon = self._one("addons", "addonName")
        given = {each: self._get_param(each) for each in _ADDON if self._get_param(each) is not None}
        addon |= {**given, "modifiedAt": time.time()}
        return self._updated("AddonUpdate")

    def delete_addon(self) -> ActionResult:
        """Delete an add-on."""
        addon = self._one("addons", "addonName")
        del self._held("addons")[addon["addonName"]]
        return ActionResult({"addon": {**addon, "status": "DELETING"}})

    def list_addons(self) -> ActionResult:
        """The names of a cluster's add-ons."""
        return ActionResult({"addons": list(self._held("addons"))})

    def create_access_entry(self) -> ActionResult:
        """Let a principal in by name."""
        principal = self._get_param("principalArn")
        if principal in self._held("access"):
            raise ResourceInUseException(message="The specified access entry resource is already in use.")
        now = time.time()
        entry = {
            "clusterName": self._get_param("name"),
            "principalArn": principal,
            "kubernetesGroups": self._get_param("kubernetesGroups") or [],
            "accessEntryArn": self._arn("access-entry", f"{principal.rpartition('/')[2]}/{uuid.uuid4()}"),
            "createdAt": now,
            "modifiedAt": now,
            "tags": self._get_param("tags") or {},
            "username": self._get_param("username") or principal,
            "type": self._get_param("type") or "STANDARD",
        }
        self._held("access")[principal] = entry
        return ActionResult({"accessEntry": entry})

    def describe_access_entry(self) -> ActionResult:
        """One entry."""
        return ActionResult({"accessEntry": self._one("access", "principalArn")})

    def update_access_entry(self) -> ActionResult:
        """Change an entry's groups or user name."""
        entry = self._one("access", "principalArn")
        for name in ("kubernetesGroups", "username"):
            if self._get_param(name) is not None:
                entry[name] = self._get_param(name)
        entry["modifiedAt"] = time.time()
        return ActionResult({"accessEntry": entry})

    def delete_access_entry(self) -> ActionResult:
        """Delete an entry with its policies."""
        principal = self._one("access", "principalArn")["principalArn"]
        del self._held("access")[principal]
        self._held("policies").pop(principal, None)
        return EmptyResult()

    def list_access_entries(self) -> ActionResult:
        """The principals of a cluster's entries."""
        return ActionResult({"accessEntries": list(self._held("access"))})

    def associate_access_policy(self) -> ActionResult:
        """Give an entry a policy."""
        entry = self._one("access", "principalArn")
        now, arn = time.time(), self._get_param("policyArn")
        policy = {"policyArn": arn, "accessScope": self._get_param("accessScope")}
        policy |= {"associatedAt": now, "modifiedAt": now}
        self._held("policies").setdefault(entry["principalArn"], {})[arn] = policy
        whose = {"clusterName": entry["clusterName"], "principalArn": entry["principalArn"]}
        return ActionResult({**whose, "associatedAccessPolicy": policy})

    def disassociate_access_policy(self) -> ActionResult:
        """Take a policy from an entry."""
        entry = self._one("access", "principalArn")
        self._held("policies").get(entry["principalArn"], {}).pop(self._get_param("policyArn"), None)
        return EmptyResult()

    def list_associated_access_policies(self) -> ActionResult:
        """The policies of an entry."""
        entry = self._one("access", "principalArn")
        held = list(self._held("policies").get(entry["principalArn"], {}).values())
        whose = {"clusterName": entry["clusterName"], "principalArn": entry["principalArn"]}
        return ActionResult({**whose, "associatedAccessPolicies": held})

    def describe_update(self) -> ActionResult:
        """An update that was made: all are over at once."""
        held = self._held("updates")
        key = self._get_param("updateId")
        if key not in held:
            raise ResourceNotFoundException(message=f"No update found for ID: {key}")
        return ActionResult({"update": held[key]})

    def _updated(self, kind: str) -> ActionResult:
        update = {
            "id": str(uuid.uuid4()),
            "status": "Successful",
            "type": kind,
            "params": [],
            "createdAt": time.time(),
            "errors": [],
        }
        self._held("updates")[str(update["id"])] = update
        return ActionResult({"update": update})

    def _one(self, kind: str, parameter: str) -> dict[str, Any]:
        key = self._get_param(parameter)
        found: dict[str, Any] | None = self._held(kind).get(key)
        if found is None:
            raise ResourceNotFoundException(message=f"No {parameter} found: {key}.")
        return found

    def _held(self, kind: str) -> dict[str, Any]:
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        every: dict[str, dict[str, Any]] = vars(cluster).setdefault("launchbook_kept", {})
        return every.setdefault(kind, {})

    def _arn(self, kind: str, rest: str) -> str:
        return f"arn:aws:eks:{self.region}:{self.current_account}:{kind}/{self._get_param('name')}/{rest}"
