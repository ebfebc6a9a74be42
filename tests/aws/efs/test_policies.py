"""The policies of a file system come and go."""

import json

import pytest
from botocore.exceptions import ClientError


def test_policies_are_set_and_taken_away(aws):
    efs = aws("efs")
    name = efs.create_file_system(CreationToken="policies")["FileSystemId"]
    with pytest.raises(ClientError) as never:
        efs.describe_backup_policy(FileSystemId=name)
    assert never.value.response["Error"]["Code"] == "PolicyNotFound"
    efs.put_backup_policy(FileSystemId=name, BackupPolicy={"Status": "ENABLED"})
    assert efs.describe_backup_policy(FileSystemId=name)["BackupPolicy"] == {"Status": "ENABLED"}
    efs.put_backup_policy(FileSystemId=name, BackupPolicy={"Status": "DISABLED"})
    assert efs.describe_backup_policy(FileSystemId=name)["BackupPolicy"] == {"Status": "DISABLED"}
    statement = {"Effect": "Allow", "Principal": "*", "Action": "elasticfilesystem:ClientMount"}
    efs.put_file_system_policy(FileSystemId=name, Policy=json.dumps({"Statement": [statement]}))
    efs.delete_file_system_policy(FileSystemId=name)
    with pytest.raises(ClientError) as gone:
        efs.describe_file_system_policy(FileSystemId=name)
    assert gone.value.response["Error"]["Code"] == "PolicyNotFound"
    efs.delete_file_system(FileSystemId=name)
