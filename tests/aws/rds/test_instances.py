"""A PostgreSQL instance of RDS is a server: it takes its master user, stops, starts, changes and goes."""

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.aws.conftest import Clients
from tests.aws.rds.conftest import PASSWORD, Databases, until


def test_an_instance_is_a_server_with_the_asked_name_user_and_password(databases: Databases) -> None:
    name = databases.create(wait=False)
    first = databases.describe(name)
    assert first["DBInstanceStatus"] == "creating"
    assert "Endpoint" not in first
    found = databases.until(name, "available")
    assert found["Endpoint"]["Address"].startswith("127.")
    assert found["Endpoint"]["Port"] == 5432
    assert found["EngineVersion"] == "16.3"
    rows = databases.sql(name, "SELECT current_user::text, current_database()::text, rolsuper FROM pg_roles "
                         "WHERE rolname = current_user")  # fmt: skip
    assert rows == [("keeper", "shop", False)]
    # What a master user may do without being a superuser.
    databases.sql(name, "CREATE ROLE app LOGIN", "CREATE EXTENSION IF NOT EXISTS pgcrypto",
                  "CREATE TABLE t (i int)", "SELECT 1")  # fmt: skip
    with pytest.raises(asyncpg.InvalidPasswordError):
        databases.sql(name, "SELECT 1", password="wrong")


def test_another_version_than_the_asked_one_is_said(databases: Databases) -> None:
    name = databases.create(EngineVersion="11.22")
    events = databases.client.describe_events(SourceIdentifier=name, SourceType="db-instance")["Events"]
    said = [event["Message"] for event in events]
    assert any("PostgreSQL 11.22 was asked for; the nearest on this machine is" in text for text in said)
    assert databases.describe(name)["EngineVersion"] == "11.22"
    [(real,)] = databases.sql(name, "SHOW server_version")
    assert any(real.split()[0] in text for text in said)


def test_two_instances_share_a_port_on_their_own_addresses(databases: Databases) -> None:
    one, two = databases.create(wait=False), databases.create(wait=False, DBName="other")
    ends = [databases.until(name, "available")["Endpoint"] for name in (one, two)]
    assert ends[0]["Address"] != ends[1]["Address"]
    assert databases.sql(two, "SELECT current_database()::text", database="other") == [("other",)]


def test_a_new_password_and_port_are_real_at_once(databases: Databases) -> None:
    name = databases.create()
    databases.client.modify_db_instance(
        DBInstanceIdentifier=name, MasterUserPassword="changed-1", DBPortNumber=5544, ApplyImmediately=True
    )
    databases.until(name, "available")
    assert databases.describe(name)["Endpoint"]["Port"] == 5544
    assert databases.sql(name, "SELECT 1", password="changed-1") == [(1,)]
    with pytest.raises(asyncpg.InvalidPasswordError):
        databases.sql(name, "SELECT 1", password=PASSWORD)


def test_a_managed_password_is_a_secret_that_opens_the_database(databases: Databases, aws: Clients) -> None:
    name = databases.create(MasterUserPassword=None, ManageMasterUserPassword=True)
    arn = databases.describe(name)["MasterUserSecret"]["SecretArn"]

    def secret() -> dict[str, str]:
        return dict(json.loads(aws("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]))

    first = secret()
    assert first["username"] == "keeper"
    assert databases.sql(name, "SELECT 1", password=first["password"]) == [(1,)]
    databases.client.modify_db_instance(
        DBInstanceIdentifier=name, RotateMasterUserPassword=True, ApplyImmediately=True
    )
    databases.until(name, "available")
    assert secret()["password"] != first["password"]
    assert databases.sql(name, "SELECT 1", password=secret()["password"]) == [(1,)]


def test_stop_start_and_reboot_keep_the_data(shared: Databases, embedded: Any) -> None:
    name = shared.made[0]
    shared.sql(name, "CREATE TABLE kept AS SELECT 42 AS n", "SELECT 1")
    shared.client.reboot_db_instance(DBInstanceIdentifier=name)
    shared.until(name, "available")
    shared.client.stop_db_instance(DBInstanceIdentifier=name)
    shared.until(name, "stopped")
    with pytest.raises(OSError):
        shared.sql(name, "SELECT 1")
    shared.client.start_db_instance(DBInstanceIdentifier=name)
    shared.until(name, "available")
    assert shared.sql(name, "SELECT n FROM kept") == [(42,)]


def test_a_killed_server_comes_back_with_its_data(shared: Databases, embedded: Any) -> None:
    name = shared.made[0]
    shared.sql(name, "CREATE TABLE killed AS SELECT 7 AS n", "SELECT 1")
    postmaster = _postmaster(shared, name, embedded)
    os.kill(postmaster, signal.SIGKILL)
    until(lambda: _postmaster(shared, name, embedded) != postmaster)
    shared.until(name, "available")
    assert shared.sql(name, "SELECT n FROM killed") == [(7,)]


def _postmaster(databases: Databases, name: str, embedded: Any) -> int:
    resource = databases.describe(name)["DbiResourceId"].lower()
    record = Path(embedded.state) / "rds" / resource / "data" / "postmaster.pid"
    written = record.read_text().split() if record.exists() else []
    return int(written[0]) if written else 0  # for a moment the file is there and empty


def test_protection_final_snapshot_and_deletion(databases: Databases, embedded: Any) -> None:
    name = databases.create(DeletionProtection=True)
    client = databases.client
    resource = databases.describe(name)["DbiResourceId"].lower()
    directory = Path(embedded.state) / "rds" / resource
    assert (directory / "data").is_dir()
    with pytest.raises(client.exceptions.ClientError, match="protected"):
        client.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    client.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False)
    with pytest.raises(client.exceptions.ClientError, match="FinalDBSnapshotIdentifier is required"):
        client.delete_db_instance(DBInstanceIdentifier=name)
    databases.sql(name, "CREATE TABLE last AS SELECT 1 AS n", "SELECT 1")
    postmaster = _postmaster(databases, name, embedded)
    client.delete_db_instance(DBInstanceIdentifier=name, FinalDBSnapshotIdentifier="final-1")
    databases.snapshots.append("final-1")
    assert databases.describe(name)["DBInstanceStatus"] == "deleting"
    until(lambda: databases.gone(name))
    assert not directory.exists()
    assert not Path(f"/proc/{postmaster}").exists()
    assert databases.snapshot_state("final-1") == "available"
    databases.made.append("from-final")
    client.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="from-final", DBSnapshotIdentifier="final-1"
    )
    databases.until("from-final", "available")
    assert databases.sql("from-final", "SELECT n FROM last") == [(1,)]


def test_other_engines_are_objects_and_status_says_so(databases: Databases) -> None:
    name = databases.create(Engine="mysql", EngineVersion="8.0.35")
    assert databases.describe(name)["DBInstanceStatus"] == "available"


def test_what_a_server_uses_is_measured(shared: Databases, aws: Clients) -> None:
    name = shared.made[0]

    def latest(metric: str) -> list[float]:
        now = datetime.now(UTC)
        found = aws("cloudwatch").get_metric_statistics(
            Namespace="AWS/RDS", MetricName=metric, StartTime=now - timedelta(hours=1), EndTime=now,
            Period=60, Statistics=["Maximum"], Dimensions=[{"Name": "DBInstanceIdentifier", "Value": name}],
        )  # fmt: skip
        return [point["Maximum"] for point in found["Datapoints"]]

    until(lambda: latest("FreeStorageSpace"))
    [free] = latest("FreeStorageSpace")[:1]
    assert 19 * 2**30 < free < 20 * 2**30
    assert latest("DatabaseConnections") == [0.0]


def test_versions_and_classes_can_be_asked_for_before(aws: Clients) -> None:
    rds = aws("rds")
    [default] = rds.describe_db_engine_versions(Engine="postgres", EngineVersion="16", DefaultOnly=True)[
        "DBEngineVersions"
    ]
    assert default["DBParameterGroupFamily"] == "postgres16"
    version = default["EngineVersion"]
    family = rds.describe_db_engine_versions(Engine="postgres", DBParameterGroupFamily="postgres15")
    assert {each["MajorEngineVersion"] for each in family["DBEngineVersions"]} == {"15"}
    options = rds.describe_orderable_db_instance_options(
        Engine="postgres", EngineVersion=version, DBInstanceClass="db.t4g.micro"
    )["OrderableDBInstanceOptions"]
    assert {each["StorageType"] for each in options} == {"gp2", "gp3", "io1"}
    with pytest.raises(rds.exceptions.ClientError, match="DescribeDBEngineVersions"):
        rds.describe_db_engine_versions(Engine="mysql")
