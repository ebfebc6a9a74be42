"""Caches and their snapshots."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.model import Unread


@collector(
    "aws_elasticache_replication_group",
    Call(
        "elasticache",
        "DescribeReplicationGroups",
        always=["AtRestEncryptionEnabled", "TransitEncryptionEnabled", "AutomaticFailover", "MultiAZ"],
        each="ReplicationGroups",
        take={
            "arn": "ARN",
            "replication_group_id": "ReplicationGroupId",
            "status": "Status",
            "multi_az_enabled": "MultiAZ",
            "automatic_failover_enabled": "AutomaticFailover",
            "at_rest_encryption_enabled": "AtRestEncryptionEnabled",
            "transit_encryption_enabled": "TransitEncryptionEnabled",
            "snapshot_retention_limit": "SnapshotRetentionLimit",
            "node_type": "CacheNodeType",
            "member_clusters": "MemberClusters",
        },
    ),
)
def replication_groups(row: Row) -> Seen:
    """A Redis replication group. AWS says ``enabled`` where Terraform says true."""
    words = {
        name: (value if value is None or isinstance(value, Unread) else value == "enabled")
        for name, path in (
            ("multi_az_enabled", "MultiAZ"),
            ("automatic_failover_enabled", "AutomaticFailover"),
        )
        if not isinstance(value := row.get("DescribeReplicationGroups", path), bool)
    }
    return row.seen(id="arn", name="replication_group_id", DescribeReplicationGroups=words)


@collector(
    "aws_elasticache_cluster",
    Call(
        "elasticache",
        "DescribeCacheClusters",
        each="CacheClusters",
        take={
            "arn": "ARN",
            "cluster_id": "CacheClusterId",
            "engine": "Engine",
            "engine_version": "EngineVersion",
            "status": "CacheClusterStatus",
            "replication_group_id": "ReplicationGroupId",
            "snapshot_retention_limit": "SnapshotRetentionLimit",
        },
    ),
)
def cache_clusters(row: Row) -> Seen:
    """One cache node group."""
    return row.seen(id="arn", name="cluster_id")


@collector(
    "elasticache_snapshot",
    Call(
        "elasticache",
        "DescribeSnapshots",
        each="Snapshots",
        take={
            "arn": "ARN",
            "name": "SnapshotName",
            "status": "SnapshotStatus",
            "source": "SnapshotSource",
            "replication_group_id": "ReplicationGroupId",
            "created": "NodeSnapshots[].SnapshotCreateTime",
        },
    ),
)
def cache_snapshots(row: Row) -> Seen:
    """A snapshot of a cache."""
    return row.seen(id="arn", name="name")
