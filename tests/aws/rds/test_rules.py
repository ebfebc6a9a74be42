"""What RDS refuses is refused, what fails says so and shows no endpoint, and what is deleted leaves nothing."""

from typing import Any

import pytest

from tests.aws.conftest import Clients
from tests.aws.rds.conftest import Databases, until


@pytest.mark.parametrize(
    ("wrong", "code", "why"),
    [
        ({"EngineVersion": "99"}, "InvalidParameterCombination", "Cannot find version 99 for postgres"),
        ({"EngineVersion": "16.x"}, "InvalidParameterCombination", "Cannot find version 16.x for postgres"),
        ({"MasterUserPassword": "short12"}, "InvalidParameterValue", "shorter than 8 characters"),
        ({"MasterUserPassword": "x" * 129}, "InvalidParameterValue", "longer than 128 characters"),
        ({"DBName": "bad-name"}, "InvalidParameterValue", "DBName must begin with a letter"),
        ({"MasterUsername": "rdsadmin"}, "InvalidParameterValue", "rdsadmin cannot be used"),
        ({"MasterUsername": "1st"}, "InvalidParameterValue", "MasterUsername must begin with a letter"),
    ],
)
def test_what_rds_refuses_is_refused_and_nothing_stays(
    aws: Clients, wrong: dict[str, Any], code: str, why: str
) -> None:
    rds = aws("rds")
    given = {"DBName": "shop", "MasterUsername": "keeper", "MasterUserPassword": "long enough", **wrong}
    with pytest.raises(rds.exceptions.ClientError) as refused:
        rds.create_db_instance(
            DBInstanceIdentifier="refused", Engine="postgres", DBInstanceClass="db.t4g.micro",
            AllocatedStorage=20, **given,
        )  # fmt: skip
    assert refused.value.response["Error"]["Code"] == code
    assert why in refused.value.response["Error"]["Message"]
    with pytest.raises(rds.exceptions.DBInstanceNotFoundFault):
        rds.describe_db_instances(DBInstanceIdentifier="refused")


def test_a_short_new_password_is_refused(shared: Databases) -> None:
    with pytest.raises(shared.client.exceptions.ClientError, match="shorter than 8 characters"):
        shared.client.modify_db_instance(DBInstanceIdentifier=shared.made[0], MasterUserPassword="short12")


def test_option_groups_are_listed_without_a_name(aws: Clients) -> None:
    rds = aws("rds", region="eu-central-1")
    assert rds.describe_option_groups()["OptionGroupsList"] == []
    rds.create_option_group(
        OptionGroupName="extra", EngineName="mysql", MajorEngineVersion="8.0", OptionGroupDescription="extra"
    )
    try:
        assert [each["OptionGroupName"] for each in rds.describe_option_groups()["OptionGroupsList"]] == [
            "extra"
        ]
        found = rds.describe_option_groups(EngineName="postgres")["OptionGroupsList"]
        assert found == []
        with pytest.raises(rds.exceptions.OptionGroupNotFoundFault):
            rds.describe_option_groups(OptionGroupName="none")
    finally:
        rds.delete_option_group(OptionGroupName="extra")


def test_a_failed_instance_has_no_endpoint_and_can_be_deleted(databases: Databases) -> None:
    name = databases.create(wait=False, DBName="template1")  # PostgreSQL has one already
    until(lambda: databases.describe(name)["DBInstanceStatus"] == "failed")
    assert "Endpoint" not in databases.describe(name)


def test_a_deletion_while_creating_leaves_no_backup(databases: Databases) -> None:
    name = databases.create(wait=False, BackupRetentionPeriod=7)
    assert databases.describe(name)["DBInstanceStatus"] == "creating"
    databases.client.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    until(lambda: databases.gone(name))
    assert databases.client.describe_db_snapshots(DBInstanceIdentifier=name)["DBSnapshots"] == []
    left = databases.client.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    assert name not in {each["DBInstanceIdentifier"] for each in left}


def test_a_replica_is_stored_as_its_source_is(databases: Databases, aws: Clients) -> None:
    ec2 = aws("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    group = ec2.create_security_group(GroupName="replicated", Description="x", VpcId=vpc)["GroupId"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    databases.client.create_db_subnet_group(
        DBSubnetGroupName="replicated", DBSubnetGroupDescription="x",
        SubnetIds=[each["SubnetId"] for each in subnets],
    )  # fmt: skip
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    name = databases.create(
        StorageEncrypted=True, KmsKeyId=key, StorageType="io1", Iops=1000, AllocatedStorage=100,
        DBSubnetGroupName="replicated", CopyTagsToSnapshot=True, VpcSecurityGroupIds=[group],
    )  # fmt: skip
    replica = f"{name}-replica"
    databases.made.insert(0, replica)
    databases.client.create_db_instance_read_replica(
        DBInstanceIdentifier=replica, SourceDBInstanceIdentifier=name
    )
    one, two = databases.describe(name), databases.until(replica, "available")
    same = ("StorageEncrypted", "KmsKeyId", "StorageType", "Iops", "CopyTagsToSnapshot", "VpcSecurityGroups")
    assert {key: two[key] for key in same} == {key: one[key] for key in same}
    assert one["StorageEncrypted"]
    assert one["KmsKeyId"] == key
    assert two["DBSubnetGroup"]["DBSubnetGroupName"] == "replicated"
