"""Databases and their snapshots."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector


@collector(
    "aws_db_instance",
    Call(
        "rds",
        "DescribeDBInstances",
        always=[
            "MultiAZ",
            "BackupRetentionPeriod",
            "StorageEncrypted",
            "PubliclyAccessible",
            "DeletionProtection",
            "AutoMinorVersionUpgrade",
        ],
        each="DBInstances",
        take={
            "arn": "DBInstanceArn",
            "identifier": "DBInstanceIdentifier",
            "resource_id": "DbiResourceId",
            "db_cluster_identifier": "DBClusterIdentifier",
            "availability_zone": "AvailabilityZone",
            "status": "DBInstanceStatus",
            "engine": "Engine",
            "engine_version": "EngineVersion",
            "instance_class": "DBInstanceClass",
            "multi_az": "MultiAZ",
            "backup_retention_period": "BackupRetentionPeriod",
            "storage_encrypted": "StorageEncrypted",
            "publicly_accessible": "PubliclyAccessible",
            "deletion_protection": "DeletionProtection",
            "auto_minor_version_upgrade": "AutoMinorVersionUpgrade",
            "allocated_storage": "AllocatedStorage",
            "max_allocated_storage": "MaxAllocatedStorage",
            "latest_restorable_time": "LatestRestorableTime",
            "replicate_source_db": "ReadReplicaSourceDBInstanceIdentifier",
            "vpc_id": "DBSubnetGroup.VpcId",
            "subnet_ids": "DBSubnetGroup.Subnets[].SubnetIdentifier",
            "vpc_security_group_ids": "VpcSecurityGroups[].VpcSecurityGroupId",
            "address": "Endpoint.Address",
            "port": "Endpoint.Port",
        },
    ),
)
def db_instances(row: Row) -> Seen:
    """A database instance; its settings, never its user's password."""
    return row.seen(id="arn", name="identifier")


@collector(
    "aws_db_snapshot",
    Call(
        "rds",
        "DescribeDBSnapshots",
        always=["Encrypted"],
        each="DBSnapshots",
        take={
            "arn": "DBSnapshotArn",
            "db_snapshot_identifier": "DBSnapshotIdentifier",
            "db_instance_identifier": "DBInstanceIdentifier",
            "snapshot_type": "SnapshotType",
            "status": "Status",
            "snapshot_create_time": "SnapshotCreateTime",
            "encrypted": "Encrypted",
            "allocated_storage": "AllocatedStorage",
        },
    ),
)
def db_snapshots(row: Row) -> Seen:
    """A snapshot, manual or automated, with the instance it was taken of."""
    return row.seen(id="arn", name="db_snapshot_identifier")


@collector(
    "aws_db_instance_automated_backup",
    Call(
        "rds",
        "DescribeDBInstanceAutomatedBackups",
        each="DBInstanceAutomatedBackups",
        take={
            "arn": "DBInstanceAutomatedBackupsArn",
            "db_instance_identifier": "DBInstanceIdentifier",
            "status": "Status",
            "retention_period": "BackupRetentionPeriod",
            "earliest_time": "RestoreWindow.EarliestTime",
            "latest_time": "RestoreWindow.LatestTime",
        },
    ),
)
def db_automated_backups(row: Row) -> Seen:
    """Backups that outlive or accompany an instance, with the window they can restore."""
    return row.seen(id="arn", name="db_instance_identifier")
