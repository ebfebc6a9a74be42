"""Secrets and parameters: that they exist, under which name; never a value."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector


@collector(
    "aws_secretsmanager_secret",
    Call(
        "secretsmanager",
        "ListSecrets",
        each="SecretList",
        given={"IncludePlannedDeletion": True},
        take={
            "arn": "ARN",
            "name": "Name",
            "rotation_enabled": "RotationEnabled",
            "last_rotated": "LastRotatedDate",
            "last_accessed": "LastAccessedDate",
            "deleted": "DeletedDate",
        },
    ),
)
def secrets(row: Row) -> Seen:
    """A secret by name; one that waits for its deletion says since when."""
    seen = row.seen(id="arn", name="name")
    return Seen(seen.id, str(row.get("ListSecrets", "Name")), seen.attributes)


@collector(
    "aws_ssm_parameter",
    Call(
        "ssm",
        "DescribeParameters",
        each="Parameters",
        take={"name": "Name", "type": "Type", "last_modified": "LastModifiedDate"},
    ),
)
def parameters(row: Row) -> Seen:
    """A parameter by name."""
    seen = row.seen(id="name", name="name")
    return Seen(seen.id, str(row.get("DescribeParameters", "Name")), seen.attributes)
