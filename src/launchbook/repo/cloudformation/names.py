"""CloudFormation types and properties by Terraform's names, so that one check serves both.

A type that is not in ``TYPES`` is named by rule (``AWS::Foo::BarBaz`` is ``aws_foo_bar_baz``); a property that is not
in ``RENAMED`` too (``VisibilityTimeout`` is ``visibility_timeout``). ``a.0.b`` puts a property into a block.
"""

from __future__ import annotations

import re
from functools import cache

TYPES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "aws_appautoscaling_target",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "aws_appautoscaling_policy",
    "AWS::ApiGateway::RestApi": "aws_api_gateway_rest_api",
    "AWS::ApiGatewayV2::Api": "aws_apigatewayv2_api",
    "AWS::AutoScaling::AutoScalingGroup": "aws_autoscaling_group",
    "AWS::Backup::BackupPlan": "aws_backup_plan",
    "AWS::Backup::BackupSelection": "aws_backup_selection",
    "AWS::Backup::BackupVault": "aws_backup_vault",
    "AWS::Budgets::Budget": "aws_budgets_budget",
    "AWS::CertificateManager::Certificate": "aws_acm_certificate",
    "AWS::CloudFormation::Stack": "aws_cloudformation_stack",
    "AWS::CloudFront::Distribution": "aws_cloudfront_distribution",
    "AWS::CloudFront::OriginAccessControl": "aws_cloudfront_origin_access_control",
    "AWS::CloudFront::CloudFrontOriginAccessIdentity": "aws_cloudfront_origin_access_identity",
    "AWS::CloudWatch::Alarm": "aws_cloudwatch_metric_alarm",
    "AWS::CloudWatch::CompositeAlarm": "aws_cloudwatch_composite_alarm",
    "AWS::CloudWatch::Dashboard": "aws_cloudwatch_dashboard",
    "AWS::DynamoDB::Table": "aws_dynamodb_table",
    "AWS::EC2::EIP": "aws_eip",
    "AWS::EC2::InternetGateway": "aws_internet_gateway",
    "AWS::EC2::NatGateway": "aws_nat_gateway",
    "AWS::EC2::Route": "aws_route",
    "AWS::EC2::RouteTable": "aws_route_table",
    "AWS::EC2::SecurityGroup": "aws_security_group",
    "AWS::EC2::SecurityGroupEgress": "aws_security_group_rule",
    "AWS::EC2::SecurityGroupIngress": "aws_security_group_rule",
    "AWS::EC2::Subnet": "aws_subnet",
    "AWS::EC2::SubnetRouteTableAssociation": "aws_route_table_association",
    "AWS::EC2::VPC": "aws_vpc",
    "AWS::EC2::VPCEndpoint": "aws_vpc_endpoint",
    "AWS::EC2::VPCGatewayAttachment": "aws_internet_gateway_attachment",
    "AWS::EC2::Instance": "aws_instance",
    "AWS::ElastiCache::CacheCluster": "aws_elasticache_cluster",
    "AWS::ElastiCache::ReplicationGroup": "aws_elasticache_replication_group",
    "AWS::ElastiCache::SubnetGroup": "aws_elasticache_subnet_group",
    "AWS::ElasticLoadBalancingV2::Listener": "aws_lb_listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule": "aws_lb_listener_rule",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "aws_lb",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "aws_lb_target_group",
    "AWS::Events::ApiDestination": "aws_cloudwatch_event_api_destination",
    "AWS::Events::Connection": "aws_cloudwatch_event_connection",
    "AWS::Events::EventBus": "aws_cloudwatch_event_bus",
    "AWS::Events::Rule": "aws_cloudwatch_event_rule",
    "AWS::IAM::AccessKey": "aws_iam_access_key",
    "AWS::IAM::ManagedPolicy": "aws_iam_policy",
    "AWS::IAM::OIDCProvider": "aws_iam_openid_connect_provider",
    "AWS::IAM::Policy": "aws_iam_role_policy",
    "AWS::Logs::LogGroup": "aws_cloudwatch_log_group",
    "AWS::Logs::MetricFilter": "aws_cloudwatch_log_metric_filter",
    "AWS::RDS::DBCluster": "aws_rds_cluster",
    "AWS::RDS::DBInstance": "aws_db_instance",
    "AWS::RDS::DBSubnetGroup": "aws_db_subnet_group",
    "AWS::RDS::DBParameterGroup": "aws_db_parameter_group",
    "AWS::Route53::HealthCheck": "aws_route53_health_check",
    "AWS::Route53::HostedZone": "aws_route53_zone",
    "AWS::Route53::RecordSet": "aws_route53_record",
    "AWS::SES::EmailIdentity": "aws_sesv2_email_identity",
    "AWS::SNS::Subscription": "aws_sns_topic_subscription",
    "AWS::SSM::Parameter": "aws_ssm_parameter",
    "AWS::SecretsManager::Secret": "aws_secretsmanager_secret",
    "AWS::SecretsManager::SecretTargetAttachment": "aws_secretsmanager_secret_target_attachment",
    "AWS::Serverless::Api": "aws_api_gateway_rest_api",
    "AWS::Serverless::Function": "aws_lambda_function",
    "AWS::Serverless::HttpApi": "aws_apigatewayv2_api",
    "AWS::Serverless::LayerVersion": "aws_lambda_layer_version",
    "AWS::Serverless::SimpleTable": "aws_dynamodb_table",
    "AWS::StepFunctions::StateMachine": "aws_sfn_state_machine",
    "AWS::Serverless::StateMachine": "aws_sfn_state_machine",
}

_ALARM = {"OKActions": "ok_actions", "Metrics": "metric_query"}
_POLICY = {"PolicyDocument": "policy", "PolicyName": "name", "ManagedPolicyName": "name"}
_FUNCTION = {"DeadLetterQueue": "dead_letter_config"}

#: Terraform type -> property -> dotted path of the attribute.
RENAMED: dict[str, dict[str, str]] = {
    "aws_acm_certificate": {},
    "aws_cloudfront_distribution": {
        "Origins": "origin",
        "CacheBehaviors": "ordered_cache_behavior",
        "CustomErrorResponses": "custom_error_response",
        "Logging": "logging_config",
        "WebACLId": "web_acl_id",
    },
    "aws_cloudwatch_event_api_destination": {},
    "aws_cloudwatch_log_group": {"LogGroupName": "name"},
    "aws_cloudwatch_log_metric_filter": {"FilterPattern": "pattern", "FilterName": "name"},
    "aws_cloudwatch_metric_alarm": _ALARM,
    "aws_db_instance": {
        "DBInstanceIdentifier": "identifier",
        "DBInstanceClass": "instance_class",
        "DBName": "db_name",
        "DBSubnetGroupName": "db_subnet_group_name",
        "VPCSecurityGroups": "vpc_security_group_ids",
        "MasterUsername": "username",
        "MasterUserPassword": "password",
        "MultiAZ": "multi_az",
        "EnablePerformanceInsights": "performance_insights_enabled",
    },
    "aws_rds_cluster": {
        "DBClusterIdentifier": "cluster_identifier",
        "DatabaseName": "database_name",
        "MasterUserPassword": "master_password",
        "MasterUsername": "master_username",
        "VpcSecurityGroupIds": "vpc_security_group_ids",
    },
    "aws_dynamodb_table": {
        "TableName": "name",
        "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled": "point_in_time_recovery.0.enabled",
        "SSESpecification.SSEEnabled": "server_side_encryption.0.enabled",
        "DeletionProtectionEnabled": "deletion_protection_enabled",
    },
    "aws_ecr_repository": {
        "RepositoryName": "name",
        "ImageScanningConfiguration.ScanOnPush": "image_scanning_configuration.0.scan_on_push",
        "RepositoryPolicyText": "policy",
    },
    "aws_ecs_cluster": {"ClusterName": "name", "ClusterSettings": "setting"},
    "aws_ecs_service": {
        "ServiceName": "name",
        "LoadBalancers": "load_balancer",
        "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp": "network_configuration.0.assign_public_ip",
        "NetworkConfiguration.AwsvpcConfiguration.Subnets": "network_configuration.0.subnets",
        "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups": "network_configuration.0.security_groups",
        "DeploymentConfiguration.MinimumHealthyPercent": "deployment_minimum_healthy_percent",
        "DeploymentConfiguration.MaximumPercent": "deployment_maximum_percent",
        "DeploymentConfiguration.DeploymentCircuitBreaker": "deployment_circuit_breaker",
    },
    "aws_elasticache_cluster": {
        "ClusterName": "cluster_id",
        "CacheNodeType": "node_type",
        "NumCacheNodes": "num_cache_nodes",
        "CacheSubnetGroupName": "subnet_group_name",
        "VpcSecurityGroupIds": "security_group_ids",
    },
    "aws_elasticache_replication_group": {
        "CacheNodeType": "node_type",
        "MultiAZEnabled": "multi_az_enabled",
        "CacheSubnetGroupName": "subnet_group_name",
        "ReplicationGroupDescription": "description",
        "SecurityGroupIds": "security_group_ids",
    },
    "aws_iam_policy": _POLICY,
    "aws_iam_role": {"RoleName": "name", "AssumeRolePolicyDocument": "assume_role_policy"},
    "aws_iam_role_policy": _POLICY,
    "aws_iam_user": {"UserName": "name"},
    "aws_lambda_function": _FUNCTION,
    "aws_lambda_permission": {"FunctionName": "function_name"},
    "aws_lb": {"Type": "load_balancer_type"},
    "aws_lb_listener": {"DefaultActions": "default_action"},
    "aws_lb_listener_rule": {"Actions": "action", "Conditions": "condition"},
    "aws_lb_target_group": {
        "HealthCheckPath": "health_check.0.path",
        "HealthCheckPort": "health_check.0.port",
        "HealthCheckProtocol": "health_check.0.protocol",
        "HealthCheckEnabled": "health_check.0.enabled",
        "HealthCheckIntervalSeconds": "health_check.0.interval",
        "HealthCheckTimeoutSeconds": "health_check.0.timeout",
        "HealthyThresholdCount": "health_check.0.healthy_threshold",
        "UnhealthyThresholdCount": "health_check.0.unhealthy_threshold",
        "Matcher.HttpCode": "health_check.0.matcher",
    },
    "aws_route53_health_check": {},
    "aws_route53_record": {"HostedZoneId": "zone_id", "ResourceRecords": "records", "AliasTarget": "alias"},
    "aws_route53_zone": {},
    "aws_s3_bucket": {
        "BucketName": "bucket",
        "VersioningConfiguration.Status": "versioning.0.status",
        "BucketEncryption": "server_side_encryption_configuration",
        "LifecycleConfiguration.Rules": "lifecycle_rule",
        "LoggingConfiguration": "logging",
    },
    "aws_s3_bucket_policy": _POLICY,
    "aws_secretsmanager_secret": {},
    "aws_security_group": {
        "GroupName": "name",
        "GroupDescription": "description",
        "SecurityGroupIngress": "ingress",
        "SecurityGroupEgress": "egress",
    },
    "aws_security_group_rule": {"GroupId": "security_group_id"},
    "aws_sns_topic": {"TopicName": "name"},
    "aws_sns_topic_policy": {"Topics": "arn", "PolicyDocument": "policy"},
    "aws_sqs_queue": {
        "QueueName": "name",
        "VisibilityTimeout": "visibility_timeout_seconds",
        "MessageRetentionPeriod": "message_retention_seconds",
        "ReceiveMessageWaitTimeSeconds": "receive_wait_time_seconds",
        "MaximumMessageSize": "max_message_size",
    },
    "aws_sqs_queue_policy": {"Queues": "queue_url", "PolicyDocument": "policy"},
    "aws_ssm_parameter": {},
}

#: The same in every nested block.
RENAMED_BELOW = {
    "RedirectConfig": "redirect",
    "FixedResponseConfig": "fixed_response",
    "ForwardConfig": "forward",
    "TargetGroups": "target_group",
    "LambdaFunctionAssociations": "lambda_function_association",
    "FunctionAssociations": "function_association",
    "LambdaFunctionARN": "lambda_arn",
    "FunctionARN": "function_arn",
    "CustomOriginConfig": "custom_origin_config",
    "S3OriginConfig": "s3_origin_config",
    "OriginSSLProtocols": "origin_ssl_protocols",
    "HTTPPort": "http_port",
    "HTTPSPort": "https_port",
    "Id": "id",
    "IpProtocol": "protocol",
    "DNSName": "name",
}

#: Properties whose value stays as it is: policies, patterns, maps of names.
RAW = frozenset(
    {
        "PolicyDocument",
        "AssumeRolePolicyDocument",
        "RedrivePolicy",
        "RedriveAllowPolicy",
        "EventPattern",
        "Tags",
    }
    | {"DashboardBody", "Definition", "DefinitionString", "RepositoryPolicyText", "FilterPolicy", "KeyPolicy"}
    | {
        "Variables",
        "Options",
        "EnvironmentVariables",
        "Parameters",
        "Events",
        "TemplateBody",
        "StageVariables",
        "DefinitionBody",
        "Body",
    }
)


def terraform_type(kind: str) -> str:
    """Terraform's name for a CloudFormation type."""
    if kind in TYPES:
        return TYPES[kind]
    parts = [part for part in kind.split("::") if part]
    words = [_WORDS.get(part, attribute_name(part)) for part in parts]
    return "_".join(words if words and words[0] in ("aws", "custom", "alexa") else ["aws", *words])


@cache
def attribute_name(name: str) -> str:
    """``DNSName`` as ``dns_name``: a property or attribute by Terraform's spelling."""
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name.replace(".", "_"))
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name).lower()


_WORDS = {
    "ApiGateway": "api_gateway",
    "ApiGatewayV2": "apigatewayv2",
    "AutoScaling": "autoscaling",
    "CloudFront": "cloudfront",
    "CloudWatch": "cloudwatch",
    "DynamoDB": "dynamodb",
    "ElastiCache": "elasticache",
    "ElasticLoadBalancingV2": "lb",
    "IoT": "iot",
    "OpenSearchService": "opensearch",
    "SecretsManager": "secretsmanager",
    "StepFunctions": "sfn",
    "WAFv2": "wafv2",
}
