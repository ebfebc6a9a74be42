"""Commands of the AWS CLI that create something: Terraform's type, the flag that names it, and renamed flags.

A flag that is not renamed becomes an attribute by rule (``--visibility-timeout`` is ``visibility_timeout``). ``a.0.b``
puts it into a block.
"""

from __future__ import annotations

from dataclasses import field

from launchbook.model.records import record
from launchbook.patterns import regex


@record()
class Makes:
    """What a command makes."""

    kind: str
    named_by: str
    renamed: dict[str, str] = field(default_factory=dict)
    name_as: str = "name"


_QUEUE = {
    "VisibilityTimeout": "visibility_timeout_seconds",
    "MessageRetentionPeriod": "message_retention_seconds",
    "DelaySeconds": "delay_seconds",
    "ReceiveMessageWaitTimeSeconds": "receive_wait_time_seconds",
    "RedrivePolicy": "redrive_policy",
    "FifoQueue": "fifo_queue",
    "KmsMasterKeyId": "kms_master_key_id",
}
_HEALTH = {
    "health-check-path": "health_check.0.path",
    "health-check-port": "health_check.0.port",
    "health-check-protocol": "health_check.0.protocol",
    "health-check-interval-seconds": "health_check.0.interval",
    "health-check-timeout-seconds": "health_check.0.timeout",
    "healthy-threshold-count": "health_check.0.healthy_threshold",
    "unhealthy-threshold-count": "health_check.0.unhealthy_threshold",
}
_DATABASE = {
    "db-instance-class": "instance_class",
    "master-username": "username",
    "master-user-password": "password",
    "preferred-backup-window": "backup_window",
    "vpc-security-group-ids": "vpc_security_group_ids",
}
#: Queue attributes come in one flag, as JSON or as ``A=1,B=2``.
ATTRIBUTES = {"aws_sqs_queue": _QUEUE}

MAKES: dict[tuple[str, str], Makes] = {
    ("sqs", "create-queue"): Makes("aws_sqs_queue", "queue-name"),
    ("sns", "create-topic"): Makes("aws_sns_topic", "name"),
    ("sns", "subscribe"): Makes(
        "aws_sns_topic_subscription", "topic-arn", {"notification-endpoint": "endpoint"}, "topic_arn"
    ),
    ("s3", "mb"): Makes("aws_s3_bucket", "", name_as="bucket"),
    ("s3api", "create-bucket"): Makes("aws_s3_bucket", "bucket", name_as="bucket"),
    ("logs", "create-log-group"): Makes("aws_cloudwatch_log_group", "log-group-name"),
    ("elbv2", "create-target-group"): Makes("aws_lb_target_group", "name", _HEALTH),
    ("elbv2", "create-load-balancer"): Makes("aws_lb", "name", {"type": "load_balancer_type"}),
    ("ecs", "create-cluster"): Makes("aws_ecs_cluster", "cluster-name"),
    ("ecs", "create-service"): Makes("aws_ecs_service", "service-name"),
    ("ecr", "create-repository"): Makes("aws_ecr_repository", "repository-name"),
    ("eks", "create-cluster"): Makes("aws_eks_cluster", "name"),
    ("dynamodb", "create-table"): Makes("aws_dynamodb_table", "table-name"),
    ("rds", "create-db-instance"): Makes(
        "aws_db_instance", "db-instance-identifier", _DATABASE, "identifier"
    ),
    ("rds", "create-db-cluster"): Makes(
        "aws_rds_cluster", "db-cluster-identifier", _DATABASE, "cluster_identifier"
    ),
    ("elasticache", "create-cache-cluster"): Makes(
        "aws_elasticache_cluster", "cache-cluster-id", {"cache-node-type": "node_type"}, "cluster_id"
    ),
    ("elasticache", "create-replication-group"): Makes(
        "aws_elasticache_replication_group",
        "replication-group-id",
        {"cache-node-type": "node_type"},
        "replication_group_id",
    ),
    ("lambda", "create-function"): Makes("aws_lambda_function", "function-name", name_as="function_name"),
    ("cloudwatch", "put-metric-alarm"): Makes(
        "aws_cloudwatch_metric_alarm", "alarm-name", name_as="alarm_name"
    ),
    ("cloudwatch", "put-dashboard"): Makes(
        "aws_cloudwatch_dashboard", "dashboard-name", name_as="dashboard_name"
    ),
    ("events", "put-rule"): Makes("aws_cloudwatch_event_rule", "name"),
    ("scheduler", "create-schedule"): Makes("aws_scheduler_schedule", "name"),
    ("iam", "create-role"): Makes("aws_iam_role", "role-name"),
    ("iam", "create-user"): Makes("aws_iam_user", "user-name"),
    ("iam", "create-access-key"): Makes("aws_iam_access_key", "user-name", name_as="user"),
    ("secretsmanager", "create-secret"): Makes("aws_secretsmanager_secret", "name"),
    ("ssm", "put-parameter"): Makes("aws_ssm_parameter", "name"),
    ("ec2", "create-vpc"): Makes("aws_vpc", ""),
    ("ec2", "create-security-group"): Makes("aws_security_group", "group-name"),
    ("ec2", "authorize-security-group-ingress"): Makes(
        "aws_security_group_rule", "group-id", {"cidr": "cidr_blocks"}, "security_group_id"
    ),
    ("ec2", "run-instances"): Makes("aws_instance", "", {"image-id": "ami"}),
    ("cloudfront", "create-distribution"): Makes(
        "aws_cloudfront_distribution", "", {"origin-domain-name": "origin.0.domain_name"}
    ),
    ("route53", "create-hosted-zone"): Makes("aws_route53_zone", "name"),
    ("sesv2", "create-email-identity"): Makes(
        "aws_sesv2_email_identity", "email-identity", name_as="email_identity"
    ),
    ("apprunner", "create-service"): Makes("aws_apprunner_service", "service-name", name_as="service_name"),
    ("lightsail", "create-container-service"): Makes("aws_lightsail_container_service", "service-name"),
    ("elasticbeanstalk", "create-environment"): Makes(
        "aws_elastic_beanstalk_environment", "environment-name"
    ),
    ("stepfunctions", "create-state-machine"): Makes("aws_sfn_state_machine", "name"),
    ("kinesis", "create-stream"): Makes("aws_kinesis_stream", "stream-name"),
    ("budgets", "create-budget"): Makes("aws_budgets_budget", ""),
}
#: Flags that say how the command runs, not what it makes; and flags whose values may be anything, secrets too.
NOT_ATTRIBUTES = frozenset(
    {"region", "profile", "output", "query", "endpoint-url", "no-cli-pager", "cli-input-json", "debug"}
    | {
        "environment",
        "value",
        "secret-string",
        "secret-binary",
        "user-data",
        "tags",
        "tag",
        "cli-binary-format",
    }
)
#: Options before the service that take no value; every other one takes one.
FLAGS = frozenset(
    {"debug", "v2-debug", "no-verify-ssl", "no-paginate", "no-sign-request", "no-cli-pager"}
    | {"cli-auto-prompt", "no-cli-auto-prompt", "version"}
)
#: Commands that make or configure something. What the second part names is data, or a run of what stands already.
CREATES = regex(r"(?:create|put)-(?P<what>[a-z0-9-]{2,60})")
NOT_MADE = regex(
    r"(?:.*-)?(?:items?|objects?|records?|events|metric-data|images?|snapshots?|backups?|tags|invalidation|deployment"
    r"|stack|stack-instances|change-set|change-batch|log-stream|version|token|session|job|upload|export|report|sync)"
)
#: How Terraform's type names begin for services that the command line calls otherwise.
PREFIXES = {
    "s3api": "s3_",
    "elbv2": "lb_",
    "ec2": "",
    "events": "cloudwatch_event_",
    "logs": "cloudwatch_log_",
}
