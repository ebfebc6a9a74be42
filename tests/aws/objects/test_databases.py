"""What RDS tells of databases that have no server here, and of its certificate authorities."""

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Clients


def test_the_certificate_authorities_are_listed(aws: Clients) -> None:
    rds = aws("rds")
    told = {each["CertificateIdentifier"]: each for each in rds.describe_certificates()["Certificates"]}
    assert told["rds-ca-rsa2048-g1"]["ValidTill"].year == 2061
    (one,) = rds.describe_certificates(CertificateIdentifier="rds-ca-ecc384-g1")["Certificates"]
    assert one["CertificateArn"] == "arn:aws:rds:eu-west-1::cert:rds-ca-ecc384-g1"
    with pytest.raises(ClientError, match="CertificateNotFound"):
        rds.describe_certificates(CertificateIdentifier="rds-ca-2010")


def test_a_renamed_instance_has_its_automated_backup_under_its_new_name(aws: Clients) -> None:
    rds = aws("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="before", DBInstanceClass="db.t3.micro", Engine="mysql", AllocatedStorage=20,
        MasterUsername="owner", MasterUserPassword="a-long-password", BackupRetentionPeriod=7,
    )  # fmt: skip
    rds.modify_db_instance(
        DBInstanceIdentifier="before", NewDBInstanceIdentifier="after", ApplyImmediately=True
    )
    (told,) = rds.describe_db_instance_automated_backups(DBInstanceIdentifier="after")[
        "DBInstanceAutomatedBackups"
    ]
    assert (told["DBInstanceIdentifier"], told["Status"]) == ("after", "active")
    listed = rds.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    assert "before" not in [each["DBInstanceIdentifier"] for each in listed]
    rds.delete_db_instance(DBInstanceIdentifier="after", SkipFinalSnapshot=True)
