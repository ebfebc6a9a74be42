"""Replication groups whose member clusters exist, and deletions that end."""

from __future__ import annotations

import inspect
from typing import Any, cast

from moto.elasticache import models, urls

#: The version that a cache gets that asks for none (September 2025).
_NEWEST = {"redis": "7.1.0", "valkey": "8.1.0", "memcached": "1.6.22"}


class Caches(models.ElastiCacheBackend):
    """ElastiCache of one region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        #: name -> {"group": as it is answered, "parameters": {name: value}}
        self.parameter_groups: dict[str, dict[str, Any]] = {}

    @property
    def _url_module(self) -> Any:
        return urls

    def create_replication_group(self, **given: Any) -> models.ReplicationGroup:  # type: ignore[override]
        """Create a group with as many clusters as were asked for."""
        if given.get("num_cache_clusters") and not given.get("replicas_per_node_group"):
            given["replicas_per_node_group"] = int(given["num_cache_clusters"]) - 1
        if not given.get("preferred_cache_cluster_azs"):
            given["preferred_cache_cluster_azs"] = [f"{self.region_name}{zone}" for zone in "abc"]
        given["engine_version"] = given.get("engine_version") or _newest(given.get("engine") or "redis")
        group = super().create_replication_group(**given)
        for name in group.member_clusters:
            self.cache_clusters[name] = self._member(name, group)
        return group

    def create_cache_cluster(self, **given: Any) -> models.CacheCluster:  # type: ignore[override]
        """Create a cluster that tells its security groups."""
        given["engine_version"] = given.get("engine_version") or _newest(given.get("engine") or "memcached")
        return _grouped(super().create_cache_cluster(**given))

    def delete_replication_group(
        self, replication_group_id: str, retain_primary_cluster: bool | None
    ) -> models.ReplicationGroup:
        """Delete a group and its clusters; both are gone when this returns."""
        members = list(self.describe_replication_groups(replication_group_id)[0].member_clusters)
        group = super().delete_replication_group(replication_group_id, retain_primary_cluster)
        for name in members[1:] if retain_primary_cluster else members:
            self.cache_clusters.pop(name, None)
        del self.replication_groups[replication_group_id]
        self.tagging_service.delete_all_tags_for_resource(group.arn)
        return group

    def delete_cache_cluster(self, cache_cluster_id: str) -> models.CacheCluster:
        """Delete a cluster; it is gone when this returns."""
        cluster = super().delete_cache_cluster(cache_cluster_id)
        del self.cache_clusters[cache_cluster_id]
        self.tagging_service.delete_all_tags_for_resource(cluster.arn)
        return cluster

    def _member(self, name: str, group: models.ReplicationGroup) -> models.CacheCluster:
        wanted: dict[str, Any] = dict.fromkeys(inspect.signature(models.CacheCluster).parameters)
        same = (
            "engine", "engine_version", "cache_node_type", "replication_group_id", "cache_parameter_group_name",
            "cache_subnet_group_name", "cache_security_group_names", "security_group_ids", "port",
            "preferred_maintenance_window", "notification_topic_arn", "auto_minor_version_upgrade",
            "snapshot_retention_limit", "snapshot_window", "transit_encryption_enabled", "network_type",
            "ip_discovery",
        )  # fmt: skip
        wanted |= {attribute: getattr(group, attribute) for attribute in same}
        zone = f"{self.region_name}{'abc'[group.member_clusters.index(name) % 3]}"
        wanted |= {
            "account_id": self.account_id,
            "region_name": self.region_name,
            "cache_cluster_id": name,
            "num_cache_nodes": 1,
            "preferred_availability_zone": zone,
        }
        cluster = models.CacheCluster(**wanted)
        cluster.at_rest_encryption_enabled = group.at_rest_encryption_enabled  # type: ignore[attr-defined]
        return _grouped(cluster)


def _newest(engine: str) -> str | None:
    return _NEWEST.get(engine.lower())


def _grouped(cluster: Any) -> models.CacheCluster:
    wanted = cluster.security_group_ids or []
    cluster.security_groups = [{"SecurityGroupId": group, "Status": "active"} for group in wanted]
    return cast(models.CacheCluster, cluster)


def install() -> None:
    """Put these in moto's place."""
    from launchbook.local.planes.elasticache import responses

    responses.install()
    models.elasticache_backends.backend = Caches
    for account in models.elasticache_backends.values():
        account.backend = Caches
        account.clear()
