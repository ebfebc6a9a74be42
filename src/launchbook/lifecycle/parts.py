"""Types that exist only within another: when the whole is gone, so are they, and nobody lists them apart.

A part of a whole that is not this platform's (an object in a shared bucket) outlives a destroy that lost sight of it:
questions.py asks for it by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Part -> the type that it is gone with, and its attribute that names which one.
PART_OF: Mapping[str, tuple[str, str]] = {
    "aws_alb_listener": ("aws_lb", "load_balancer_arn"),
    "aws_api_gateway_authorizer": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_base_path_mapping": ("aws_api_gateway_rest_api", "api_id"),
    "aws_api_gateway_deployment": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_documentation_part": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_documentation_version": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_gateway_response": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_integration": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_integration_response": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_method": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_method_response": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_method_settings": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_model": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_request_validator": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_resource": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_rest_api_policy": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_rest_api_put": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_stage": ("aws_api_gateway_rest_api", "rest_api_id"),
    "aws_api_gateway_usage_plan_key": ("aws_api_gateway_usage_plan", "usage_plan_id"),
    "aws_apigatewayv2_api_mapping": ("aws_apigatewayv2_api", "api_id"),
    "aws_apigatewayv2_authorizer": ("aws_apigatewayv2_api", "api_id"),
    "aws_apigatewayv2_deployment": ("aws_apigatewayv2_api", "api_id"),
    "aws_apigatewayv2_integration": ("aws_apigatewayv2_api", "api_id"),
    "aws_apigatewayv2_integration_response": ("aws_apigatewayv2_api", "api_id"),
    "aws_apigatewayv2_model": ("aws_apigatewayv2_api", "api_id"),
    "aws_apigatewayv2_route": ("aws_apigatewayv2_api", "api_id"),
    "aws_apigatewayv2_route_response": ("aws_apigatewayv2_api", "api_id"),
    "aws_apigatewayv2_stage": ("aws_apigatewayv2_api", "api_id"),
    "aws_appautoscaling_policy": ("aws_appautoscaling_target", "resource_id"),
    "aws_appautoscaling_scheduled_action": ("aws_appautoscaling_target", "resource_id"),
    "aws_backup_selection": ("aws_backup_plan", "plan_id"),
    "aws_backup_vault_policy": ("aws_backup_vault", "backup_vault_name"),
    "aws_cloudwatch_event_target": ("aws_cloudwatch_event_rule", "rule"),
    "aws_cloudwatch_log_metric_filter": ("aws_cloudwatch_log_group", "log_group_name"),
    "aws_cloudwatch_log_stream": ("aws_cloudwatch_log_group", "log_group_name"),
    "aws_cloudwatch_log_subscription_filter": ("aws_cloudwatch_log_group", "log_group_name"),
    "aws_cognito_identity_provider": ("aws_cognito_user_pool", "user_pool_id"),
    "aws_cognito_resource_server": ("aws_cognito_user_pool", "user_pool_id"),
    "aws_cognito_user": ("aws_cognito_user_pool", "user_pool_id"),
    "aws_cognito_user_group": ("aws_cognito_user_pool", "user_pool_id"),
    "aws_cognito_user_pool_client": ("aws_cognito_user_pool", "user_pool_id"),
    "aws_cognito_user_pool_domain": ("aws_cognito_user_pool", "user_pool_id"),
    "aws_default_security_group": ("aws_vpc", "vpc_id"),
    "aws_dynamodb_table_item": ("aws_dynamodb_table", "table_name"),
    "aws_ecr_lifecycle_policy": ("aws_ecr_repository", "repository"),
    "aws_ecr_repository_policy": ("aws_ecr_repository", "repository"),
    "aws_ecs_cluster_capacity_providers": ("aws_ecs_cluster", "cluster_name"),
    "aws_eip_association": ("aws_eip", "allocation_id"),
    "aws_glue_catalog_table": ("aws_glue_catalog_database", "database_name"),
    "aws_iam_access_key": ("aws_iam_user", "user"),
    "aws_iam_group_policy_attachment": ("aws_iam_group", "group"),
    "aws_iam_role_policies_exclusive": ("aws_iam_role", "role_name"),
    "aws_iam_role_policy": ("aws_iam_role", "role"),
    "aws_iam_role_policy_attachment": ("aws_iam_role", "role"),
    "aws_iam_user_policy": ("aws_iam_user", "user"),
    "aws_iam_user_policy_attachment": ("aws_iam_user", "user"),
    "aws_lambda_alias": ("aws_lambda_function", "function_name"),
    "aws_lambda_function_event_invoke_config": ("aws_lambda_function", "function_name"),
    "aws_lambda_function_url": ("aws_lambda_function", "function_name"),
    "aws_lambda_permission": ("aws_lambda_function", "function_name"),
    "aws_lambda_provisioned_concurrency_config": ("aws_lambda_function", "function_name"),
    "aws_lb_listener": ("aws_lb", "load_balancer_arn"),
    "aws_lb_listener_certificate": ("aws_lb", "listener_arn"),
    "aws_lb_listener_rule": ("aws_lb", "listener_arn"),
    "aws_lb_target_group_attachment": ("aws_lb_target_group", "target_group_arn"),
    "aws_main_route_table_association": ("aws_vpc", "vpc_id"),
    "aws_network_acl_rule": ("aws_network_acl", "network_acl_id"),
    "aws_route": ("aws_route_table", "route_table_id"),
    "aws_route53_record": ("aws_route53_zone", "zone_id"),
    "aws_route_table_association": ("aws_route_table", "route_table_id"),
    "aws_s3_bucket_acl": ("aws_s3_bucket", "bucket"),
    "aws_s3_bucket_cors_configuration": ("aws_s3_bucket", "bucket"),
    "aws_s3_bucket_lifecycle_configuration": ("aws_s3_bucket", "bucket"),
    "aws_s3_bucket_logging": ("aws_s3_bucket", "bucket"),
    "aws_s3_bucket_notification": ("aws_s3_bucket", "bucket"),
    "aws_s3_bucket_ownership_controls": ("aws_s3_bucket", "bucket"),
    "aws_s3_bucket_policy": ("aws_s3_bucket", "bucket"),
    "aws_s3_bucket_public_access_block": ("aws_s3_bucket", "bucket"),
    "aws_s3_bucket_server_side_encryption_configuration": ("aws_s3_bucket", "bucket"),
    "aws_s3_bucket_versioning": ("aws_s3_bucket", "bucket"),
    "aws_s3_bucket_website_configuration": ("aws_s3_bucket", "bucket"),
    "aws_s3_object": ("aws_s3_bucket", "bucket"),
    "aws_secretsmanager_secret_policy": ("aws_secretsmanager_secret", "secret_arn"),
    "aws_secretsmanager_secret_rotation": ("aws_secretsmanager_secret", "secret_id"),
    "aws_secretsmanager_secret_version": ("aws_secretsmanager_secret", "secret_id"),
    "aws_security_group_rule": ("aws_security_group", "security_group_id"),
    "aws_sns_topic_policy": ("aws_sns_topic", "arn"),
    "aws_sns_topic_subscription": ("aws_sns_topic", "topic_arn"),
    "aws_sqs_queue_policy": ("aws_sqs_queue", "queue_url"),
    "aws_sqs_queue_redrive_allow_policy": ("aws_sqs_queue", "queue_url"),
    "aws_sqs_queue_redrive_policy": ("aws_sqs_queue", "queue_url"),
    "aws_vpc_endpoint_policy": ("aws_vpc_endpoint", "vpc_endpoint_id"),
    "aws_vpc_endpoint_route_table_association": ("aws_vpc_endpoint", "vpc_endpoint_id"),
    "aws_vpc_endpoint_subnet_association": ("aws_vpc_endpoint", "vpc_endpoint_id"),
    "aws_vpc_security_group_egress_rule": ("aws_security_group", "security_group_id"),
    "aws_vpc_security_group_ingress_rule": ("aws_security_group", "security_group_id"),
}

#: What else tells parts, or things that share an id, apart; attributes by type.
_MORE: Mapping[str, tuple[str, ...]] = {
    "aws_appautoscaling_policy": ("name", "scalable_dimension", "service_namespace"),
    "aws_appautoscaling_target": ("scalable_dimension",),
    "aws_cloudwatch_event_target": ("event_bus_name", "target_id"),
    "aws_cloudwatch_log_metric_filter": ("name",),
    "aws_cloudwatch_log_subscription_filter": ("name",),
    "aws_iam_group_policy_attachment": ("policy_arn",),
    "aws_iam_role_policy": ("name",),
    "aws_iam_role_policy_attachment": ("policy_arn",),
    "aws_iam_user_policy": ("name",),
    "aws_iam_user_policy_attachment": ("policy_arn",),
    "aws_lb_target_group_attachment": ("target_id",),
    "aws_route53_record": ("fqdn", "type", "set_identifier"),
    "aws_s3_object": ("key",),
    "aws_security_group_rule": ("security_group_rule_id",),
    "aws_vpc_security_group_egress_rule": ("security_group_rule_id",),
    "aws_vpc_security_group_ingress_rule": ("security_group_rule_id",),
}


def kept(kind: str, attributes: Mapping[str, Any]) -> dict[str, str]:
    """What of a resource's attributes tells where it was: names of its whole and its own, nothing else."""
    names = (*PART_OF.get(kind, ("", ""))[1:], *_MORE.get(kind, ()))
    return {name: str(attributes[name]) for name in names if name and attributes.get(name)}


def whole_of(kind: str, of: Mapping[str, str]) -> str:
    """The id, ARN or name of the whole that a part was of; empty where what was kept does not say it."""
    named = of.get(PART_OF[kind][1], "")
    if ":listener/" in named:
        return named.replace(":listener/", ":loadbalancer/", 1).rpartition("/")[0]
    if kind == "aws_cloudwatch_event_target" and of.get("event_bus_name", "default") != "default":
        return f"{of['event_bus_name']}/{named}"
    return named


#: Terraform's other names of a type, and its defaults that were there before it.
SAME_AS: Mapping[str, str] = {
    "aws_alb": "aws_lb",
    "aws_alb_target_group": "aws_lb_target_group",
    "aws_service_discovery_http_namespace": "aws_service_discovery_private_dns_namespace",
    "aws_service_discovery_public_dns_namespace": "aws_service_discovery_private_dns_namespace",
}

#: What lives in the state alone: nothing of it is in an account.
IN_STATE_ALONE = (
    "null_",
    "random_",
    "terraform_",
    "time_",
    "local_",
    "tls_",
    "archive_",
    "aws_acm_certificate_validation",
)
