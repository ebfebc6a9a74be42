"""Everything that exists in an embedded AWS, by the listings of its services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jmespath

_SCALING = "application-autoscaling"
#: AWS makes a default group with the first database of a family, and keeps it for ever.
_PARAMETERS = "DBParameterGroups[?!starts_with(DBParameterGroupName, 'default.')].DBParameterGroupName"
#: A key that waits for its deletion is there for a week, on AWS too.
_TAGGED = "ResourceTagMappingList[?!contains(ResourceARN, ':kms:')].ResourceARN"
_PEERINGS = "VpcPeeringConnections[?Status.Code!='deleted'].VpcPeeringConnectionId"
_ECS = {"ServiceNamespace": "ecs"}
_ALARMS = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}

#: (service, operation, expression that gives ids, parameters)
LISTINGS: Sequence[tuple[str, str, str, dict[str, Any]]] = (
    ("acm", "list_certificates", "CertificateSummaryList[].CertificateArn", {}),
    ("apigatewayv2", "get_apis", "Items[].ApiId", {}),
    (_SCALING, "describe_scalable_targets", "ScalableTargets[].ResourceId", _ECS),
    (_SCALING, "describe_scaling_policies", "ScalingPolicies[].PolicyARN", _ECS),
    (_SCALING, "describe_scheduled_actions", "ScheduledActions[].ScheduledActionARN", _ECS),
    ("apigateway", "get_rest_apis", "items[].id", {}),
    ("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups[].AutoScalingGroupName", {}),
    ("backup", "list_backup_plans", "BackupPlansList[].BackupPlanId", {}),
    ("backup", "list_backup_vaults", "BackupVaultList[].BackupVaultName", {}),
    ("budgets", "describe_budgets", "Budgets[].BudgetName", {"AccountId": "123456789012"}),
    ("cloudfront", "list_distributions", "DistributionList.Items[].Id", {}),
    ("cloudfront", "list_origin_access_controls", "OriginAccessControlList.Items[].Id", {}),
    ("cloudwatch", "describe_alarms", "[MetricAlarms,CompositeAlarms][][].AlarmName", _ALARMS),
    ("cloudwatch", "list_dashboards", "DashboardEntries[].DashboardName", {}),
    ("cognito-idp", "list_user_pools", "UserPools[].Id", {"MaxResults": 60}),
    ("dynamodb", "list_tables", "TableNames", {}),
    ("ec2", "describe_addresses", "Addresses[].AllocationId", {}),
    ("ec2", "describe_internet_gateways", "InternetGateways[].InternetGatewayId", {}),
    ("ec2", "describe_key_pairs", "KeyPairs[].KeyName", {}),
    ("ec2", "describe_launch_templates", "LaunchTemplates[].LaunchTemplateId", {}),
    ("ec2", "describe_volumes", "Volumes[].VolumeId", {}),
    ("ec2", "describe_vpc_peering_connections", _PEERINGS, {}),
    ("ec2", "describe_flow_logs", "FlowLogs[].FlowLogId", {}),
    ("ec2", "describe_dhcp_options", "DhcpOptions[].DhcpOptionsId", {}),
    ("ec2", "describe_nat_gateways", "NatGateways[?State!='deleted'].NatGatewayId", {}),
    ("ec2", "describe_network_acls", "NetworkAcls[].NetworkAclId", {}),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces[].NetworkInterfaceId", {}),
    ("ec2", "describe_route_tables", "RouteTables[].RouteTableId", {}),
    ("ec2", "describe_security_groups", "SecurityGroups[].GroupId", {}),
    ("ec2", "describe_security_group_rules", "SecurityGroupRules[].SecurityGroupRuleId", {}),
    ("ec2", "describe_subnets", "Subnets[].SubnetId", {}),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints[?State!='deleted'].VpcEndpointId", {}),
    ("ec2", "describe_vpcs", "Vpcs[].VpcId", {}),
    ("ecr", "describe_repositories", "repositories[].repositoryName", {}),
    ("ecs", "list_clusters", "clusterArns", {}),
    ("ecs", "list_task_definitions", "taskDefinitionArns", {"status": "ACTIVE"}),
    ("ecs", "list_task_definition_families", "families", {"status": "ACTIVE"}),
    ("efs", "describe_file_systems", "FileSystems[].FileSystemId", {}),
    ("efs", "describe_access_points", "AccessPoints[].AccessPointId", {}),
    ("elasticache", "describe_cache_clusters", "CacheClusters[].CacheClusterId", {}),
    ("elasticache", "describe_replication_groups", "ReplicationGroups[].ReplicationGroupId", {}),
    ("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups[].CacheSubnetGroupName", {}),
    ("elbv2", "describe_load_balancers", "LoadBalancers[].LoadBalancerArn", {}),
    ("elbv2", "describe_target_groups", "TargetGroups[].TargetGroupArn", {}),
    ("events", "list_rules", "Rules[].Name", {}),
    ("events", "list_event_buses", "EventBuses[].Name", {}),
    ("events", "list_connections", "Connections[].Name", {}),
    ("iam", "list_roles", "Roles[].RoleName", {}),
    ("iam", "list_users", "Users[].UserName", {}),
    ("iam", "list_groups", "Groups[].GroupName", {}),
    ("iam", "list_policies", "Policies[].Arn", {"Scope": "Local"}),
    ("iam", "list_instance_profiles", "InstanceProfiles[].InstanceProfileName", {}),
    ("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList[].Arn", {}),
    ("kms", "list_aliases", "Aliases[?!starts_with(AliasName, 'alias/aws/')].AliasName", {}),
    ("lambda", "list_functions", "Functions[].FunctionName", {}),
    ("lambda", "list_event_source_mappings", "EventSourceMappings[].UUID", {}),
    ("logs", "describe_log_groups", "logGroups[].logGroupName", {}),
    ("logs", "describe_metric_filters", "metricFilters[].filterName", {}),
    ("logs", "describe_resource_policies", "resourcePolicies[].policyName", {}),
    ("rds", "describe_db_instances", "DBInstances[].DBInstanceIdentifier", {}),
    ("kinesis", "list_streams", "StreamNames", {}),
    ("firehose", "list_delivery_streams", "DeliveryStreamNames", {}),
    ("cloudtrail", "list_trails", "Trails[].Name", {}),
    ("stepfunctions", "list_state_machines", "stateMachines[].name", {}),
    ("scheduler", "list_schedules", "Schedules[].Name", {}),
    ("scheduler", "list_schedule_groups", "ScheduleGroups[].Name", {}),
    ("wafv2", "list_web_acls", "WebACLs[].Name", {"Scope": "REGIONAL"}),
    ("sesv2", "list_configuration_sets", "ConfigurationSets", {}),
    ("rds", "describe_db_clusters", "DBClusters[].DBClusterIdentifier", {}),
    ("rds", "describe_db_snapshots", "DBSnapshots[].DBSnapshotIdentifier", {}),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups[].DBSubnetGroupName", {}),
    ("rds", "describe_db_parameter_groups", _PARAMETERS, {}),
    ("resourcegroupstaggingapi", "get_resources", _TAGGED, {}),
    ("route53", "list_hosted_zones", "HostedZones[].Id", {}),
    ("route53", "list_health_checks", "HealthChecks[].Id", {}),
    ("s3", "list_buckets", "Buckets[].Name", {}),
    ("secretsmanager", "list_secrets", "SecretList[].Name", {"IncludePlannedDeletion": True}),
    ("servicediscovery", "list_namespaces", "Namespaces[].Id", {}),
    ("ses", "list_identities", "Identities", {}),
    ("sns", "list_topics", "Topics[].TopicArn", {}),
    ("sns", "list_subscriptions", "Subscriptions[].Endpoint", {}),
    ("sqs", "list_queues", "QueueUrls", {}),
    ("ssm", "describe_parameters", "Parameters[].Name", {}),
)


def everything(aws: Callable[..., Any], regions: Sequence[str]) -> set[tuple[str, str, str, str]]:
    """``(region, service, operation, id)`` of all that the listings show."""
    found = set()
    for region in regions:
        for service, operation, expression, parameters in LISTINGS:
            answer = getattr(aws(service, region=region), operation)(**parameters)
            for name in jmespath.search(expression, answer) or []:
                found.add((region, service, operation, str(name)))
    return found
