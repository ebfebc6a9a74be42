"""The IAM action that an operation takes, where it is not simply the operation's own name.

Source: AWS's Service Authorization Reference.
"""

from __future__ import annotations

#: botocore service -> IAM prefix
PREFIXES = {
    "application-autoscaling": "application-autoscaling",
    "budgets": "budgets",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "opensearch": "es",
    "resourcegroupstaggingapi": "tag",
    "sesv2": "ses",
    "stepfunctions": "states",
}

#: (service, operation) -> the actions it takes
ACTIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("s3", "ListBuckets"): ("s3:ListAllMyBuckets",),
    ("s3", "GetBucketEncryption"): ("s3:GetEncryptionConfiguration",),
    ("s3", "GetPublicAccessBlock"): ("s3:GetBucketPublicAccessBlock",),
    ("s3", "GetBucketLifecycleConfiguration"): ("s3:GetLifecycleConfiguration",),
    ("s3", "ListObjectVersions"): ("s3:ListBucketVersions",),
    ("budgets", "DescribeBudgets"): ("budgets:ViewBudget",),
    ("budgets", "DescribeNotificationsForBudget"): ("budgets:ViewBudget",),
    ("apigateway", "GetRestApis"): ("apigateway:GET",),
    ("apigatewayv2", "GetApis"): ("apigateway:GET",),
    ("sts", "GetCallerIdentity"): (),  # AWS answers it to everybody
}


def iam_actions(service: str, operation: str) -> tuple[str, ...]:
    """Every IAM action that an operation takes; none for the one call that needs no permission."""
    named = ACTIONS.get((service, operation))
    if named is not None:
        return named
    return (f"{PREFIXES.get(service, service)}:{operation}",)


def iam_action(service: str, operation: str) -> str:
    """The IAM actions of an operation as text, for a message."""
    return " and ".join(iam_actions(service, operation)) or "no permission"
