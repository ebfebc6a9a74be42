"""Images that stacks look for, instances of an image that nobody knows, and what is left of both."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.aws.conftest import Clients

_UNKNOWN = "ami-0abcdef1234567890"


@pytest.fixture
def subnet(aws: Clients) -> Iterator[str]:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.77.1.0/24")["Subnet"]["SubnetId"]
    yield made
    ec2.delete_subnet(SubnetId=made)
    ec2.delete_vpc(VpcId=vpc)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("amazon", "al2023-ami-2023*-x86_64"),
        ("137112412989", "amzn2-ami-hvm-*-x86_64-gp2"),
        ("099720109477", "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*"),
        ("099720109477", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*"),
    ],
)
def test_an_image_is_found_by_owner_and_name(aws: Clients, owner: str, name: str) -> None:
    wanted: list[Any] = [
        {"Name": "name", "Values": [name]},
        {"Name": "virtualization-type", "Values": ["hvm"]},
        {"Name": "root-device-type", "Values": ["ebs"]},
        {"Name": "state", "Values": ["available"]},
    ]
    found = aws("ec2").describe_images(Owners=[owner], Filters=wanted)["Images"]
    assert found
    assert all(each["RootDeviceType"] == "ebs" and each["CreationDate"] for each in found)
    again = aws("ec2").describe_images(ImageIds=[found[0]["ImageId"]])["Images"]
    assert [each["Name"] for each in again] == [found[0]["Name"]]


def test_own_images_are_not_other_peoples(aws: Clients) -> None:
    ec2 = aws("ec2")
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def test_an_instance_of_an_unknown_image_leaves_neither_volume_nor_tags(aws: Clients, subnet: str) -> None:
    ec2 = aws("ec2")
    (image,) = ec2.describe_images(ImageIds=[_UNKNOWN])["Images"]
    root = {"DeviceName": image["RootDeviceName"], "Ebs": {"VolumeSize": 20, "VolumeType": "gp3"}}
    (made,) = ec2.run_instances(
        ImageId=_UNKNOWN, MinCount=1, MaxCount=1, SubnetId=subnet, BlockDeviceMappings=[root],
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "bastion"}]}],
    )["Instances"]  # fmt: skip
    name = made["InstanceId"]
    ec2.terminate_instances(InstanceIds=[name])
    attached = [{"Name": "attachment.instance-id", "Values": [name]}]
    assert ec2.describe_volumes(Filters=attached)["Volumes"] == []
    tagged = aws("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]
    assert not [each for each in tagged if name in each["ResourceARN"]]


def test_a_malformed_image_id_is_refused(aws: Clients) -> None:
    with pytest.raises(aws("ec2").exceptions.ClientError, match=r"InvalidAMIID\.NotFound"):
        aws("ec2").describe_images(ImageIds=["ami-none"])


def test_what_is_deleted_is_told_as_deleted_and_its_tags_are_gone(aws: Clients, subnet: str) -> None:
    ec2 = aws("ec2")
    vpc = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
    tags = [{"Key": "Name", "Value": "gone"}]
    listed = ec2.create_managed_prefix_list(
        PrefixListName="gone", MaxEntries=1, AddressFamily="IPv4",
        TagSpecifications=[{"ResourceType": "prefix-list", "Tags": tags}],
    )["PrefixList"]["PrefixListId"]  # fmt: skip
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    attached = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet],
        TagSpecifications=[{"ResourceType": "transit-gateway-attachment", "Tags": tags}],
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]  # fmt: skip

    ec2.delete_managed_prefix_list(PrefixListId=listed)
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attached)
    (told,) = ec2.describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=[attached])[
        "TransitGatewayVpcAttachments"
    ]
    assert told["State"] == "deleted"
    left = [each["ResourceId"] for each in ec2.describe_tags()["Tags"]]
    assert listed not in left
    assert attached not in left
    ec2.delete_transit_gateway(TransitGatewayId=gateway)
