"""VPCs, subnets, routes, gateways, security groups, addresses, interfaces, endpoints."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import column, each
from launchbook.model import Value


@collector("aws_vpc", Call("ec2", "DescribeVpcs", each="Vpcs", take={"id": "VpcId", "default": "IsDefault"}))
def vpcs(row: Row) -> Seen:
    """A VPC."""
    return row.seen(id="id", name="id")


@collector(
    "aws_subnet",
    Call(
        "ec2",
        "DescribeSubnets",
        each="Subnets",
        take={
            "id": "SubnetId",
            "vpc_id": "VpcId",
            "availability_zone": "AvailabilityZone",
            "cidr_block": "CidrBlock",
            "map_public_ip_on_launch": "MapPublicIpOnLaunch",
        },
    ),
)
def subnets(row: Row) -> Seen:
    """A subnet and its zone."""
    return row.seen(id="id", name="id")


@collector(
    "aws_route_table",
    Call(
        "ec2",
        "DescribeRouteTables",
        each="RouteTables",
        take={
            "id": "RouteTableId",
            "vpc_id": "VpcId",
            "subnet_ids": "Associations[].SubnetId",
            "main": "Associations[].Main",
            "gateways": "Routes[].GatewayId",
            "nat_gateways": "Routes[].NatGatewayId",
            "destinations": "Routes[].DestinationCidrBlock",
        },
    ),
)
def route_tables(row: Row) -> Seen:
    """A route table: its subnets and where its routes lead. The three route lists have one order."""
    return row.seen(id="id", name="id")


@collector(
    "aws_security_group",
    Call(
        "ec2",
        "DescribeSecurityGroups",
        each="SecurityGroups",
        take={"arn": "SecurityGroupArn", "id": "GroupId", "name": "GroupName", "vpc_id": "VpcId"},
        keep=[
            "IpPermissions[].IpProtocol",
            "IpPermissions[].FromPort",
            "IpPermissions[].ToPort",
            "IpPermissions[].IpRanges[].CidrIp",
            "IpPermissions[].Ipv6Ranges[].CidrIpv6",
            "IpPermissions[].UserIdGroupPairs[].GroupId",
        ],
    ),
)
def security_groups(row: Row) -> Seen:
    """A security group and what it lets in."""
    ingress = each(row.get("DescribeSecurityGroups", "IpPermissions"), _rule)
    return row.seen(id="id", name="name", DescribeSecurityGroups={"ingress": ingress})


def _rule(one: dict[str, Value]) -> Value:
    return {
        "protocol": one.get("IpProtocol"),
        "from_port": one.get("FromPort"),
        "to_port": one.get("ToPort"),
        "cidr_blocks": column(one.get("IpRanges"), "CidrIp"),
        "ipv6_cidr_blocks": column(one.get("Ipv6Ranges"), "CidrIpv6"),
        "security_groups": column(one.get("UserIdGroupPairs"), "GroupId"),
    }


@collector(
    "aws_internet_gateway",
    Call(
        "ec2",
        "DescribeInternetGateways",
        each="InternetGateways",
        take={"id": "InternetGatewayId", "vpc_ids": "Attachments[].VpcId"},
    ),
)
def internet_gateways(row: Row) -> Seen:
    """An internet gateway."""
    return row.seen(id="id", name="id")


@collector(
    "aws_nat_gateway",
    Call(
        "ec2",
        "DescribeNatGateways",
        each="NatGateways",
        take={"id": "NatGatewayId", "state": "State", "subnet_id": "SubnetId", "vpc_id": "VpcId"},
    ),
)
def nat_gateways(row: Row) -> Seen:
    """A NAT gateway; deleted ones are listed for an hour."""
    return row.seen(id="id", name="id")


@collector(
    "aws_eip",
    Call(
        "ec2",
        "DescribeAddresses",
        each="Addresses",
        take={"id": "AllocationId", "public_ip": "PublicIp", "association_id": "AssociationId"},
    ),
)
def elastic_ips(row: Row) -> Seen:
    """An Elastic IP; without an association it costs and serves nothing."""
    return row.seen(id="id", name="public_ip")


@collector(
    "aws_network_interface",
    Call(
        "ec2",
        "DescribeNetworkInterfaces",
        each="NetworkInterfaces",
        take={
            "id": "NetworkInterfaceId",
            "status": "Status",
            "subnet_id": "SubnetId",
            "description": "Description",
            "public_ip": "Association.PublicIp",
            "interface_type": "InterfaceType",
        },
    ),
)
def network_interfaces(row: Row) -> Seen:
    """A network interface."""
    return row.seen(id="id", name="id")


@collector(
    "aws_vpc_endpoint",
    Call(
        "ec2",
        "DescribeVpcEndpoints",
        each="VpcEndpoints",
        take={"id": "VpcEndpointId", "service_name": "ServiceName", "vpc_id": "VpcId", "state": "State"},
    ),
)
def vpc_endpoints(row: Row) -> Seen:
    """A VPC endpoint."""
    return row.seen(id="id", name="service_name")
