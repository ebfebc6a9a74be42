"""What serverless platforms are made of beside functions, and services that cost whether they are used or not."""

from __future__ import annotations

from launchbook.lifecycle.inventory.declare import Listing, called, gone, listing, named

LISTINGS: tuple[Listing, ...] = (
    listing(
        "aws_lambda_layer_version",
        called("lambda", "ListLayers", "Layers", layer="LayerName"),
        called(
            "lambda", "ListLayerVersions", "LayerVersions", given={"LayerName": "$ListLayers.LayerName"},
            id="LayerVersionArn", arn="LayerVersionArn", created="CreatedDate", version="Version",
        ),
        shape=lambda row: {"name": row.get("layer")},
    ),
    listing(
        "aws_api_gateway_usage_plan",
        called("apigateway", "GetUsagePlans", "items", may_be_empty=True, id="id", name="name", tags="tags*"),
    ),
    listing(
        "aws_api_gateway_api_key",
        called(
            "apigateway", "GetApiKeys", "items", may_be_empty=True, id="id", name="name", created="createdDate",
            tags="tags*",
        ),
    ),
    listing(
        "aws_sfn_activity",
        called(
            "stepfunctions", "ListActivities", "activities", id="activityArn", arn="activityArn", name="name",
            created="creationDate",
        ),
        tags=called("stepfunctions", "ListTagsForResource", given={"resourceArn": "$arn"}, pairs="tags"),
    ),
    listing(
        "aws_cognito_user_pool",
        called(
            "cognito-idp", "ListUserPools", "UserPools", given={"MaxResults": 60}, id="Id", name="Name",
            created="CreationDate",
        ),
    ),
    listing(
        "aws_glue_catalog_database",
        called("glue", "GetDatabases", "DatabaseList", id="Name", name="Name", created="CreateTime"),
        of_aws=lambda row: "the account's own" if row["id"] == "default" else "",
    ),
    listing(
        "aws_kinesis_firehose_delivery_stream",
        called("firehose", "ListDeliveryStreams", "DeliveryStreamNames", given={"Limit": 10000}, id="", name=""),
        tags=called("firehose", "ListTagsForDeliveryStream", given={"DeliveryStreamName": "$id"}, pairs="Tags"),
    ),
    listing(
        "aws_memorydb_cluster",
        called("memorydb", "DescribeClusters", "Clusters", id="Name", name="Name", arn="ARN", state="Status"),
    ),
    listing(
        "aws_redshift_cluster",
        called(
            "redshift", "DescribeClusters", "Clusters", pairs="Tags", id="ClusterIdentifier",
            state="ClusterStatus", created="ClusterCreateTime",
        ),
    ),
    listing(
        "aws_mq_broker",
        called(
            "mq", "ListBrokers", "BrokerSummaries", id="BrokerId", arn="BrokerArn", name="BrokerName",
            state="BrokerState", created="Created",
        ),
    ),
    listing(
        "aws_wafv2_web_acl",
        called(
            "wafv2", "ListWebACLs", "WebACLs", given={"Scope": "REGIONAL", "Limit": 100}, id="Id", arn="ARN",
            name="Name",
        ),
    ),
    listing(
        "aws_rds_cluster_parameter_group",
        called(
            "rds", "DescribeDBClusterParameterGroups", "DBClusterParameterGroups", id="DBClusterParameterGroupName",
            arn="DBClusterParameterGroupArn",
        ),
        of_aws=named("default.", "default:", "default-"),
        tags=called("rds", "ListTagsForResource", given={"ResourceName": "$arn"}, pairs="TagList"),
    ),
    listing(
        "aws_vpn_gateway",
        called("ec2", "DescribeVpnGateways", "VpnGateways", pairs="Tags", id="VpnGatewayId", state="State"),
        of_aws=gone("deleted"),
    ),
    listing(
        "aws_vpn_connection",
        called("ec2", "DescribeVpnConnections", "VpnConnections", pairs="Tags", id="VpnConnectionId", state="State"),
        of_aws=gone("deleted"),
    ),
    listing(
        "aws_ec2_transit_gateway",
        called(
            "ec2", "DescribeTransitGateways", "TransitGateways", pairs="Tags", id="TransitGatewayId",
            arn="TransitGatewayArn", state="State", created="CreationTime",
        ),
        of_aws=gone("deleted"),
    ),
)  # fmt: skip
