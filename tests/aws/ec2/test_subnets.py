"""Subnets with IPv6 are found by what they are associated with, as Terraform waits for them."""


def test_a_subnet_is_found_by_its_ipv6_association(aws):
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.61.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    subnet = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.61.0.0/24", Ipv6CidrBlock=block)["Subnet"]
    (association,) = subnet["Ipv6CidrBlockAssociationSet"]
    for name, value in (("association-id", association["AssociationId"]), ("ipv6-cidr-block", block)):
        asked = [{"Name": f"ipv6-cidr-block-association.{name}", "Values": [value]}]
        found = ec2.describe_subnets(Filters=asked)["Subnets"]
        assert [each["SubnetId"] for each in found] == [subnet["SubnetId"]]
    ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=vpc["VpcId"])


def test_an_ipv6_block_says_in_one_word_that_it_is_associated(aws):
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.88.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    made = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.88.1.0/24", Ipv6CidrBlock=block)["Subnet"]
    (told,) = ec2.describe_subnets(SubnetIds=[made["SubnetId"]])["Subnets"]
    assert told["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlockState"] == {"State": "associated"}
    ec2.delete_subnet(SubnetId=made["SubnetId"])
    ec2.delete_vpc(VpcId=vpc["VpcId"])
