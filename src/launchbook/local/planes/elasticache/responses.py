"""ElastiCache operations that moto lacks: subnet groups that change and go, and parameter groups."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache import urls
from moto.elasticache.exceptions import CacheSubnetGroupNotFound, ElastiCacheException

from launchbook.local.planes.elasticache.users import UserGroups


class CacheParameterGroupNotFound(ElastiCacheException):
    """A parameter group that is not there."""

    code = "CacheParameterGroupNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"CacheParameterGroup {name} not found.")


def install() -> None:
    """Route every ElastiCache call here."""
    for path in urls.url_paths:
        urls.url_paths[path] = Response.dispatch


class Response(UserGroups):
    """moto's operations, and those it lacks."""

    def delete_cache_subnet_group(self) -> ActionResult:
        """Delete a subnet group."""
        group = self._subnet_groups().pop(self._get_param("CacheSubnetGroupName"))
        self.elasticache_backend.tagging_service.delete_all_tags_for_resource(group.arn)
        return EmptyResult()

    def modify_cache_subnet_group(self) -> ActionResult:
        """Replace a subnet group's description or subnets."""
        name = self._get_param("CacheSubnetGroupName")
        groups = self._subnet_groups()
        old = groups.pop(name)
        new = self.elasticache_backend.create_cache_subnet_group(
            cache_subnet_group_name=name,
            cache_subnet_group_description=self._get_param("CacheSubnetGroupDescription")
            or old.cache_subnet_group_description,
            subnet_ids=self._get_param("SubnetIds") or old.subnet_ids,
            tags=old.tags,
        )
        return ActionResult({"CacheSubnetGroup": new})

    def modify_cache_cluster(self) -> ActionResult:
        """Change a cluster; everything takes effect at once."""
        name = self._get_param("CacheClusterId")
        cluster: Any = self.elasticache_backend.describe_cache_clusters(name)[0]
        changes = {
            "num_cache_nodes": self._get_int_param("NumCacheNodes"),
            "cache_node_type": self._get_param("CacheNodeType"),
            "engine_version": self._get_param("EngineVersion"),
            "cache_parameter_group_name": self._get_param("CacheParameterGroupName"),
            "snapshot_retention_limit": self._get_int_param("SnapshotRetentionLimit"),
            "snapshot_window": self._get_param("SnapshotWindow"),
            "preferred_maintenance_window": self._get_param("PreferredMaintenanceWindow"),
        }
        for attribute, value in changes.items():
            if value is not None:
                setattr(cluster, attribute, value)
        return ActionResult({"CacheCluster": cluster})

    def create_cache_parameter_group(self) -> ActionResult:
        """Create a parameter group."""
        name, backend = self._get_param("CacheParameterGroupName"), self.elasticache_backend
        arn = f"arn:aws:elasticache:{self.region}:{self.current_account}:parametergroup:{name}"
        group = {
            "CacheParameterGroupName": name,
            "CacheParameterGroupFamily": self._get_param("CacheParameterGroupFamily"),
            "Description": self._get_param("Description"),
            "ARN": arn,
            "IsGlobal": False,
        }
        self._parameter_groups()[name] = {"group": group, "parameters": {}}
        tags = self._get_param("Tags", [])
        if tags:
            backend.tagging_service.tag_resource(arn, tags)
        return ActionResult({"CacheParameterGroup": group})

    def describe_cache_parameter_groups(self) -> ActionResult:
        """One parameter group, or all that were made."""
        name = self._get_param("CacheParameterGroupName")
        found = [self._parameter_group(name)] if name else list(self._parameter_groups().values())
        return ActionResult({"CacheParameterGroups": [each["group"] for each in found]})

    def describe_cache_parameters(self) -> ActionResult:
        """The parameters that a user has set in a group."""
        parameters = self._parameter_group(self._get_param("CacheParameterGroupName"))["parameters"]
        shown = [
            {"ParameterName": name, "ParameterValue": value, "Source": "user", "IsModifiable": True}
            for name, value in parameters.items()
        ]
        return ActionResult({"Parameters": shown})

    def modify_cache_parameter_group(self) -> ActionResult:
        """Set parameters."""
        name = self._get_param("CacheParameterGroupName")
        for given in self._get_param("ParameterNameValues", []):
            self._parameter_group(name)["parameters"][given["ParameterName"]] = given["ParameterValue"]
        return ActionResult({"CacheParameterGroupName": name})

    def reset_cache_parameter_group(self) -> ActionResult:
        """Set parameters back."""
        name = self._get_param("CacheParameterGroupName")
        parameters = self._parameter_group(name)["parameters"]
        given = [each["ParameterName"] for each in self._get_param("ParameterNameValues", [])]
        for each in given or list(parameters):
            parameters.pop(each, None)
        return ActionResult({"CacheParameterGroupName": name})

    def delete_cache_parameter_group(self) -> ActionResult:
        """Delete a parameter group."""
        name = self._get_param("CacheParameterGroupName")
        group = self._parameter_group(name)["group"]
        del self._parameter_groups()[name]
        self.elasticache_backend.tagging_service.delete_all_tags_for_resource(group["ARN"])
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        """Tags of a parameter or user group, or of what moto knows."""
        arn = self._get_param("ResourceName")
        if ":parametergroup:" in arn or ":usergroup:" in arn:
            tags = self.elasticache_backend.tagging_service.list_tags_for_resource(arn)
            return ActionResult({"TagList": tags["Tags"]})
        return super().list_tags_for_resource()

    def _subnet_groups(self) -> dict[str, Any]:
        groups: dict[str, Any] = self.elasticache_backend.cache_subnet_groups
        name = self._get_param("CacheSubnetGroupName")
        if name not in groups:
            raise CacheSubnetGroupNotFound(name)
        return groups

    def _parameter_groups(self) -> dict[str, dict[str, Any]]:
        backend: Any = self.elasticache_backend
        groups: dict[str, dict[str, Any]] = backend.parameter_groups
        return groups

    def _parameter_group(self, name: str) -> dict[str, Any]:
        if name not in self._parameter_groups():
            raise CacheParameterGroupNotFound(name)
        return self._parameter_groups()[name]
