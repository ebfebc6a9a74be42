"""Maintenance and backup windows that RDS takes and refuses; an instance that is refused leaves no secret."""

import pytest

from launchbook.local.planes.rds.rules import wrong_window
from tests.aws.conftest import Clients


@pytest.mark.parametrize(
    ("maintenance", "backup", "why"),
    [
        ("mon:00:00-mon:03:00", "03:00-06:00", None),
        ("mon:00:00-mon:03:01", "03:00-06:00", "overlap"),
        ("tue:23:30-wed:00:30", "22:00-23:45", "overlap"),
        ("sun:23:30-mon:00:30", "00:30-01:30", None),
        ("sun:23:30-mon:00:30", "00:00-00:30", "overlap"),
        ("sun:23:30-mon:00:30", "23:00-23:31", "overlap"),
        ("mon:04:00-mon:05:00", "23:00-04:00", None),
        ("mon:04:00-mon:05:00", "23:00-04:10", "overlap"),
        ("mon:04:00-mon:04:10", None, "at least 30 minutes"),
        ("mon:04:00-wed:04:10", None, "less than 24 hours"),
        ("mon:04:00-xyz:05:00", None, "Invalid maintenance window"),
        ("mon:04:00-mon:05:00", "4-5", "Invalid backup window"),
    ],
)
def test_windows(maintenance: str, backup: str | None, why: str | None) -> None:
    said = wrong_window(maintenance, backup)
    assert said is None if why is None else why in str(said)


def test_a_refused_instance_leaves_no_secret(aws: Clients) -> None:
    rds, secrets = aws("rds", region="eu-central-1"), aws("secretsmanager", region="eu-central-1")
    with pytest.raises(rds.exceptions.ClientError, match="must not overlap"):
        rds.create_db_instance(
            DBInstanceIdentifier="refused", Engine="postgres", DBInstanceClass="db.t4g.micro",
            AllocatedStorage=20, MasterUsername="keeper", ManageMasterUserPassword=True,
            PreferredMaintenanceWindow="mon:03:00-mon:04:00", PreferredBackupWindow="03:30-04:30",
        )  # fmt: skip
    assert secrets.list_secrets()["SecretList"] == []
