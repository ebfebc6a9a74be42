"""The ways in which managed services delete what inventory/managed.py lists; none of it uses any of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from launchbook.lifecycle.certificate import Leftover
from launchbook.lifecycle.lookup import Lookup, Steps, Way


def by_name(operation: str, parameter: str, attribute: str = "id", **more: Any) -> Way:
    """One call that takes one name."""

    def way(left: Leftover, _: Lookup) -> Steps:
        value = getattr(left, attribute, None) or left.values[attribute]
        yield operation, {parameter: value, **more}

    return way


def _layer(left: Leftover, _: Lookup) -> Steps:
    yield "DeleteLayerVersion", {"LayerName": left.name, "VersionNumber": left.values["version"]}


#: Type -> its service and the way.
MANAGED: Mapping[str, tuple[str, Way]] = {
    "aws_api_gateway_usage_plan": ("apigateway", by_name("DeleteUsagePlan", "usagePlanId")),
    "aws_api_gateway_api_key": ("apigateway", by_name("DeleteApiKey", "apiKey")),
    "aws_kinesis_firehose_delivery_stream": ("firehose", by_name("DeleteDeliveryStream", "DeliveryStreamName")),
    "aws_lambda_layer_version": ("lambda", _layer),
    "aws_memorydb_cluster": ("memorydb", by_name("DeleteCluster", "ClusterName")),
    "aws_mq_broker": ("mq", by_name("DeleteBroker", "BrokerId")),
    "aws_redshift_cluster": (
        "redshift", by_name("DeleteCluster", "ClusterIdentifier", SkipFinalClusterSnapshot=True),
    ),
    "aws_rds_cluster_parameter_group": (
        "rds", by_name("DeleteDBClusterParameterGroup", "DBClusterParameterGroupName"),
    ),
    "aws_sfn_activity": ("stepfunctions", by_name("DeleteActivity", "activityArn")),
    "aws_vpn_connection": ("ec2", by_name("DeleteVpnConnection", "VpnConnectionId")),
}  # fmt: skip
#: What holds more than its name says, or is held by what AWS does not name.
MANAGED_BY_HAND: Mapping[str, str] = {
    "aws_cognito_user_pool": "its users go with it: look at them, then aws cognito-idp delete-user-pool",
    "aws_ec2_transit_gateway": "delete its attachments, then aws ec2 delete-transit-gateway",
    "aws_glue_catalog_database": "its tables go with it: look at them, then aws glue delete-database",
    "aws_vpn_gateway": "detach it from its VPC, then aws ec2 delete-vpn-gateway",
    "aws_wafv2_web_acl": "take it off what it protects, then aws wafv2 delete-web-acl",
}
