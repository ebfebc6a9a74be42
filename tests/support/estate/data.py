"""Databases, caches, buckets, tables, their backups."""

from __future__ import annotations

from typing import Any

from launchbook.model import Fact
from tests.support.estate.builder import ACCOUNT, Estate, block, document, maker, only


@maker("aws_s3_bucket")
def bucket(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    estate.client("s3", "us-east-1").create_bucket(Bucket=given["bucket"])
    name = given["bucket"]
    return {"id": name, "arn": f"arn:aws:s3:::{name}", "domain_name": f"{name}.s3.amazonaws.com"}


@maker("aws_s3_bucket_versioning")
def versioning(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    status = block(given["versioning_configuration"])["status"]
    estate.client("s3", "us-east-1").put_bucket_versioning(
        Bucket=given["bucket"], VersioningConfiguration={"Status": status}
    )
    return {}


@maker("aws_s3_bucket_public_access_block")
def public_access(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    keys = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    estate.client("s3", "us-east-1").put_public_access_block(
        Bucket=given["bucket"],
        PublicAccessBlockConfiguration={
            name: bool(given.get(key)) for name, key in zip(names, keys, strict=True)
        },
    )
    return {}


@maker("aws_s3_bucket_policy")
def bucket_policy(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    statement = given["policy"]["Statement"][0] | {"Resource": f"arn:aws:s3:::{given['bucket']}/*"}
    statement["Condition"] = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    estate.client("s3", "us-east-1").put_bucket_policy(
        Bucket=given["bucket"], Policy=document({**given["policy"], "Statement": [statement]})
    )
    return {}


@maker("aws_dynamodb_table")
def table(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    dynamodb, name = estate.client("dynamodb", region), given["name"]
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": given["hash_key"], "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": one["name"], "AttributeType": one["type"]} for one in given["attribute"]
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    if block(given.get("point_in_time_recovery")).get("enabled"):
        dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    return {"id": name, "name": name}


@maker("aws_db_subnet_group")
def database_subnets(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    estate.client("rds", region).create_db_subnet_group(
        DBSubnetGroupName=given["name"], DBSubnetGroupDescription="private", SubnetIds=given["subnet_ids"]
    )
    return {"id": given["name"], "name": given["name"]}


@maker("aws_db_instance")
def database(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    name = given["identifier"]
    estate.client("rds", region).create_db_instance(
        DBInstanceIdentifier=name,
        Engine=given["engine"],
        EngineVersion=given["engine_version"],
        DBInstanceClass=given["instance_class"],
        DBName=given["db_name"],
        MasterUsername=given["username"],
        ManageMasterUserPassword=True,
        AllocatedStorage=given["allocated_storage"],
        StorageEncrypted=bool(given.get("storage_encrypted")),
        MultiAZ=bool(given.get("multi_az")),
        PubliclyAccessible=bool(given.get("publicly_accessible")),
        BackupRetentionPeriod=given.get("backup_retention_period") or 0,
        AutoMinorVersionUpgrade=given.get("auto_minor_version_upgrade", True),
        DeletionProtection=bool(given.get("deletion_protection")),
        **only(
            DBSubnetGroupName=given.get("db_subnet_group_name"),
            VpcSecurityGroupIds=given.get("vpc_security_group_ids"),
            PreferredBackupWindow=given.get("backup_window"),
            MaxAllocatedStorage=given.get("max_allocated_storage"),
        ),
    )
    return {"id": name, "identifier": name, "arn": f"arn:aws:rds:{region}:{ACCOUNT}:db:{name}"}


@maker("aws_elasticache_subnet_group")
def cache_subnets(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    estate.client("elasticache", region).create_cache_subnet_group(
        CacheSubnetGroupName=given["name"],
        CacheSubnetGroupDescription="private",
        SubnetIds=given["subnet_ids"],
    )
    return {"id": given["name"], "name": given["name"]}


@maker("aws_elasticache_replication_group")
def cache(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    name = given["replication_group_id"]
    estate.client("elasticache", region).create_replication_group(
        ReplicationGroupId=name,
        ReplicationGroupDescription=given["description"],
        Engine=given["engine"],
        EngineVersion=given["engine_version"],
        CacheNodeType=given["node_type"],
        NumCacheClusters=given["num_cache_clusters"],
        AutomaticFailoverEnabled=bool(given.get("automatic_failover_enabled")),
        MultiAZEnabled=bool(given.get("multi_az_enabled")),
        AtRestEncryptionEnabled=bool(given.get("at_rest_encryption_enabled")),
        TransitEncryptionEnabled=bool(given.get("transit_encryption_enabled")),
        SnapshotRetentionLimit=given.get("snapshot_retention_limit") or 0,
        **only(CacheSubnetGroupName=given.get("subnet_group_name")),
    )
    return {"id": name, "primary_endpoint_address": f"{name}.cache.example"}


@maker("aws_backup_vault")
def vault(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    estate.client("backup", region).create_backup_vault(BackupVaultName=given["name"])
    return {"id": given["name"], "name": given["name"]}


@maker("aws_backup_plan")
def plan(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    rules = [
        {
            "RuleName": one["rule_name"],
            "TargetBackupVaultName": one["target_vault_name"],
            "ScheduleExpression": one["schedule"],
            "Lifecycle": {"DeleteAfterDays": block(one["lifecycle"])["delete_after"]},
        }
        for one in given["rule"]
    ]
    made = estate.client("backup", region).create_backup_plan(
        BackupPlan={"BackupPlanName": given["name"], "Rules": rules}
    )
    return {"id": made["BackupPlanId"], "arn": made["BackupPlanArn"]}


@maker("aws_backup_selection")
def selection(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    estate.client("backup", region).create_backup_selection(
        BackupPlanId=given["plan_id"],
        BackupSelection={
            "SelectionName": given["name"],
            "IamRoleArn": given["iam_role_arn"],
            "Resources": given["resources"],
        },
    )
    return {}
