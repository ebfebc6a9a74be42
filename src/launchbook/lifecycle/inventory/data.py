"""What keeps data: databases and their copies, buckets, tables, caches, disks, backups."""

from __future__ import annotations

from launchbook.lifecycle.inventory.declare import Listing, Values, called, gone, listing, named
from launchbook.model import Value

_RECURRING = ("default.", "default:", "default-")


def _automatic_vault(row: Values) -> str:
    return "made by AWS Backup itself" if row["id"] in ("Default", "aws/efs/automatic-backup-vault") else ""


def _of_its_database(row: Values) -> str:
    """An active automated backup is a part of its instance, which is listed itself."""
    return "a part of its database" if row.get("status") in ("active", "creating") else ""


def _zoned(row: Values) -> dict[str, Value]:
    place = row.get("region")
    return {"region": "us-east-1" if place is None else place, "arn": f"arn:aws:s3:::{row['id']}"}


LISTINGS: tuple[Listing, ...] = (
    listing(
        "aws_db_instance",
        called(
            "rds", "DescribeDBInstances", "DBInstances", pairs="TagList", id="DBInstanceIdentifier",
            arn="DBInstanceArn", also="DbiResourceId", state="DBInstanceStatus", created="InstanceCreateTime",
            engine="Engine", instance_class="DBInstanceClass", multi_az="MultiAZ", storage_type="StorageType",
            allocated_storage="AllocatedStorage", protected="DeletionProtection",
        ),
    ),
    listing(
        "aws_db_snapshot",
        called(
            "rds", "DescribeDBSnapshots", "DBSnapshots", pairs="TagList", id="DBSnapshotIdentifier",
            arn="DBSnapshotArn", state="Status", snapshot_type="SnapshotType", created="SnapshotCreateTime",
            allocated_storage="AllocatedStorage", of="DBInstanceIdentifier",
        ),
    ),
    listing(
        "aws_db_instance_automated_backup",
        called(
            "rds", "DescribeDBInstanceAutomatedBackups", "DBInstanceAutomatedBackups", id="DbiResourceId",
            arn="DBInstanceAutomatedBackupsArn", name="DBInstanceIdentifier", status="Status",
            allocated_storage="AllocatedStorage", created="InstanceCreateTime",
        ),
        of_aws=_of_its_database,
    ),
    listing(
        "aws_rds_cluster",
        called(
            "rds", "DescribeDBClusters", "DBClusters", pairs="TagList", id="DBClusterIdentifier",
            arn="DBClusterArn", state="Status", created="ClusterCreateTime", engine="Engine",
            protected="DeletionProtection",
        ),
    ),
    listing(
        "aws_db_cluster_snapshot",
        called(
            "rds", "DescribeDBClusterSnapshots", "DBClusterSnapshots", pairs="TagList",
            id="DBClusterSnapshotIdentifier", arn="DBClusterSnapshotArn", state="Status",
            created="SnapshotCreateTime", snapshot_type="SnapshotType",
        ),
    ),
    listing(
        "aws_db_subnet_group",
        called(
            "rds", "DescribeDBSubnetGroups", "DBSubnetGroups", id="DBSubnetGroupName", arn="DBSubnetGroupArn",
        ),
        of_aws=lambda row: "the account's own" if row["id"] == "default" else "",
        tags=called("rds", "ListTagsForResource", given={"ResourceName": "$arn"}, pairs="TagList"),
    ),
    listing(
        "aws_db_parameter_group",
        called(
            "rds", "DescribeDBParameterGroups", "DBParameterGroups", id="DBParameterGroupName",
            arn="DBParameterGroupArn",
        ),
        of_aws=named(*_RECURRING),
        tags=called("rds", "ListTagsForResource", given={"ResourceName": "$arn"}, pairs="TagList"),
    ),
    listing(
        "aws_db_option_group",
        called("rds", "DescribeOptionGroups", "OptionGroupsList", id="OptionGroupName", arn="OptionGroupArn"),
        of_aws=named(*_RECURRING),
        tags=called("rds", "ListTagsForResource", given={"ResourceName": "$arn"}, pairs="TagList"),
    ),
    listing(
        "aws_s3_bucket",
        called("s3", "ListBuckets", "Buckets", id="Name", name="Name", created="CreationDate"),
        called(
            "s3", "GetBucketLocation", given={"Bucket": "$ListBuckets.Name"}, region="LocationConstraint",
            none_codes=("NoSuchBucket",),
        ),
        scope="global",
        shape=_zoned,
        tags=called(
            "s3", "GetBucketTagging", given={"Bucket": "$id"}, pairs="TagSet", none_codes=("NoSuchTagSet",),
        ),
    ),
    listing(
        "aws_dynamodb_table",
        called("dynamodb", "ListTables", "TableNames"),
        called(
            "dynamodb", "DescribeTable", given={"TableName": "$ListTables"}, id="Table.TableName",
            arn="Table.TableArn", state="Table.TableStatus", created="Table.CreationDateTime",
            billing_mode="Table.BillingModeSummary.BillingMode",
            read_capacity="Table.ProvisionedThroughput.ReadCapacityUnits",
            write_capacity="Table.ProvisionedThroughput.WriteCapacityUnits",
            protected="Table.DeletionProtectionEnabled",
        ),
        tags=called("dynamodb", "ListTagsOfResource", given={"ResourceArn": "$arn"}, pairs="Tags"),
    ),
    listing(
        "dynamodb_backup",
        called(
            "dynamodb", "ListBackups", "BackupSummaries", id="BackupArn", arn="BackupArn", name="BackupName",
            state="BackupStatus", created="BackupCreationDateTime",
        ),
        of_aws=gone("DELETED"),
    ),
    listing(
        "aws_elasticache_cluster",
        called(
            "elasticache", "DescribeCacheClusters", "CacheClusters", id="CacheClusterId", arn="ARN",
            state="CacheClusterStatus", created="CacheClusterCreateTime", node_type="CacheNodeType",
            num_cache_nodes="NumCacheNodes",
        ),
        tags=called("elasticache", "ListTagsForResource", given={"ResourceName": "$arn"}, pairs="TagList"),
    ),
    listing(
        "aws_elasticache_replication_group",
        called(
            "elasticache", "DescribeReplicationGroups", "ReplicationGroups", id="ReplicationGroupId", arn="ARN",
            state="Status", created="ReplicationGroupCreateTime",
        ),
        tags=called("elasticache", "ListTagsForResource", given={"ResourceName": "$arn"}, pairs="TagList"),
    ),
    listing(
        "elasticache_snapshot",
        called("elasticache", "DescribeSnapshots", "Snapshots", id="SnapshotName", arn="ARN", state="SnapshotStatus"),
    ),
    listing(
        "aws_elasticache_subnet_group",
        called(
            "elasticache", "DescribeCacheSubnetGroups", "CacheSubnetGroups", id="CacheSubnetGroupName", arn="ARN",
        ),
        of_aws=lambda row: "the account's own" if row["id"] == "default" else "",
    ),
    listing(
        "aws_efs_file_system",
        called(
            "efs", "DescribeFileSystems", "FileSystems", pairs="Tags", id="FileSystemId", name="Name",
            arn="FileSystemArn", state="LifeCycleState", created="CreationTime",
        ),
        of_aws=gone("deleted"),
    ),
    listing(
        "aws_backup_vault",
        called(
            "backup", "ListBackupVaults", "BackupVaultList", id="BackupVaultName", arn="BackupVaultArn",
            created="CreationDate", recovery_points="NumberOfRecoveryPoints",
        ),
        of_aws=_automatic_vault,
        tags=called("backup", "ListTags", given={"ResourceArn": "$arn"}, tags="Tags*"),
    ),
    listing(
        "backup_recovery_point",
        called("backup", "ListBackupVaults", "BackupVaultList", vault="BackupVaultName"),
        called(
            "backup", "ListRecoveryPointsByBackupVault", "RecoveryPoints",
            given={"BackupVaultName": "$ListBackupVaults.BackupVaultName"}, id="RecoveryPointArn",
            arn="RecoveryPointArn", created="CreationDate", state="Status", bytes="BackupSizeInBytes",
        ),
        of_aws=gone("DELETING"),
    ),
    listing(
        "aws_backup_plan",
        called(
            "backup", "ListBackupPlans", "BackupPlansList", id="BackupPlanId", name="BackupPlanName",
            arn="BackupPlanArn", created="CreationDate",
        ),
        of_aws=named("aws/"),
        tags=called("backup", "ListTags", given={"ResourceArn": "$arn"}, tags="Tags*"),
    ),
    listing(
        "aws_kinesis_stream",
        called("kinesis", "ListStreams", "StreamNames", id="", name=""),
    ),
    listing(
        "aws_opensearch_domain",
        called("opensearch", "ListDomainNames", "DomainNames", id="DomainName", name="DomainName"),
    ),
)  # fmt: skip
