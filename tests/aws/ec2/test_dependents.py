"""A subnet, a security group and a VPC go only when nothing depends on them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def ec2(aws):
    return aws("ec2")


@pytest.fixture
def vpc(ec2):
    made = ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
    yield made
    ec2.delete_vpc(VpcId=made)  # every test leaves it empty


@pytest.fixture
def subnet(ec2, vpc):
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.6.1.0/24", AvailabilityZone="eu-west-1a")["Subnet"][
        "SubnetId"
    ]
    yield made
    ec2.delete_subnet(SubnetId=made)


@pytest.fixture
def group(ec2, vpc):
    made = ec2.create_security_group(GroupName="held", Description="x", VpcId=vpc)["GroupId"]
    yield made
    ec2.delete_security_group(GroupId=made)


def violation(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    assert raised.value.response["Error"]["Code"] == "DependencyViolation"
    return raised.value.response["Error"]["Message"]


def test_an_interface_holds_its_subnet_its_group_and_its_vpc(ec2, vpc, subnet, group):
    interface = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]
    said = violation(ec2.delete_subnet, SubnetId=subnet)
    assert said == f"The subnet '{subnet}' has dependencies and cannot be deleted."
    assert violation(ec2.delete_security_group, GroupId=group) == f"resource {group} has a dependent object"
    assert violation(ec2.delete_vpc, VpcId=vpc) == f"The vpc '{vpc}' has dependencies and cannot be deleted."
    ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])


def test_a_group_is_held_by_the_rules_of_others_and_not_by_its_own(ec2, vpc, group):
    other = ec2.create_security_group(GroupName="other", Description="x", VpcId=vpc)["GroupId"]

    def permission(named):
        pairs = [{"GroupId": named}]
        return [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": pairs}]

    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permission(group))
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=permission(group))
    violation(ec2.delete_security_group, GroupId=group)
    ec2.revoke_security_group_ingress(GroupId=other, IpPermissions=permission(group))
    ec2.authorize_security_group_egress(GroupId=other, IpPermissions=permission(group))
    violation(ec2.delete_security_group, GroupId=group)
    violation(ec2.delete_vpc, VpcId=vpc)
    ec2.delete_security_group(GroupId=other)


def test_a_load_balancer_holds_its_subnets_and_groups(ec2, aws, vpc, subnet, group):
    second = ec2.create_subnet(VpcId=vpc, CidrBlock="10.6.2.0/24", AvailabilityZone="eu-west-1b")["Subnet"][
        "SubnetId"
    ]
    elb = aws("elbv2")
    made = elb.create_load_balancer(Name="holds", Subnets=[subnet, second], SecurityGroups=[group])
    for each in (subnet, second):
        violation(ec2.delete_subnet, SubnetId=each)
    violation(ec2.delete_security_group, GroupId=group)
    elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"])
    ec2.delete_subnet(SubnetId=second)


def test_a_database_holds_its_groups(ec2, aws, group):
    rds = aws("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="holds", Engine="mysql", DBInstanceClass="db.t4g.micro", AllocatedStorage=20,
        MasterUsername="app", MasterUserPassword="of-a-test-only", VpcSecurityGroupIds=[group],
    )  # fmt: skip
    violation(ec2.delete_security_group, GroupId=group)
    rds.delete_db_instance(DBInstanceIdentifier="holds", SkipFinalSnapshot=True)


def test_a_vpc_is_held_by_its_gateways_tables_and_lists(ec2, vpc, subnet):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    violation(ec2.delete_vpc, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    violation(ec2.delete_subnet, SubnetId=subnet)
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.release_address(AllocationId=address)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)


def test_an_empty_vpc_is_held_by_each_of_its_parts(ec2, vpc):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    violation(ec2.delete_vpc, VpcId=vpc)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    violation(ec2.delete_vpc, VpcId=vpc)
    ec2.delete_route_table(RouteTableId=table)
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    violation(ec2.delete_vpc, VpcId=vpc)
    ec2.delete_network_acl(NetworkAclId=acl)
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.eu-west-1.s3")["VpcEndpoint"]
    violation(ec2.delete_vpc, VpcId=vpc)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])


def test_the_default_group_stays(ec2, vpc):
    found = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    with pytest.raises(ClientError) as raised:
        ec2.delete_security_group(GroupId=found[0]["GroupId"])
    assert raised.value.response["Error"]["Code"] == "CannotDelete"
