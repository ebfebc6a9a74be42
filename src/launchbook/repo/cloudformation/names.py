"""CloudFormation properties by Terraform's names, so that one check serves both.

A property that is not in ``RENAMED`` is named by rule (``VisibilityTimeout`` is ``visibility_timeout``). ``a.0.b``
puts a property into a block.
"""

from __future__ import annotations

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
