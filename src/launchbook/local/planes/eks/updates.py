"""Updates of clusters and node groups: each is made at once, and told as the update that AWS would be at work on."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.eks.exceptions import InvalidParameterException
from moto.eks.responses import EKSResponse

from launchbook.local.planes.eks.kept import Kept

#: Settings of a cluster that an update may change and moto passes over → as its answers look for them.
_SETTINGS = {
    "accessConfig": "access_config",
    "upgradePolicy": "upgrade_policy",
    "zonalShiftConfig": "zonal_shift_config",
    "deletionProtection": "deletion_protection",
}


class Updates(Kept, EKSResponse):
    """moto answers the cluster where AWS answers an update, which nobody could wait for."""

    def update_cluster_config(self) -> ActionResult:
        """Change settings; of the network those that are given, the rest stays."""
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        before = dict(cluster.resources_vpc_config or {})
        super().update_cluster_config()
        cluster.resources_vpc_config = {**before, **(self._get_param("resourcesVpcConfig") or {})}
        for name, attribute in _SETTINGS.items():
            if self._get_param(name) is not None:
                setattr(cluster, attribute, self._get_param(name))
        return self._updated("LoggingUpdate" if self._get_param("logging") else "ConfigUpdate")

    def update_cluster_version(self) -> ActionResult:
        """Change a cluster's version, by one minor version upwards."""
        cluster, wanted = (
            self.eks_backend.describe_cluster(self._get_param("name")),
            self._get_param("version"),
        )
        old, new = _numbers(cluster.version), _numbers(wanted)
        if new not in ((old[0], old[1] + 1), old):
            raise _refused(f"Unsupported Kubernetes minor version update from {cluster.version} to {wanted}")
        cluster.version = wanted
        return self._updated("VersionUpdate")

    def update_nodegroup_config(self) -> ActionResult:
        """Change a node group's size, labels, taints or how it is updated."""
        super().update_nodegroup_config()
        return self._updated("ConfigUpdate")

    def update_nodegroup_version(self) -> ActionResult:
        """Change a node group's version; without one it is the cluster's."""
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        group = self.eks_backend.describe_nodegroup(cluster.name, self._get_param("nodegroupName"))
        wanted = self._get_param("version") or cluster.version
        if _numbers(wanted) > _numbers(cluster.version):
            raise _refused(f"Nodegroup version {wanted} is newer than the cluster's {cluster.version}")
        group.version, group.release_version = wanted, self._get_param("releaseVersion")
        group.launch_template = self._get_param("launchTemplate") or group.launch_template
        return self._updated("VersionUpdate")


def _numbers(version: Any) -> tuple[int, int]:
    major, _, minor = str(version).partition(".")
    if not (major.isdigit() and minor.isdigit()):
        raise _refused(f"unsupported Kubernetes version {version}")
    return int(major), int(minor)


def _refused(why: str) -> InvalidParameterException:
    return InvalidParameterException(message=why)
