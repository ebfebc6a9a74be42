"""The attribute that holds a resource's name, for the types that do not call it ``name``."""

from __future__ import annotations

from collections.abc import Mapping

from launchbook.model import Value

_NAMES = {
    "aws_cloudwatch_metric_alarm": "alarm_name",
    "aws_cloudwatch_composite_alarm": "alarm_name",
    "aws_cloudwatch_dashboard": "dashboard_name",
    "aws_s3_bucket": "bucket",
    "aws_lambda_function": "function_name",
    "aws_ecs_task_definition": "family",
    "aws_db_instance": "identifier",
    "aws_rds_cluster": "cluster_identifier",
    "aws_rds_cluster_instance": "identifier",
    "aws_elasticache_replication_group": "replication_group_id",
    "aws_elasticache_cluster": "cluster_id",
    "aws_acm_certificate": "domain_name",
    "aws_budgets_budget": "name",
    "aws_ses_domain_identity": "domain",
    "aws_ses_email_identity": "email",
    "aws_sesv2_email_identity": "email_identity",
    "aws_kms_alias": "name",
    "aws_cloudwatch_event_target": "target_id",
    "aws_iam_user": "name",
}


def name_attribute(kind: str) -> str:
    """The attribute that holds the name of a resource of this type."""
    return _NAMES.get(kind, "name")


def name_of(kind: str, attributes: Mapping[str, Value]) -> str:
    """The name that a resource will have; empty when files do not decide it."""
    for key in (name_attribute(kind), "name"):
        value = attributes.get(key)
        if isinstance(value, str) and value:
            return value
    return ""
