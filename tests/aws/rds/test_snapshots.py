"""Snapshots copy data: what is deleted afterwards comes back, and a copy never changes its source."""

import json
from typing import Any

from tests.aws.conftest import Clients
from tests.aws.rds.conftest import Databases, until

CHECKSUM = "SELECT count(*), md5(string_agg(o::text, '|' ORDER BY id)) FROM orders o"


def _fill(databases: Databases, name: str, rows: int = 5000) -> Any:
    return databases.sql(
        name,
        "DROP TABLE IF EXISTS orders",
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
        f"INSERT INTO orders SELECT i, md5(i::text) FROM generate_series(1, {rows}) i",
        CHECKSUM,
    )


def test_snapshot_delete_rows_restore_and_the_checksums_are_equal(
    databases: Databases, shared: Databases
) -> None:
    name = shared.made[0]
    before = _fill(databases, name)
    taken = databases.snapshot(name)
    databases.sql(name, "DELETE FROM orders WHERE id > 10", "SELECT 1")
    databases.made.append("restored-1")
    databases.client.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="restored-1", DBSnapshotIdentifier=taken
    )
    databases.until("restored-1", "available")
    assert databases.sql("restored-1", CHECKSUM) == before
    databases.sql("restored-1", "TRUNCATE orders", "SELECT 1")
    assert databases.sql(name, "SELECT count(*) FROM orders") == [(10,)]


def test_a_copied_snapshot_of_a_stopped_instance_restores_too(
    databases: Databases, shared: Databases
) -> None:
    name = shared.made[0]
    before = _fill(databases, name, 100)
    databases.client.stop_db_instance(DBInstanceIdentifier=name)
    databases.until(name, "stopped")
    taken = databases.snapshot(name)
    databases.client.copy_db_snapshot(SourceDBSnapshotIdentifier=taken, TargetDBSnapshotIdentifier="copied-1")
    until(lambda: databases.snapshot_state("copied-1") == "available")
    databases.snapshots.append("copied-1")
    databases.made.append("restored-2")
    databases.client.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="restored-2", DBSnapshotIdentifier="copied-1"
    )
    databases.until("restored-2", "available")
    assert databases.sql("restored-2", CHECKSUM) == before
    databases.client.start_db_instance(DBInstanceIdentifier=name)
    databases.until(name, "available")


def test_restore_to_the_latest_point_copies_what_is_there_now(
    databases: Databases, shared: Databases
) -> None:
    name = shared.made[0]
    before = _fill(databases, name, 100)
    databases.made.append("restored-3")
    databases.client.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier=name, TargetDBInstanceIdentifier="restored-3", UseLatestRestorableTime=True
    )
    databases.until("restored-3", "available")
    assert databases.sql("restored-3", CHECKSUM) == before


def test_backups_are_taken_only_where_they_are_kept(databases: Databases) -> None:
    none, kept = databases.create(wait=False), databases.create(BackupRetentionPeriod=7)
    databases.until(none, "available")

    def automated(name: str) -> list[str]:
        found = databases.client.describe_db_snapshots(DBInstanceIdentifier=name, SnapshotType="automated")
        return [each["Status"] for each in found["DBSnapshots"]]

    until(lambda: automated(kept) == ["available"])
    assert automated(none) == []
    databases.client.modify_db_instance(DBInstanceIdentifier=none, BackupRetentionPeriod=3)
    until(lambda: automated(none) == ["available"])
    databases.client.delete_db_instance(DBInstanceIdentifier=kept, SkipFinalSnapshot=True)
    until(lambda: databases.gone(kept))
    assert automated(kept) == []


def test_a_read_replica_follows_and_can_be_promoted(databases: Databases, shared: Databases) -> None:
    name = shared.made[0]
    before = _fill(databases, name, 100)
    databases.made.insert(0, "replica-1")
    databases.client.create_db_instance_read_replica(
        DBInstanceIdentifier="replica-1", SourceDBInstanceIdentifier=name
    )
    databases.until("replica-1", "available")
    assert databases.sql("replica-1", CHECKSUM) == before
    databases.sql(name, "INSERT INTO orders VALUES (1000000, 'late')", "SELECT 1")
    until(lambda: databases.sql("replica-1", "SELECT count(*) FROM orders") == [(101,)])
    databases.client.promote_read_replica(DBInstanceIdentifier="replica-1")
    databases.until("replica-1", "available")
    assert databases.sql("replica-1", "DELETE FROM orders WHERE id = 1", "SELECT pg_is_in_recovery()") == [
        (False,)
    ]


def test_events_of_a_snapshot_reach_a_queue(shared: Databases, aws: Clients) -> None:
    sqs, events = aws("sqs"), aws("events")
    url = sqs.create_queue(QueueName="rds-events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [{**allow, "Resource": arn}]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    pattern = {"source": ["aws.rds"], "detail": {"EventID": ["RDS-EVENT-0042"]}}
    events.put_rule(Name="rds", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="rds", Targets=[{"Id": "queue", "Arn": arn}])
    try:
        taken = shared.snapshot(shared.made[0])
        found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
        told = [json.loads(message["Body"]) for message in found]
        assert [each["detail-type"] for each in told] == ["RDS DB Snapshot Event"]
        assert told[0]["detail"]["SourceIdentifier"] == taken
    finally:
        events.remove_targets(Rule="rds", Ids=["queue"])
        events.delete_rule(Name="rds")
        sqs.delete_queue(QueueUrl=url)


def test_an_instance_is_copied_by_several_at_once(databases: Databases, shared: Databases) -> None:
    name = shared.made[0]
    databases.client.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier="at-once")
    databases.snapshots.append("at-once")
    replicas = [f"at-once-{each}" for each in range(3)]
    for each in replicas:  # as Terraform does, while the snapshot is taken
        databases.made.insert(0, each)
        databases.client.create_db_instance_read_replica(
            DBInstanceIdentifier=each, SourceDBInstanceIdentifier=name
        )
    for each in replicas:
        databases.until(each, "available")
    until(lambda: databases.snapshot_state("at-once") == "available")
