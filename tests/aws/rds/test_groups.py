"""Groups that stay while they are used, changes that RDS refuses, and a log that is the server's own."""

import pytest
from botocore.exceptions import ClientError


def _refused(code, call):
    with pytest.raises(ClientError) as refused:
        call()
    assert refused.value.response["Error"]["Code"] == code, refused.value
    return refused.value.response["Error"]["Message"]


@pytest.fixture(scope="module")
def database(shared):
    return shared.made[0]


def test_a_parameter_group_in_use_stays_and_its_instance_can_be_described(aws, shared, database):
    rds = aws("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="kept", DBParameterGroupFamily="postgres16", Description="of a test"
    )
    rds.modify_db_instance(DBInstanceIdentifier=database, DBParameterGroupName="kept", ApplyImmediately=True)
    said = _refused(
        "InvalidDBParameterGroupState", lambda: rds.delete_db_parameter_group(DBParameterGroupName="kept")
    )
    assert "kept" in said
    assert shared.describe(database)["DBParameterGroups"][0]["DBParameterGroupName"] == "kept"
    rds.modify_db_instance(
        DBInstanceIdentifier=database, DBParameterGroupName="default.postgres16", ApplyImmediately=True
    )
    rds.delete_db_parameter_group(DBParameterGroupName="kept")


def test_parameters_are_set_back(aws):
    rds = aws("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="reset", DBParameterGroupFamily="postgres16", Description="of a test"
    )
    given = [
        {"ParameterName": name, "ParameterValue": "1", "ApplyMethod": "immediate"}
        for name in ("log_min_duration_statement", "log_lock_waits")
    ]
    rds.modify_db_parameter_group(DBParameterGroupName="reset", Parameters=given)
    rds.reset_db_parameter_group(DBParameterGroupName="reset", Parameters=given[:1])
    left = rds.describe_db_parameters(DBParameterGroupName="reset", Source="user")["Parameters"]
    assert [each["ParameterName"] for each in left] == ["log_lock_waits"]
    rds.reset_db_parameter_group(DBParameterGroupName="reset", ResetAllParameters=True)
    assert rds.describe_db_parameters(DBParameterGroupName="reset", Source="user")["Parameters"] == []
    rds.delete_db_parameter_group(DBParameterGroupName="reset")


def test_a_subnet_group_in_use_stays(aws, databases):
    subnets = [each["SubnetId"] for each in aws("ec2").describe_subnets()["Subnets"]][:2]
    rds = aws("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="held", DBSubnetGroupDescription="x", SubnetIds=subnets)
    name = databases.create(wait=False, DBSubnetGroupName="held")
    _refused("InvalidDBSubnetGroupStateFault", lambda: rds.delete_db_subnet_group(DBSubnetGroupName="held"))
    databases.until(name, "available")
    rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier=name, WaiterConfig={"Delay": 1})
    rds.delete_db_subnet_group(DBSubnetGroupName="held")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"AllocatedStorage": 10}, "decreased"),
        ({"EngineVersion": "15.5", "AllowMajorVersionUpgrade": True}, "Cannot upgrade postgres from"),
        ({"EngineVersion": "17"}, "AllowMajorVersionUpgrade"),
        ({"EngineVersion": "99.1"}, "Cannot find version"),
    ],
)
def test_a_change_that_rds_refuses_changes_nothing(aws, shared, database, change, word):
    before = shared.describe(database)
    call = {"DBInstanceIdentifier": database, "ApplyImmediately": True, **change}
    assert word in _refused("InvalidParameterCombination", lambda: aws("rds").modify_db_instance(**call))
    after = shared.describe(database)
    assert all(after[name] == before[name] for name in ("AllocatedStorage", "EngineVersion"))


def test_the_log_is_what_the_server_wrote(aws, shared, database):
    rds = aws("rds")
    shared.sql(database, "DO $$ BEGIN RAISE WARNING 'a line of the test'; END $$", "SELECT 1")
    (file,) = rds.describe_db_log_files(DBInstanceIdentifier=database)["DescribeDBLogFiles"]
    assert file["Size"] > 0
    call = {"DBInstanceIdentifier": database, "LogFileName": file["LogFileName"]}
    told = rds.download_db_log_file_portion(**call)
    assert "WARNING:  a line of the test" in told["LogFileData"]
    first = rds.download_db_log_file_portion(**call, NumberOfLines=1, Marker="0")
    assert (first["LogFileData"].count("\n"), first["AdditionalDataPending"]) == (1, True)
    _refused(
        "DBLogFileNotFoundFault",
        lambda: rds.download_db_log_file_portion(DBInstanceIdentifier=database, LogFileName="error/other"),
    )


def test_an_encrypted_instance_names_the_key_of_rds(aws, databases):
    name = databases.create(wait=False, StorageEncrypted=True)
    told = databases.describe(name)
    key = aws("kms").describe_key(KeyId="alias/aws/rds")["KeyMetadata"]
    assert (told["KmsKeyId"], key["KeyManager"]) == (key["Arn"], "AWS")
    assert told["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"
    databases.until(name, "available")
