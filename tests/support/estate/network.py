"""VPCs, subnets, routes, gateways, security groups."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from launchbook.model import Fact
from tests.support.estate.builder import Estate, maker, only

_zones = cycle("ab")


@maker("aws_vpc")
def vpc(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("ec2", region).create_vpc(CidrBlock=given["cidr_block"])["Vpc"]
    return {"id": made["VpcId"]}


@maker("aws_internet_gateway")
def internet_gateway(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    ec2 = estate.client("ec2", region)
    made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    if given.get("vpc_id"):
        ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=given["vpc_id"])
    return {"id": made}


@maker("aws_internet_gateway_attachment")
def attachment(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    estate.client("ec2", region).attach_internet_gateway(
        InternetGatewayId=given["internet_gateway_id"], VpcId=given["vpc_id"]
    )
    return {}


@maker("aws_subnet")
def subnet(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    ec2 = estate.client("ec2", region)
    zone = given.get("availability_zone") or region + next(_zones)
    made = ec2.create_subnet(VpcId=given["vpc_id"], CidrBlock=given["cidr_block"], AvailabilityZone=zone)
    name = made["Subnet"]["SubnetId"]
    if given.get("map_public_ip_on_launch"):
        ec2.modify_subnet_attribute(SubnetId=name, MapPublicIpOnLaunch={"Value": True})
    return {"id": name, "vpc_id": given["vpc_id"], "zone": zone}


@maker("aws_eip")
def address(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("ec2", region).allocate_address(Domain="vpc")["AllocationId"]
    return {"id": made, "allocation_id": made}


@maker("aws_nat_gateway")
def nat_gateway(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("ec2", region).create_nat_gateway(
        SubnetId=given["subnet_id"], AllocationId=given["allocation_id"]
    )
    return {"id": made["NatGateway"]["NatGatewayId"]}


@maker("aws_route_table")
def route_table(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("ec2", region).create_route_table(VpcId=given["vpc_id"])["RouteTable"]
    return {"id": made["RouteTableId"]}


@maker("aws_route")
def route(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any] | None:
    gateway = only(GatewayId=given.get("gateway_id"), NatGatewayId=given.get("nat_gateway_id"))
    if not gateway:
        return None  # a peering's
    estate.client("ec2", region).create_route(
        RouteTableId=given["route_table_id"], DestinationCidrBlock=given["destination_cidr_block"], **gateway
    )
    return {}


@maker("aws_route_table_association")
def association(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    estate.client("ec2", region).associate_route_table(
        RouteTableId=given["route_table_id"], SubnetId=given["subnet_id"]
    )
    return {}


@maker("aws_security_group")
def security_group(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    ec2 = estate.client("ec2", region)
    made = ec2.create_security_group(
        GroupName=given.get("name") or f"huntaze-{fact.name}-{fact.where.line}",
        Description=given.get("description") or "managed",
        VpcId=given["vpc_id"],
    )["GroupId"]
    return {"id": made}


def ingress(estate: Estate) -> None:
    """What each group lets in, once every group is there."""
    for fact in estate.facts.seen("aws_security_group"):
        region = estate.region_of(fact)
        rules = [_rule(one) for one in estate.value(fact.attributes.get("ingress") or [], region)]
        if rules and fact.id in estate.made:
            estate.client("ec2", region).authorize_security_group_ingress(
                GroupId=estate.made[fact.id]["id"], IpPermissions=rules
            )


def _rule(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "IpProtocol": given["protocol"],
        "FromPort": given["from_port"],
        "ToPort": given["to_port"],
        **only(
            IpRanges=[{"CidrIp": one} for one in given.get("cidr_blocks") or []],
            UserIdGroupPairs=[{"GroupId": one} for one in given.get("security_groups") or []],
        ),
    }


def elsewhere(estate: Estate, region: str, names: tuple[str, str, str]) -> dict[str, str]:
    """A VPC and two public subnets that the files know by their ids alone: those ids to the real ones."""
    ec2 = estate.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    made = [vpc]
    for number, zone in enumerate("ab"):
        block = f"10.40.{number}.0/24"
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=region + zone)["Subnet"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet["SubnetId"])
        made.append(subnet["SubnetId"])
    return dict(zip(names, made, strict=True))
