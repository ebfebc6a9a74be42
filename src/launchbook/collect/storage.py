"""Buckets and tables: whether they keep versions, encrypt, and can be restored."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.model import Unread, Value


@collector(
    "aws_s3_bucket",
    Call("s3", "ListBuckets", each="Buckets", take={"bucket": "Name", "created": "CreationDate"}),
    Call(
        "s3",
        "GetBucketLocation",
        given={"Bucket": "$ListBuckets.Name"},
        take={"region": "LocationConstraint"},
    ),
    Call(
        "s3",
        "GetBucketVersioning",
        given={"Bucket": "$ListBuckets.Name"},
        take={"versioning_status": "Status"},
        may_be_empty=True,  # a bucket that never kept versions
    ),
    Call(
        "s3",
        "GetBucketEncryption",
        given={"Bucket": "$ListBuckets.Name"},
        take={
            "encryption": "ServerSideEncryptionConfiguration.Rules[].ApplyServerSideEncryptionByDefault.SSEAlgorithm"
        },
        none_codes=("ServerSideEncryptionConfigurationNotFoundError",),
    ),
    Call(
        "s3",
        "GetPublicAccessBlock",
        always=[
            "PublicAccessBlockConfiguration.BlockPublicAcls",
            "PublicAccessBlockConfiguration.BlockPublicPolicy",
            "PublicAccessBlockConfiguration.IgnorePublicAcls",
            "PublicAccessBlockConfiguration.RestrictPublicBuckets",
        ],
        given={"Bucket": "$ListBuckets.Name"},
        take={
            "block_public_acls": "PublicAccessBlockConfiguration.BlockPublicAcls",
            "block_public_policy": "PublicAccessBlockConfiguration.BlockPublicPolicy",
            "ignore_public_acls": "PublicAccessBlockConfiguration.IgnorePublicAcls",
            "restrict_public_buckets": "PublicAccessBlockConfiguration.RestrictPublicBuckets",
        },
        none_codes=("NoSuchPublicAccessBlockConfiguration",),
    ),
    scope="global",
)
def buckets(row: Row) -> Seen:
    """A bucket. AWS leaves the region out for us-east-1 and the status out for a bucket that never kept versions."""
    region, status = (
        row.get("GetBucketLocation", "LocationConstraint"),
        row.get("GetBucketVersioning", "Status"),
    )
    versioning: Value = status if isinstance(status, Unread) else [{"enabled": status == "Enabled"}]
    name = row.get("ListBuckets", "Name")
    return row.seen(
        id="arn",
        name="bucket",
        ListBuckets={"arn": f"arn:aws:s3:::{name}"},
        GetBucketLocation={"region": "us-east-1" if region is None else region},
        GetBucketVersioning={"versioning": versioning},
    )


@collector(
    "aws_dynamodb_table",
    Call("dynamodb", "ListTables", each="TableNames", take={"name": ""}),
    Call(
        "dynamodb",
        "DescribeTable",
        given={"TableName": "$ListTables"},
        take={
            "arn": "Table.TableArn",
            "status": "Table.TableStatus",
            "deletion_protection_enabled": "Table.DeletionProtectionEnabled",
        },
    ),
    Call(
        "dynamodb",
        "DescribeContinuousBackups",
        given={"TableName": "$ListTables"},
        take={
            "pitr": "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus"
        },
    ),
)
def tables(row: Row) -> Seen:
    """A DynamoDB table and whether it can be restored to a point in time."""
    operation = "DescribeContinuousBackups"
    status = row.get(
        operation, "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus"
    )
    recovery: Value = [{"enabled": status == "ENABLED"}] if isinstance(status, str) else status
    return row.seen(id="arn", name="name", DescribeContinuousBackups={"point_in_time_recovery": recovery})
