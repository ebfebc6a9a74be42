"""The tier that a kind of fact belongs to, as an architect would draw it."""

from __future__ import annotations

import re
from typing import Literal, get_args

Tier = Literal["edge", "compute", "data", "async", "observability", "identity", "network"]
TIERS: tuple[Tier, ...] = get_args(Tier)

#: First match counts. What matches nothing is no part of an architecture: a setting, a page, an attachment.
_RULES: tuple[tuple[Tier, str], ...] = (
    ("observability", r"alarm|dashboard|aws_cloudwatch_log|metric|prometheus|^slo$|synthetics|budget|xray"),
    (
        "edge",
        r"cloudfront|lambda_edge|aws_(lb|alb|elb|api_gateway|apigatewayv2)(_|$)|route53|acm_|wafv2|global_accel",
    ),
    ("edge", r"^vercel_|^kubernetes_(ingress|service$)"),
    ("identity", r"^aws_iam_|secretsmanager|ssm_parameter|kms_|cognito|openid_connect"),
    (
        "data",
        r"aws_(db_|rds_|elasticache|s3_bucket$|dynamodb_table|efs_|docdb|opensearch|redshift|neptune|backup)",
    ),
    ("data", r"implied_store|kamal_accessory|persistent_volume|stateful_set|memorydb"),
    (
        "async",
        r"aws_(sqs|sns|cloudwatch_event|scheduler|kinesis|mq_|sfn_|pipes|ses)|cron_?job|_cron$|stand_in",
    ),
    ("network", r"aws_(vpc|subnet|route|internet_gateway|nat_gateway|eip|security_group|network|default_)"),
    (
        "compute",
        r"aws_(ecs|eks|lambda|amplify|instance|launch|autoscaling|appautoscaling|batch|apprunner|ecr|codebuild)",
    ),
    (
        "compute",
        r"kubernetes_(deployment|pod|daemon|job|horizontal)|compose_service|^cdk_|serverless|elastic_beanstalk_(app|env)|kamal_service|procfile_",
    ),
)


def tier_of(kind: str) -> Tier | None:
    """The tier of a type name such as ``aws_sqs_queue``; None for what no picture shows."""
    return next((tier for tier, pattern in _RULES if re.search(pattern, kind)), None)
