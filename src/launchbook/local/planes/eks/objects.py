"""Node groups as they were asked for, without the remote access, versions and settings that moto invents."""

from __future__ import annotations

from typing import Any

from moto.eks import models, urls

from launchbook.local.planes.eks.updates import Updates

#: How AWS rolls nodes unless it is told otherwise.
_UPDATE = {"maxUnavailable": 1}


class Nodegroup(models.Nodegroup):
    """A node group of its cluster's version."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.remote_access: Any = given.get("remote_access")
        self.resources = {"autoScalingGroups": [{"name": f"eks-{self.nodegroup_name}-{self.uuid}"}]}
        self.update_config = dict(_UPDATE)
        if self.launch_template:
            self.disk_size = None  # type: ignore[assignment]
            self.instance_types = given.get("instance_types") or []


class Response(Updates):
    """moto's operations with add-ons and access entries."""

    def create_nodegroup(self) -> Any:
        """Make a node group; moto passes over how its nodes are updated, and over its cluster's version."""
        answer = super().create_nodegroup()
        cluster = self.eks_backend.clusters[self._get_param("name")]
        made = cluster.nodegroups[self._get_param("nodegroupName")]
        made.version = self._get_param("version") or cluster.version
        made.release_version = self._get_param("releaseVersion")
        made.update_config = self._get_param("updateConfig") or made.update_config
        made.node_repair_config = self._get_param("nodeRepairConfig")
        return answer


def install() -> None:
    """Put these in moto's place."""
    models.Nodegroup = Nodegroup  # type: ignore[misc, assignment]
    cluster = "{0}/clusters/(?P<name>[^/]+)"
    # The ARN of a principal has slashes of its own: one route takes all that follows.
    rest = (
        "addons",
        "addons/(?P<rest>.+)",
        "access-entries",
        "access-entries/(?P<rest>.+)",
        "updates",
        "updates/(?P<id>.+)",
        "node-groups/(?P<nodegroupName>[^/]+)/update-version",
    )
    added = [f"{cluster}/{path}$" for path in rest]
    for path in (*urls.url_paths, *added):
        urls.url_paths[path] = Response.dispatch
