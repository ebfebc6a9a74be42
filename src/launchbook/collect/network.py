"""VPCs, subnets, routes, gateways, security groups, addresses, interfaces, endpoints."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import column, each
from launchbook.model import Unread, Value

#: Where a route may lead besides internet and NAT gateways.
OTHER_WAYS = (
    *(
        "EgressOnlyInternetGatewayId",
        "TransitGatewayId",
        "LocalGatewayId",
        "CarrierGatewayId",
        "CoreNetworkArn",
    ),
    *("InstanceId", "NetworkInterfaceId", "VpcPeeringConnectionId"),
)
#: Protocols whose rules always name their ports (of ICMP, its types).
_WITH_PORTS = ("tcp", "udp", "icmp", "icmpv6", "6", "17", "1", "58")


@collector("aws_vpc", Call("ec2", "DescribeVpcs", each="Vpcs", take={"id": "VpcId", "default": "IsDefault"}))
def vpcs(row: Row) -> Seen:
    """A VPC."""
    return row.seen(id="id", name="id")


@collector(
    "aws_subnet",
    Call(
        "ec2",
        "DescribeSubnets",
        always=["MapPublicIpOnLaunch"],
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
            "main": "Associations[].Main",
            "nat_gateways": "Routes[].NatGatewayId",
            "destinations": "Routes[].DestinationCidrBlock",
        },
        keep=[
            "Associations[].SubnetId",
            "Associations[].GatewayId",
            "Routes[].GatewayId",
            *(f"Routes[].{other}" for other in OTHER_WAYS),
        ],
    ),
)
def route_tables(row: Row) -> Seen:
    """A route table: its subnets and where its routes lead. The three route lists have one order."""
    more = {
        "subnet_ids": each(row.get("DescribeRouteTables", "Associations"), _subnet),
        "gateways": each(row.get("DescribeRouteTables", "Routes"), _gateway),
    }
    return row.seen(id="id", name="id", DescribeRouteTables=more)


def _subnet(one: dict[str, Value]) -> Value:
    """The subnet of an association; a VPC's main table has one without, and so has a gateway's."""
    found = one.get("SubnetId")
    if found is not None or one.get("Main") is True or one.get("GatewayId") is not None:
        return found
    return Unread("ec2:DescribeRouteTables named neither a subnet nor a gateway")


def _gateway(one: dict[str, Value]) -> Value:
    """The gateway that a route leads to; every route leads somewhere."""
    found = one.get("GatewayId")
    if found is not None or any(one.get(other) is not None for other in ("NatGatewayId", *OTHER_WAYS)):
        return found
    return Unread("ec2:DescribeRouteTables did not say where a route leads")


@collector(
    "aws_security_group",
    Call(
        "ec2",
        "DescribeSecurityGroups",
        always=[
            "IpPermissions[].IpProtocol",
            "IpPermissions[].IpRanges[].CidrIp",
            "IpPermissions[].Ipv6Ranges[].CidrIpv6",
        ],
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
        "from_port": _port(one, "FromPort"),
        "to_port": _port(one, "ToPort"),
        "cidr_blocks": column(one.get("IpRanges"), "CidrIp"),
        "ipv6_cidr_blocks": column(one.get("Ipv6Ranges"), "CidrIpv6"),
        "security_groups": column(one.get("UserIdGroupPairs"), "GroupId"),
    }


def _port(one: dict[str, Value], name: str) -> Value:
    """An end of a rule's ports: none where its protocol has no ports, or all protocols may come."""
    found = one.get(name)
    if found is None and one.get("IpProtocol") in _WITH_PORTS:
        return Unread(f"ec2:DescribeSecurityGroups answered without {name}")
    return found


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
