"""What an ARN names: which listed type it is of, and whether something listed is what it names.

The tagging service names things of far more types than are listed here, and for a while such as are gone. Only what
an ARN says of itself can tell them apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from launchbook.lifecycle.inventory.stock import Thing

#: ``service:kind`` of an ARN -> the listed types of which one answers for it.
LISTED: Mapping[str, tuple[str, ...]] = {
    "acm:certificate": ("aws_acm_certificate",),
    "apigateway:apis": ("aws_apigatewayv2_api",),
    "apigateway:restapis": ("aws_api_gateway_rest_api",),
    "apigateway:apikeys": ("aws_api_gateway_api_key",),
    "apigateway:usageplans": ("aws_api_gateway_usage_plan",),
    "application-autoscaling:scalable-target": ("aws_appautoscaling_target",),
    "autoscaling:autoScalingGroup": ("aws_autoscaling_group",),
    "backup:backup-plan": ("aws_backup_plan",),
    "backup:backup-vault": ("aws_backup_vault",),
    "backup:recovery-point": ("backup_recovery_point",),
    "budgets:budget": ("aws_budgets_budget",),
    "cloudformation:stack": ("aws_cloudformation_stack",),
    "cloudfront:distribution": ("aws_cloudfront_distribution",),
    "cloudwatch:alarm": ("aws_cloudwatch_composite_alarm", "aws_cloudwatch_metric_alarm"),
    "cloudwatch:dashboard": ("aws_cloudwatch_dashboard",),
    "cognito-idp:userpool": ("aws_cognito_user_pool",),
    "dynamodb:table": ("aws_dynamodb_table",),
    "ec2:elastic-ip": ("aws_eip",),
    "ec2:image": ("aws_ami",),
    "ec2:instance": ("aws_instance",),
    "ec2:internet-gateway": ("aws_internet_gateway",),
    "ec2:key-pair": ("aws_key_pair",),
    "ec2:launch-template": ("aws_launch_template",),
    "ec2:natgateway": ("aws_nat_gateway",),
    "ec2:network-acl": ("aws_network_acl",),
    "ec2:network-interface": ("aws_network_interface",),
    "ec2:route-table": ("aws_route_table",),
    "ec2:security-group": ("aws_security_group",),
    "ec2:snapshot": ("aws_ebs_snapshot",),
    "ec2:subnet": ("aws_subnet",),
    "ec2:transit-gateway": ("aws_ec2_transit_gateway",),
    "ec2:volume": ("aws_ebs_volume",),
    "ec2:vpc": ("aws_vpc",),
    "ec2:vpc-endpoint": ("aws_vpc_endpoint",),
    "ec2:vpc-flow-log": ("aws_flow_log",),
    "ec2:vpc-peering-connection": ("aws_vpc_peering_connection",),
    "ec2:vpn-connection": ("aws_vpn_connection",),
    "ec2:vpn-gateway": ("aws_vpn_gateway",),
    "ecr:repository": ("aws_ecr_repository",),
    "ecs:cluster": ("aws_ecs_cluster",),
    "ecs:service": ("aws_ecs_service",),
    "ecs:task": ("ecs_task",),
    "ecs:task-definition": ("aws_ecs_task_definition",),
    "eks:cluster": ("aws_eks_cluster",),
    "elasticache:cluster": ("aws_elasticache_cluster",),
    "elasticache:replicationgroup": ("aws_elasticache_replication_group",),
    "elasticache:snapshot": ("elasticache_snapshot",),
    "elasticache:subnetgroup": ("aws_elasticache_subnet_group",),
    "elasticfilesystem:file-system": ("aws_efs_file_system",),
    "elasticloadbalancing:loadbalancer": ("aws_elb", "aws_lb"),
    "elasticloadbalancing:targetgroup": ("aws_lb_target_group",),
    "es:domain": ("aws_opensearch_domain",),
    "events:event-bus": ("aws_cloudwatch_event_bus",),
    "events:rule": ("aws_cloudwatch_event_rule",),
    "firehose:deliverystream": ("aws_kinesis_firehose_delivery_stream",),
    "glue:database": ("aws_glue_catalog_database",),
    "iam:group": ("aws_iam_group",),
    "iam:instance-profile": ("aws_iam_instance_profile",),
    "iam:oidc-provider": ("aws_iam_openid_connect_provider",),
    "iam:policy": ("aws_iam_policy",),
    "iam:role": ("aws_iam_role",),
    "iam:user": ("aws_iam_user",),
    "kinesis:stream": ("aws_kinesis_stream",),
    "kms:alias": ("aws_kms_alias",),
    "kms:key": ("aws_kms_key",),
    "lambda:event-source-mapping": ("aws_lambda_event_source_mapping",),
    "lambda:function": ("aws_lambda_function",),
    "lambda:layer": ("aws_lambda_layer_version",),
    "logs:log-group": ("aws_cloudwatch_log_group",),
    "memorydb:cluster": ("aws_memorydb_cluster",),
    "mq:broker": ("aws_mq_broker",),
    "rds:auto-backup": ("aws_db_instance_automated_backup",),
    "rds:cluster": ("aws_rds_cluster",),
    "rds:cluster-pg": ("aws_rds_cluster_parameter_group",),
    "rds:cluster-snapshot": ("aws_db_cluster_snapshot",),
    "rds:db": ("aws_db_instance",),
    "rds:og": ("aws_db_option_group",),
    "rds:pg": ("aws_db_parameter_group",),
    "rds:snapshot": ("aws_db_snapshot",),
    "rds:subgrp": ("aws_db_subnet_group",),
    "redshift:cluster": ("aws_redshift_cluster",),
    "route53:healthcheck": ("aws_route53_health_check",),
    "route53:hostedzone": ("aws_route53_zone",),
    "s3:": ("aws_s3_bucket",),
    "scheduler:schedule": ("aws_scheduler_schedule",),
    "scheduler:schedule-group": ("aws_scheduler_schedule_group",),
    "secretsmanager:secret": ("aws_secretsmanager_secret",),
    "servicediscovery:namespace": ("aws_service_discovery_private_dns_namespace",),
    "sns:": ("aws_sns_topic",),
    "sqs:": ("aws_sqs_queue",),
    "ssm:parameter": ("aws_ssm_parameter",),
    "states:activity": ("aws_sfn_activity",),
    "states:stateMachine": ("aws_sfn_state_machine",),
    "wafv2:regional": ("aws_wafv2_web_acl",),
}
#: Kinds under whose ARNs parts of a thing stand, too: ``/restapis/ID/stages/NAME``.
_WITH_PARTS = frozenset({"apigateway:apis", "apigateway:restapis", "dynamodb:table"})
#: Taggable parts -> their type.
_PARTS: Mapping[str, str] = {
    "ec2:security-group-rule": "aws_vpc_security_group_ingress_rule",
    "elasticloadbalancing:listener": "aws_lb_listener",
    "elasticloadbalancing:listener-rule": "aws_lb_listener_rule",
}


@dataclass(frozen=True)
class Arn:
    """An ARN taken apart: ``kind`` is ``service:kind of thing``, ``name`` what follows it."""

    text: str
    kind: str
    region: str
    name: str

    @classmethod
    def of(cls, text: str) -> Arn:
        """Any text; what is no ARN is of no kind."""
        parts = text.split(":", 5)
        if len(parts) < 6:
            return cls(text, "", "", text)
        rest = parts[5].lstrip("/")
        found = re.match(r"([^:/]+)[:/](.+)", rest)
        # ``bucket/…`` of S3 is no kind: access points and the like are named by a word that they all share.
        kind, name = (found[1], found[2]) if found else ("", rest)
        return cls(text, f"{parts[2]}:{kind}", parts[3], name)

    @property
    def listed(self) -> tuple[str, ...]:
        """The listed types of which one is what it names; none where its type is not listed."""
        return LISTED.get(self.kind, ())

    @property
    def part(self) -> str:
        """The type of part that it names, empty where it names a whole."""
        return _PARTS.get(self.kind, "")

    def holds(self, thing: Thing) -> bool:
        """Whether it names something within a listed thing."""
        return self.kind in _WITH_PARTS and any(
            own and self.name.startswith(f"{own}/") for own in (thing.id, thing.name)
        )

    def names(self, thing: Thing) -> bool:
        """Whether a listed thing is what it names."""
        if same(thing.arn) == same(self.text):
            return True
        own = {thing.id.lstrip("/"), thing.name.lstrip("/")} - {""}
        return thing.type in self.listed and self.name.lstrip("/") in own

    def attributes(self) -> dict[str, str]:
        """What of a part's attributes its ARN holds."""
        path = self.text.split("/")
        if self.kind == "elasticloadbalancing:listener":
            return {"load_balancer_arn": "/".join(path[:-1]).replace(":listener/", ":loadbalancer/", 1)}
        if self.kind == "elasticloadbalancing:listener-rule":
            return {"listener_arn": "/".join(path[:-1]).replace(":listener-rule/", ":listener/", 1)}
        return {"security_group_rule_id": self.name} if self.part else {}


def same(arn: str) -> str:
    """An ARN without what only some services append to it: logs its ``:*``."""
    return arn.removesuffix(":*")
