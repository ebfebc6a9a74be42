"""Subnets with IPv6 are found by what they are associated with, as Terraform waits for them; what goes with them."""


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


def test_a_subnet_takes_its_association_with_a_route_table_along(aws):
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.62.0.0/16")["Vpc"]["VpcId"]
    gone, stays = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.62.{number}.0/24")["Subnet"]["SubnetId"]
        for number in (1, 2)
    )
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    for subnet in (gone, stays):
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.delete_subnet(SubnetId=gone)
    (told,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert [each["SubnetId"] for each in told["Associations"]] == [stays]
    ec2.delete_subnet(SubnetId=stays)
    ec2.delete_route_table(RouteTableId=table)
    ec2.delete_vpc(VpcId=vpc)
