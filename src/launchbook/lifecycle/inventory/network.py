"""EC2 and its networks."""

from __future__ import annotations

from launchbook.collect.declare import Call
from launchbook.lifecycle.inventory.declare import Listing, Values, called, gone, listing


def _ec2(operation: str, each: str, *, owner: dict[str, list[str]] | None = None, **take: str) -> Call:
    return called(
        "ec2", operation, each, given=owner, none_codes=(), may_be_empty=False, pairs="Tags", **take
    )


def _default(row: Values) -> str:
    return "the account's default" if row.get("default") is True else ""


def _group(row: Values) -> str:
    return "the default group of its VPC" if row.get("name") == "default" else ""


def _route_table(row: Values) -> str:
    return "the main table of its VPC" if True in (row.get("main") or []) else ""


LISTINGS: tuple[Listing, ...] = (
    listing(
        "aws_eip",
        _ec2("DescribeAddresses", "Addresses", id="AllocationId", name="PublicIp", public_ip="PublicIp"),
    ),
    listing(
        "aws_nat_gateway",
        _ec2("DescribeNatGateways", "NatGateways", id="NatGatewayId", state="State", created="CreateTime"),
        of_aws=gone("deleted"),
    ),
    listing(
        "aws_network_interface",
        _ec2(
            "DescribeNetworkInterfaces", "NetworkInterfaces", id="NetworkInterfaceId", state="Status",
            description="Description", attachment="Attachment.AttachmentId",
        ),
    ),
    listing("aws_vpc", _ec2("DescribeVpcs", "Vpcs", id="VpcId", default="IsDefault"), of_aws=_default),
    listing(
        "aws_subnet",
        _ec2("DescribeSubnets", "Subnets", id="SubnetId", default="DefaultForAz", vpc_id="VpcId"),
        of_aws=_default,
    ),
    listing(
        "aws_security_group",
        _ec2("DescribeSecurityGroups", "SecurityGroups", id="GroupId", name="GroupName", vpc_id="VpcId"),
        of_aws=_group,
    ),
    listing(
        "aws_route_table",
        _ec2("DescribeRouteTables", "RouteTables", id="RouteTableId", main="Associations[].Main"),
        of_aws=_route_table,
    ),
    listing(
        "aws_network_acl",
        _ec2("DescribeNetworkAcls", "NetworkAcls", id="NetworkAclId", default="IsDefault"),
        of_aws=_default,
    ),
    listing(
        "aws_internet_gateway",
        _ec2("DescribeInternetGateways", "InternetGateways", id="InternetGatewayId", vpc_ids="Attachments[].VpcId"),
    ),
    listing(
        "aws_vpc_endpoint",
        _ec2(
            "DescribeVpcEndpoints", "VpcEndpoints", id="VpcEndpointId", name="ServiceName", state="State",
            created="CreationTimestamp", vpc_endpoint_type="VpcEndpointType", subnet_ids="SubnetIds",
        ),
        of_aws=gone("deleted", "Deleted"),
    ),
    listing(
        "aws_instance",
        called(
            "ec2", "DescribeInstanceStatus", "InstanceStatuses", given={"IncludeAllInstances": True},
            id="InstanceId", state="InstanceState.Name", instance_state="InstanceState.Name",
        ),
        Call(
            "ec2", "DescribeInstances", given={"InstanceIds": ["$DescribeInstanceStatus.InstanceId"]},
            take={
                "instance_type": "Reservations.0.Instances.0.InstanceType",
                "created": "Reservations.0.Instances.0.LaunchTime",
                "tags": "Reservations.0.Instances.0.Tags",
            },
            keep=[
                "Reservations[].Instances[].InstanceType", "Reservations[].Instances[].LaunchTime",
                "Reservations[].Instances[].Tags[].Key", "Reservations[].Instances[].Tags[].Value",
            ],
        ),
        of_aws=gone("terminated"),
    ),
    listing(
        "aws_ebs_volume",
        _ec2(
            "DescribeVolumes", "Volumes", id="VolumeId", state="State", size="Size", type="VolumeType",
            created="CreateTime",
        ),
    ),
    listing(
        "aws_ebs_snapshot",
        _ec2(
            "DescribeSnapshots", "Snapshots", owner={"OwnerIds": ["self"]}, id="SnapshotId", state="State",
            volume_size="VolumeSize", created="StartTime",
        ),
    ),
    listing(
        "aws_ami",
        _ec2("DescribeImages", "Images", owner={"Owners": ["self"]}, id="ImageId", name="Name", created="CreationDate"),
    ),
    listing(
        "aws_launch_template",
        _ec2("DescribeLaunchTemplates", "LaunchTemplates", id="LaunchTemplateId", name="LaunchTemplateName"),
    ),
    listing("aws_key_pair", _ec2("DescribeKeyPairs", "KeyPairs", id="KeyPairId", name="KeyName")),
    listing("aws_flow_log", _ec2("DescribeFlowLogs", "FlowLogs", id="FlowLogId", created="CreationTime")),
    listing(
        "aws_vpc_peering_connection",
        _ec2(
            "DescribeVpcPeeringConnections", "VpcPeeringConnections", id="VpcPeeringConnectionId",
            state="Status.Code",
        ),
        of_aws=gone("deleted", "rejected", "expired", "failed"),
    ),
)  # fmt: skip
