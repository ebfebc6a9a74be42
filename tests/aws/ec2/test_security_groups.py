"""Security groups answer what they were told."""

from __future__ import annotations


def test_a_rule_that_names_a_group_keeps_its_description(aws):
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    one, two = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("one", "two")
    )
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 80,
        "UserIdGroupPairs": [{"GroupId": two, "Description": "from two"}],
    }
    ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=[permission])
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [one]}])[
        "SecurityGroupRules"
    ]
    assert [rule["Description"] for rule in rules if not rule["IsEgress"]] == ["from two"]
