"""CDK's constructs by Terraform's types, with the properties that the rule of names does not fit."""

from __future__ import annotations

import re

from launchbook.model import Unread, Value

#: Attributes that count days; CDK's durations are seconds here.
IN_DAYS = frozenset(("backup_retention_period",))
_DAY = 86_400


def in_unit(path: str, value: Value) -> Value:
    """A duration as the attribute counts it."""
    return (
        value // _DAY if path in IN_DAYS and isinstance(value, int) and not isinstance(value, bool) else value
    )


_QUEUE = {
    "queueName": "name",
    "visibilityTimeout": "visibility_timeout_seconds",
    "retentionPeriod": "message_retention_seconds",
    "deadLetterQueue": "redrive_policy",
}
_FUNCTION = {
    "functionName": "function_name",
    "environment": "environment.0.variables",
    "memorySize": "memory_size",
}
_BALANCED = {
    "assignPublicIp": "network_configuration.0.assign_public_ip",
    "serviceName": "name",
    "taskImageOptions": "",
}
#: Module and class to Terraform's type and the properties that its rule of names does not fit.
CONSTRUCTS: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    ("aws-sqs", "Queue"): ("aws_sqs_queue", _QUEUE),
    ("aws-sns", "Topic"): ("aws_sns_topic", {"topicName": "name"}),
    ("aws-s3", "Bucket"): ("aws_s3_bucket", {"bucketName": "bucket", "versioned": "versioning.0.enabled"}),
    ("aws-lambda", "Function"): ("aws_lambda_function", _FUNCTION),
    ("aws-lambda-nodejs", "NodejsFunction"): ("aws_lambda_function", _FUNCTION),
    ("aws-dynamodb", "Table"): ("aws_dynamodb_table", {"tableName": "name"}),
    ("aws-cloudwatch", "Alarm"): ("aws_cloudwatch_metric_alarm", {"metric": ""}),
    ("aws-ec2", "Vpc"): ("aws_vpc", {}),
    ("aws-ec2", "SecurityGroup"): ("aws_security_group", {"securityGroupName": "name"}),
    ("aws-ecs", "Cluster"): ("aws_ecs_cluster", {"clusterName": "name"}),
    ("aws-ecs", "FargateService"): ("aws_ecs_service", _BALANCED),
    ("aws-ecs", "FargateTaskDefinition"): ("aws_ecs_task_definition", {}),
    ("aws-ecs-patterns", "ApplicationLoadBalancedFargateService"): ("aws_ecs_service", _BALANCED),
    ("aws-ecs-patterns", "QueueProcessingFargateService"): ("aws_ecs_service", _BALANCED),
    ("aws-elasticloadbalancingv2", "ApplicationLoadBalancer"): ("aws_lb", {"loadBalancerName": "name"}),
    ("aws-elasticloadbalancingv2", "ApplicationTargetGroup"): (
        "aws_lb_target_group",
        {"healthCheck": "health_check"},
    ),
    ("aws-rds", "DatabaseInstance"): (
        "aws_db_instance",
        {
            "instanceIdentifier": "identifier",
            "multiAz": "multi_az",
            "backupRetention": "backup_retention_period",
        },
    ),
    ("aws-events", "Rule"): (
        "aws_cloudwatch_event_rule",
        {"ruleName": "name", "schedule": "schedule_expression"},
    ),
    ("aws-logs", "LogGroup"): (
        "aws_cloudwatch_log_group",
        {"logGroupName": "name", "retention": "retention_in_days"},
    ),
    ("aws-ecr", "Repository"): (
        "aws_ecr_repository",
        {"repositoryName": "name", "imageScanOnPush": "scan_on_push"},
    ),
    ("aws-apigateway", "RestApi"): ("aws_api_gateway_rest_api", {"restApiName": "name"}),
    ("aws-apigateway", "LambdaRestApi"): ("aws_api_gateway_rest_api", {"restApiName": "name"}),
    ("aws-apigatewayv2", "HttpApi"): ("aws_apigatewayv2_api", {"apiName": "name"}),
    ("aws-lambda-python-alpha", "PythonFunction"): ("aws_lambda_function", _FUNCTION),
    ("aws-lambda", "DockerImageFunction"): ("aws_lambda_function", _FUNCTION),
    ("aws-dynamodb", "TableV2"): ("aws_dynamodb_table", {"tableName": "name"}),
    ("aws-ecs-patterns", "ScheduledFargateTask"): ("aws_ecs_task_definition", {"taskImageOptions": ""}),
    ("aws-rds", "DatabaseCluster"): ("aws_rds_cluster", {"clusterIdentifier": "cluster_identifier"}),
    ("aws-elasticache", "CfnReplicationGroup"): ("aws_elasticache_replication_group", {}),
    ("aws-eks", "Cluster"): ("aws_eks_cluster", {"clusterName": "name"}),
    ("aws-cognito", "UserPool"): ("aws_cognito_user_pool", {"userPoolName": "name"}),
    ("aws-stepfunctions", "StateMachine"): ("aws_sfn_state_machine", {"stateMachineName": "name"}),
    ("aws-kinesis", "Stream"): ("aws_kinesis_stream", {"streamName": "name"}),
    ("aws-events", "EventBus"): ("aws_cloudwatch_event_bus", {"eventBusName": "name"}),
    ("aws-cloudfront", "Distribution"): ("aws_cloudfront_distribution", {}),
    ("aws-iam", "Role"): ("aws_iam_role", {"roleName": "name"}),
    ("aws-secretsmanager", "Secret"): ("aws_secretsmanager_secret", {"secretName": "name"}),
}


def put(into: dict[str, Value], path: list[str], value: Value) -> None:
    """Set a value at a path; ``a.0.b`` makes a block of it."""
    if len(path) == 1:
        into[path[0]] = value
        return
    inside: dict[str, Value] = {}
    known = into.setdefault(path[0], [inside])
    first = known[0] if isinstance(known, list) and known else None
    if isinstance(first, dict):
        put(first, path[2:], value)


def runtime_named(name: str) -> Value:
    """``NODEJS_20_X`` as ``nodejs20.x``, ``PYTHON_3_12`` as ``python3.12``."""
    node = re.fullmatch(r"NODEJS_(\d+)_X", name)
    other = re.fullmatch(r"(PYTHON|RUBY|DOTNET|JAVA)_(\d+)(?:_(\d+))?", name)
    if node:
        return f"nodejs{node.group(1)}.x"
    if other:
        return f"{other.group(1).lower()}{other.group(2)}" + (f".{other.group(3)}" if other.group(3) else "")
    return Unread(f"the runtime {name}")
