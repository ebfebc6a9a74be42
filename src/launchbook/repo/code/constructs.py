"""CDK's constructs by Terraform's types, with the properties that the rule of names does not fit."""

from __future__ import annotations

import re

from launchbook.model import Unread, Value
from launchbook.patterns import regex
from launchbook.repo.cloudformation.types import TYPES, terraform_type

#: Attributes that count days; CDK's durations are seconds here.
IN_DAYS = frozenset(("backup_retention_period",))
_DAY = 86_400


def in_unit(path: str, value: Value) -> Value:
    """A duration as the attribute counts it."""
    return (
        value // _DAY if path in IN_DAYS and isinstance(value, int) and not isinstance(value, bool) else value
    )


#: The namespace of a construct's own metrics, and the dimension that names it.
METRICS = {
    "aws_sqs_queue": ("AWS/SQS", "QueueName"),
    "aws_lambda_function": ("AWS/Lambda", "FunctionName"),
    "aws_sns_topic": ("AWS/SNS", "TopicName"),
    "aws_dynamodb_table": ("AWS/DynamoDB", "TableName"),
}
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
        {"ruleName": "name", "schedule": "schedule_expression", "enabled": "is_enabled"},
    ),
    ("aws-scheduler", "Schedule"): (
        "aws_scheduler_schedule",
        {"scheduleName": "name", "schedule": "schedule_expression", "enabled": "is_enabled"},
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
CONSTRUCTS |= {
    (f"aws-{module}", name): (kind, {})
    for kind, module, names in (
        ("aws_ecs_service", "ecs", "Ec2Service ExternalService"),
        ("aws_ecs_task_definition", "ecs", "Ec2TaskDefinition TaskDefinition ExternalTaskDefinition"),
        ("aws_lb", "elasticloadbalancingv2", "NetworkLoadBalancer"),
        ("aws_lb_target_group", "elasticloadbalancingv2", "NetworkTargetGroup"),
        ("aws_lb_listener", "elasticloadbalancingv2", "ApplicationListener NetworkListener"),
        ("aws_db_instance", "rds", "DatabaseInstanceFromSnapshot DatabaseInstanceReadReplica"),
        ("aws_rds_cluster", "rds", "ServerlessCluster DatabaseClusterFromSnapshot"),
        ("aws_db_proxy", "rds", "DatabaseProxy"),
        ("aws_route53_zone", "route53", "PublicHostedZone PrivateHostedZone"),
        ("aws_route53_record", "route53", "ARecord AaaaRecord CnameRecord TxtRecord MxRecord"),
        ("aws_acm_certificate", "certificatemanager", "DnsValidatedCertificate"),
        ("aws_ssm_parameter", "ssm", "StringParameter StringListParameter"),
        ("aws_vpc_endpoint", "ec2", "InterfaceVpcEndpoint GatewayVpcEndpoint"),
        ("aws_instance", "ec2", "BastionHostLinux"),
        ("aws_codepipeline", "codepipeline", "CodePipeline"),
        ("aws_lambda_function", "lambda", "SingletonFunction"),
        ("aws_lambda_function", "lambda-go-alpha", "GoFunction"),
        ("aws_cloudfront_distribution", "cloudfront", "CloudFrontWebDistribution"),
        ("aws_apigatewayv2_api", "apigatewayv2", "WebSocketApi"),
        ("aws_api_gateway_rest_api", "apigateway", "SpecRestApi StepFunctionsRestApi"),
    )
    for name in names.split()
}
CONSTRUCTS |= {
    ("aws-ecs-patterns", f"{which}{of}{where}"): ("aws_ecs_service", _BALANCED)
    for which in ("Application", "Network")
    for of in ("LoadBalanced", "MultipleTargetGroups")
    for where in ("FargateService", "Ec2Service", "ExternalService")
}
CONSTRUCTS |= {
    ("pipelines", "CodePipeline"): ("aws_codepipeline", {"pipelineName": "name"}),
    ("aws-ecs-patterns", "QueueProcessingEc2Service"): ("aws_ecs_service", _BALANCED),
    ("aws-ecs-patterns", "ScheduledEc2Task"): ("aws_ecs_task_definition", {}),
}
#: Modules whose classes help others and are no resource, or none that anybody would draw.
_HELPERS = regex(
    r"core|assertions|custom-resources|pipelines|triggers|.*-(?:targets|origins|assets|deployment|integrations|"
    r"authorizers|actions|destinations|subscriptions|event-sources|tasks)"
)
_STATES = frozenset(
    ["Pass", "Choice", "Wait", "Map", "Parallel", "Succeed", "Fail", "DistributedMap", "CustomState"]
)
_SERVICES = {kind.split("::")[1].lower(): kind.split("::")[1] for kind in TYPES}


def construct(module: str, name: str) -> tuple[str, dict[str, str]] | None:
    """Terraform's type of a class in a module of the CDK (``aws-sqs``, ``Queue``); None for what is no resource.

    A class that is not listed has the type of the CloudFormation resource of its name, as most classes do.
    """
    stable = module.removesuffix("-alpha")
    known = CONSTRUCTS.get((module, name)) or CONSTRUCTS.get((stable, name))
    service = stable.removeprefix("aws-").replace("-", "")
    if known is not None or not module.startswith("aws-") or _HELPERS.fullmatch(module) or name in _STATES:
        return known
    kind = terraform_type(f"AWS::{_SERVICES.get(service, service.title())}::{name.removeprefix('Cfn')}")
    return kind, {}


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
