"""The way each type is deleted, and those that only a person can delete.

The table's order is the order in which deletions are sent: what uses something goes before what it uses.
"""

from __future__ import annotations

from collections.abc import Mapping

from launchbook.lifecycle.certificate import Leftover
from launchbook.lifecycle.deletion_managed import MANAGED, MANAGED_BY_HAND, by_name
from launchbook.lifecycle.lookup import (
    ASSOCIATIONS,
    ATTACHED,
    ENTITIES,
    IMAGES,
    INLINE,
    OLD_VERSIONS,
    PROFILES,
    RULES,
    SCHEDULES,
    SELECTIONS,
    TARGETS,
    VERSIONS,
    Lookup,
    Steps,
    Way,
)

#: Objects that one DeleteObjects call takes.
_BATCH = 1000


def _bucket(left: Leftover, lookup: Lookup) -> Steps:
    objects = [
        {"Key": one["Key"], "VersionId": one["VersionId"]}
        for path in ("Versions", "DeleteMarkers")
        for one in lookup.all(VERSIONS, path, Bucket=left.id)
    ]
    for start in range(0, len(objects), _BATCH):
        batch = {"Objects": objects[start : start + _BATCH], "Quiet": True}
        yield "DeleteObjects", {"Bucket": left.id, "Delete": batch}
    yield "DeleteBucket", {"Bucket": left.id}


def _database(left: Leftover, _: Lookup) -> Steps:
    if left.values.get("protected") is True:
        yield (
            "ModifyDBInstance",
            {"DBInstanceIdentifier": left.id, "DeletionProtection": False, "ApplyImmediately": True},
        )
    yield (
        "DeleteDBInstance",
        {"DBInstanceIdentifier": left.id, "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True},
    )


def _balancer(left: Leftover, _: Lookup) -> Steps:
    off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
    yield "ModifyLoadBalancerAttributes", {"LoadBalancerArn": left.id, "Attributes": off}
    yield "DeleteLoadBalancer", {"LoadBalancerArn": left.id}


def _table(left: Leftover, _: Lookup) -> Steps:
    if left.values.get("protected") is True:
        yield "UpdateTable", {"TableName": left.id, "DeletionProtectionEnabled": False}
    yield "DeleteTable", {"TableName": left.id}


def _role(left: Leftover, lookup: Lookup) -> Steps:
    for name in lookup.all(PROFILES, "InstanceProfiles[].InstanceProfileName", RoleName=left.id):
        yield "RemoveRoleFromInstanceProfile", {"InstanceProfileName": name, "RoleName": left.id}
    for name in lookup.all(INLINE, "PolicyNames", RoleName=left.id):
        yield "DeleteRolePolicy", {"RoleName": left.id, "PolicyName": name}
    for arn in lookup.all(ATTACHED, "AttachedPolicies[].PolicyArn", RoleName=left.id):
        yield "DetachRolePolicy", {"RoleName": left.id, "PolicyArn": arn}
    yield "DeleteRole", {"RoleName": left.id}


def _policy(left: Leftover, lookup: Lookup) -> Steps:
    for name in lookup.all(ENTITIES, "PolicyRoles[].RoleName", PolicyArn=left.id):
        yield "DetachRolePolicy", {"RoleName": name, "PolicyArn": left.id}
    for name in lookup.all(ENTITIES, "PolicyUsers[].UserName", PolicyArn=left.id):
        yield "DetachUserPolicy", {"UserName": name, "PolicyArn": left.id}
    for one in lookup.all(OLD_VERSIONS, "Versions", PolicyArn=left.id):
        if not one["IsDefaultVersion"]:
            yield "DeletePolicyVersion", {"PolicyArn": left.id, "VersionId": one["VersionId"]}
    yield "DeletePolicy", {"PolicyArn": left.id}


def _rule(left: Leftover, lookup: Lookup) -> Steps:
    bus = left.values.get("bus", "default")
    targets = lookup.all(TARGETS, "Targets[].Id", Rule=left.name, EventBusName=bus)
    if targets:
        yield "RemoveTargets", {"Rule": left.name, "EventBusName": bus, "Ids": targets}
    yield "DeleteRule", {"Name": left.name, "EventBusName": bus}


def _backup_plan(left: Leftover, lookup: Lookup) -> Steps:
    for one in lookup.all(SELECTIONS, "BackupSelectionsList[].SelectionId", BackupPlanId=left.id):
        yield "DeleteBackupSelection", {"BackupPlanId": left.id, "SelectionId": one}
    yield "DeleteBackupPlan", {"BackupPlanId": left.id}


def _group(left: Leftover, lookup: Lookup) -> Steps:
    """Its rules go first: two groups that name each other could never be deleted."""
    filters = [{"Name": "group-id", "Values": [left.id]}]
    rules = lookup.all(RULES, "SecurityGroupRules", Filters=filters)
    for egress, operation in ((False, "RevokeSecurityGroupIngress"), (True, "RevokeSecurityGroupEgress")):
        ids = [one["SecurityGroupRuleId"] for one in rules if one["IsEgress"] is egress]
        if ids:
            yield operation, {"GroupId": left.id, "SecurityGroupRuleIds": ids}
    yield "DeleteSecurityGroup", {"GroupId": left.id}


def _gateway(left: Leftover, _: Lookup) -> Steps:
    for vpc in left.values.get("vpc_ids") or ():
        yield "DetachInternetGateway", {"InternetGatewayId": left.id, "VpcId": vpc}
    yield "DeleteInternetGateway", {"InternetGatewayId": left.id}


def _interface(left: Leftover, _: Lookup) -> Steps:
    if held := left.values.get("attachment"):
        yield "DetachNetworkInterface", {"AttachmentId": held, "Force": True}
    yield "DeleteNetworkInterface", {"NetworkInterfaceId": left.id}


def _service(left: Leftover, _: Lookup) -> Steps:
    yield "DeleteService", {"cluster": left.values["cluster"], "service": left.id, "force": True}


def _task(left: Leftover, _: Lookup) -> Steps:
    yield "StopTask", {"cluster": left.values["cluster"], "task": left.id, "reason": "launchbook sweep"}


def _image(left: Leftover, _: Lookup) -> Steps:
    yield (
        "BatchDeleteImage",
        {"repositoryName": left.values["repository"], "imageIds": [{"imageDigest": left.values["digest"]}]},
    )


def _repository(left: Leftover, lookup: Lookup) -> Steps:
    """What is in it goes first, by name: AWS refuses else, and with force it would take what nobody approved."""
    for digest in dict.fromkeys(lookup.all(IMAGES, "imageIds[].imageDigest", repositoryName=left.id)):
        yield "BatchDeleteImage", {"repositoryName": left.id, "imageIds": [{"imageDigest": digest}]}
    yield "DeleteRepository", {"repositoryName": left.id}


def _route_table(left: Leftover, lookup: Lookup) -> Steps:
    """A subnet takes its association along; one that stays would hold the table."""
    for table in lookup.all(ASSOCIATIONS, "RouteTables", RouteTableIds=[left.id]):
        for one in table.get("Associations", ()):
            if not one.get("Main"):
                yield "DisassociateRouteTable", {"AssociationId": one["RouteTableAssociationId"]}
    yield "DeleteRouteTable", {"RouteTableId": left.id}


def _key(left: Leftover, _: Lookup) -> Steps:
    if left.values.get("key_state") != "PendingDeletion":
        yield "ScheduleKeyDeletion", {"KeyId": left.id, "PendingWindowInDays": 7}


def _target(left: Leftover, _: Lookup) -> Steps:
    names = {"ServiceNamespace": "namespace", "ResourceId": "resource", "ScalableDimension": "dimension"}
    yield "DeregisterScalableTarget", {name: left.values[value] for name, value in names.items()}


def _recovery_point(left: Leftover, _: Lookup) -> Steps:
    yield "DeleteRecoveryPoint", {"BackupVaultName": left.values["vault"], "RecoveryPointArn": left.id}


def _schedule(left: Leftover, _: Lookup) -> Steps:
    yield "DeleteSchedule", {"Name": left.name, "GroupName": left.values.get("group", "default")}


def _schedule_group(left: Leftover, lookup: Lookup) -> Steps:
    """Its schedules would go with it, whosever they are: they stand in the list that is approved."""
    for name in lookup.all(SCHEDULES, "Schedules[].Name", GroupName=left.id):
        yield "DeleteSchedule", {"Name": name, "GroupName": left.id}
    yield "DeleteScheduleGroup", {"Name": left.id}


def _budget(left: Leftover, _: Lookup) -> Steps:
    yield "DeleteBudget", {"AccountId": left.values["account"], "BudgetName": left.id}


#: Type -> its service and the way; in the order in which deletions are sent, users before what they use.
WAYS: Mapping[str, tuple[str, Way]] = {
    **MANAGED,
    "aws_cloudformation_stack": ("cloudformation", by_name("DeleteStack", "StackName")),
    "aws_autoscaling_group": (
        "autoscaling", by_name("DeleteAutoScalingGroup", "AutoScalingGroupName", ForceDelete=True),
    ),
    "aws_appautoscaling_target": ("application-autoscaling", _target),
    "aws_cloudwatch_event_rule": ("events", _rule),
    "aws_cloudwatch_event_bus": ("events", by_name("DeleteEventBus", "Name")),
    "aws_scheduler_schedule": ("scheduler", _schedule),
    "aws_scheduler_schedule_group": ("scheduler", _schedule_group),
    "aws_backup_plan": ("backup", _backup_plan),
    "backup_recovery_point": ("backup", _recovery_point),
    "aws_backup_vault": ("backup", by_name("DeleteBackupVault", "BackupVaultName")),
    "aws_ecs_service": ("ecs", _service),
    "ecs_task": ("ecs", _task),
    "aws_ecs_cluster": ("ecs", by_name("DeleteCluster", "cluster")),
    "aws_ecs_task_definition": ("ecs", by_name("DeregisterTaskDefinition", "taskDefinition")),
    "aws_lambda_event_source_mapping": ("lambda", by_name("DeleteEventSourceMapping", "UUID")),
    "aws_lambda_function": ("lambda", by_name("DeleteFunction", "FunctionName")),
    "aws_sfn_state_machine": ("stepfunctions", by_name("DeleteStateMachine", "stateMachineArn")),
    "aws_api_gateway_rest_api": ("apigateway", by_name("DeleteRestApi", "restApiId")),
    "aws_apigatewayv2_api": ("apigatewayv2", by_name("DeleteApi", "ApiId")),
    "aws_lb": ("elbv2", _balancer),
    "aws_lb_target_group": ("elbv2", by_name("DeleteTargetGroup", "TargetGroupArn")),
    "aws_elb": ("elb", by_name("DeleteLoadBalancer", "LoadBalancerName")),
    "aws_instance": ("ec2", lambda left, _: iter([("TerminateInstances", {"InstanceIds": [left.id]})])),
    "aws_launch_template": ("ec2", by_name("DeleteLaunchTemplate", "LaunchTemplateId")),
    "aws_db_instance": ("rds", _database),
    "aws_db_snapshot": ("rds", by_name("DeleteDBSnapshot", "DBSnapshotIdentifier")),
    "aws_db_instance_automated_backup": ("rds", by_name("DeleteDBInstanceAutomatedBackup", "DbiResourceId")),
    "aws_db_cluster_snapshot": ("rds", by_name("DeleteDBClusterSnapshot", "DBClusterSnapshotIdentifier")),
    "aws_db_subnet_group": ("rds", by_name("DeleteDBSubnetGroup", "DBSubnetGroupName")),
    "aws_db_parameter_group": ("rds", by_name("DeleteDBParameterGroup", "DBParameterGroupName")),
    "aws_db_option_group": ("rds", by_name("DeleteOptionGroup", "OptionGroupName")),
    "aws_elasticache_replication_group": ("elasticache", by_name("DeleteReplicationGroup", "ReplicationGroupId")),
    "aws_elasticache_cluster": ("elasticache", by_name("DeleteCacheCluster", "CacheClusterId")),
    "elasticache_snapshot": ("elasticache", by_name("DeleteSnapshot", "SnapshotName")),
    "aws_elasticache_subnet_group": ("elasticache", by_name("DeleteCacheSubnetGroup", "CacheSubnetGroupName")),
    "dynamodb_backup": ("dynamodb", by_name("DeleteBackup", "BackupArn")),
    "aws_dynamodb_table": ("dynamodb", _table),
    "aws_kinesis_stream": ("kinesis", by_name("DeleteStream", "StreamName", EnforceConsumerDeletion=True)),
    "aws_sqs_queue": ("sqs", by_name("DeleteQueue", "QueueUrl")),
    "aws_sns_topic": ("sns", by_name("DeleteTopic", "TopicArn")),
    "ecr_image": ("ecr", _image),
    "aws_ecr_repository": ("ecr", _repository),
    "aws_s3_bucket": ("s3", _bucket),
    "aws_cloudwatch_dashboard": (
        "cloudwatch", lambda left, _: iter([("DeleteDashboards", {"DashboardNames": [left.id]})]),
    ),
    "aws_cloudwatch_composite_alarm": (
        "cloudwatch", lambda left, _: iter([("DeleteAlarms", {"AlarmNames": [left.id]})]),
    ),
    "aws_cloudwatch_metric_alarm": (
        "cloudwatch", lambda left, _: iter([("DeleteAlarms", {"AlarmNames": [left.id]})]),
    ),
    "aws_cloudwatch_log_group": ("logs", by_name("DeleteLogGroup", "logGroupName")),
    "aws_cloudwatch_log_resource_policy": ("logs", by_name("DeleteResourcePolicy", "policyName")),
    "aws_budgets_budget": ("budgets", _budget),
    "aws_secretsmanager_secret": (
        "secretsmanager", by_name("DeleteSecret", "SecretId", ForceDeleteWithoutRecovery=True),
    ),
    "aws_ssm_parameter": ("ssm", by_name("DeleteParameter", "Name")),
    "aws_acm_certificate": ("acm", by_name("DeleteCertificate", "CertificateArn")),
    "aws_kms_alias": ("kms", by_name("DeleteAlias", "AliasName")),
    "aws_kms_key": ("kms", _key),
    "aws_route53_health_check": ("route53", by_name("DeleteHealthCheck", "HealthCheckId")),
    "aws_service_discovery_private_dns_namespace": ("servicediscovery", by_name("DeleteNamespace", "Id")),
    "aws_nat_gateway": ("ec2", by_name("DeleteNatGateway", "NatGatewayId")),
    "aws_vpc_endpoint": ("ec2", lambda left, _: iter([("DeleteVpcEndpoints", {"VpcEndpointIds": [left.id]})])),
    "aws_vpc_peering_connection": ("ec2", by_name("DeleteVpcPeeringConnection", "VpcPeeringConnectionId")),
    "aws_flow_log": ("ec2", lambda left, _: iter([("DeleteFlowLogs", {"FlowLogIds": [left.id]})])),
    "aws_ami": ("ec2", by_name("DeregisterImage", "ImageId")),
    "aws_ebs_volume": ("ec2", by_name("DeleteVolume", "VolumeId")),
    "aws_ebs_snapshot": ("ec2", by_name("DeleteSnapshot", "SnapshotId")),
    "aws_key_pair": ("ec2", by_name("DeleteKeyPair", "KeyPairId")),
    "aws_network_interface": ("ec2", _interface),
    "aws_eip": ("ec2", by_name("ReleaseAddress", "AllocationId")),
    "aws_security_group": ("ec2", _group),
    "aws_subnet": ("ec2", by_name("DeleteSubnet", "SubnetId")),
    "aws_route_table": ("ec2", _route_table),
    "aws_network_acl": ("ec2", by_name("DeleteNetworkAcl", "NetworkAclId")),
    "aws_internet_gateway": ("ec2", _gateway),
    "aws_vpc": ("ec2", by_name("DeleteVpc", "VpcId")),
    "aws_iam_role": ("iam", _role),
    "aws_iam_policy": ("iam", _policy),
    "aws_iam_openid_connect_provider": (
        "iam", by_name("DeleteOpenIDConnectProvider", "OpenIDConnectProviderArn"),
    ),
}  # fmt: skip

#: What only a person should or can delete, and how.
BY_HAND: Mapping[str, str] = {
    **MANAGED_BY_HAND,
    "aws_cloudfront_distribution": "switch it off, wait until it is deployed, then delete it",
    "aws_efs_file_system": "delete its mount targets, then aws efs delete-file-system",
    "aws_eks_cluster": "delete its node groups, then aws eks delete-cluster",
    "aws_iam_group": "remove its users and policies, then aws iam delete-group",
    "aws_iam_instance_profile": "take its role out, then aws iam delete-instance-profile",
    "aws_iam_user": "a person may sign in with it: take its keys away first, then aws iam delete-user",
    "aws_opensearch_domain": "aws opensearch delete-domain",
    "aws_rds_cluster": "delete its instances, then aws rds delete-db-cluster",
    "aws_route53_zone": "delete its records, then aws route53 delete-hosted-zone",
}
