"""The tier that a kind of fact belongs to, as an architect would draw it."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, get_args

Tier = Literal["edge", "compute", "data", "async", "observability", "identity", "network"]
TIERS: tuple[Tier, ...] = get_args(Tier)

#: First match counts. What matches nothing is no part of an architecture: a setting, a page, an attachment.
_RULES: tuple[tuple[Tier, str], ...] = (
    (
        "observability",
        r"alarm|dashboard|aws_cloudwatch_(?!event)|metric|prometheus|^slo$|synthetics|budget|xray|aws_cloudtrail"
        r"|grafana|aws_rum_|aws_config_|aws_chatbot",
    ),
    (
        "edge",
        r"cloudfront|lambda_edge|aws_(lb|alb|elb|api_gateway|apigatewayv2|appsync)(_|$)|route53|acm_|wafv2|global_?accel"
        r"|aws_waf|aws_shield|aws_vpclattice",
    ),
    ("edge", r"^vercel_|^cloudflare_|^kubernetes_(ingress|gateway|http_route|service(_v\d)?$)"),
    (
        "identity",
        r"^aws_iam_|secretsmanager|ssm_parameter|kms_|cognito|openid_connect|aws_(guardduty|securityhub|inspector|macie|"
        r"organizations|ssoadmin|identitystore|acmpca|ram|accessanalyzer|signer|detective|verifiedpermissions)",
    ),
    (
        "data",
        r"aws_(db_|rds_|elasticache|s3_bucket$|s3_access|s3tables|dynamodb_(?!kinesis)|efs_|docdb|opensearch|elasticsearch|"
        r"redshift|neptune|backup|ebs_|volume_attach|fsx_|dax_|timestream|keyspaces|qldb|athena|glue_catalog|lakeformation|"
        r"dms_|datasync|storagegateway|transfer|s3vectors|lightsail_database|quicksight|kendra|sdb_)",
    ),
    (
        "data",
        r"implied_store|kamal_accessory|persistent_volume|stateful_set|memorydb|^mongodbatlas_|^snowflake_",
    ),
    (
        "async",
        r"aws_(sqs|sns|cloudwatch_event|scheduler|schemas|kinesis|mq_|msk|sfn_|pipes|ses|pinpoint|iot|appflow|"
        r"s3_bucket_notification)|cron_?job|_cron$|stand_in|^kubernetes_(queue|topic|scaled_(object|job))$",
    ),
    (
        "network",
        r"aws_(vpc|subnet|route|internet_gateway|egress_only|nat_gateway|eip|security_group|network|default_|flow_log|"
        r"vpn|customer_gateway|dx_|ec2_(transit|client_vpn|managed_prefix|network|carrier)|service_discovery|appmesh)",
    ),
    (
        "compute",
        r"aws_(ecs|eks|lambda|amplify|instance|launch|autoscaling|appautoscaling|batch|apprunner|ecr|code|spot|ec2_fleet|"
        r"emr|sagemaker|bedrock|glue|mwaa|lightsail|workspaces|appstream|imagebuilder|gamelift|opsworks|ami|key_pair|"
        r"placement|serverlessapplicationrepository|lex|connect|proton|m2_)",
    ),
    (
        "compute",
        r"kubernetes_(deployment|rollout|pod|daemon|job|horizontal|replica)|compose_service|^cdk_|serverless|"
        r"elastic_beanstalk_(app|env)|kamal_service|procfile_|^helm_release|^docker_(container|service)",
    ),
)


@cache
def tier_of(kind: str) -> Tier | None:
    """The tier of a type name such as ``aws_sqs_queue``; None for what no picture shows."""
    return next((tier for tier, pattern in _RULES if re.search(pattern, kind)), None)
