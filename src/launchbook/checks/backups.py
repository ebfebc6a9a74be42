"""Backups that exist, are kept, are encrypted, cover what holds data, and are what the files promise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._pointing import beside
from launchbook.checks._shapes import (
    copied,
    first,
    known,
    moment,
    of_account,
    pick,
    switched_on,
    whole,
    words,
)
from launchbook.model import Document, Evidence, Fact, Facts, NotKnown, Unread, Verdict, verdict


@check(
    "rds-backup-retention",
    "Every database keeps its backups for seven days or more",
    of="aws_db_instance",
    severity="critical",
    fix="Set backup_retention_period to at least 7.",
)
def retention(database: Fact, facts: Facts) -> Verdict | None:
    """A mistake is often seen only days later."""
    if (replica := copied(database)) is True:
        return None
    given = known(database.get("backup_retention_period"), f"the retention of {database.name}")
    days = 1 if given is None else whole(given, f"the retention of {database.name}")  # 1 is AWS's own default
    if days < 7:  # enough is enough for a replica, too
        known(replica, f"whether {database.name} is a replica, which need not keep its own")
    return verdict(days >= 7, f"{days} day{'s' * (days != 1)}", at=[database.at("backup_retention_period")])


#: Hours: a day, and the time that a backup window and the backup itself take.
_FRESH = 26.0


@check(
    "rds-snapshot-fresh",
    "Every database's newest automated snapshot is under 26 hours old",
    of="aws_db_instance",
    severity="high",
    fix="Look at the instance's events: a backup that fails says why.",
)
def fresh(database: Fact, facts: Facts) -> Verdict | None:
    """One is taken a day, within its window: after 26 hours one was missed."""
    if known(database.attributes.get("replicate_source_db"), f"what {database.name} copies"):
        return None
    of_account(database, "rds:DescribeDBSnapshots")
    if known(database.attributes.get("db_cluster_identifier"), f"the cluster of {database.name}"):
        raise NotKnown(f"the snapshots of {database.name}", "they are its cluster's")
    own = pick(facts.seen("aws_db_snapshot"), lambda one: _automated(one, database))
    made = {when: one for one in own.found if (when := moment(one.attributes.get("snapshot_create_time")))}
    if not made:
        for one in own.settled():
            known(one.attributes.get("snapshot_create_time"), f"the age of {one.name}")
        absent(facts, database, "aws_db_snapshot")
        return verdict(False, "it has no automated snapshot", at=[database.at()])
    newest = max(made)
    hours = (facts.now - newest).total_seconds() / 3600
    if hours < -1:
        raise NotKnown(f"the age of {made[newest].name}", "it is of a time to come: is this clock right?")
    if hours > _FRESH:
        facts.of("aws_db_snapshot")  # where some are unseen, a newer one may be
    ends = [database.at(), made[newest].at("snapshot_create_time")]
    return verdict(hours <= _FRESH, f"the newest is {hours:.0f} h old", at=ends)


def _automated(snapshot: Fact, database: Fact) -> bool:
    """Whether a snapshot is one that AWS took of the database, and can be restored."""
    wanted = {
        "db_instance_identifier": (database.name,),
        "snapshot_type": ("automated",),
        "status": ("available", None),
    }
    return all(
        known(snapshot.attributes.get(name), f"{name} of {snapshot.name}") in held
        for name, held in wanted.items()
    )


@check(
    "rds-storage-encrypted",
    "Every database's storage is encrypted",
    of="aws_db_instance",
    severity="high",
    fix="Restore a snapshot into an encrypted instance: encryption can't be switched on later.",
)
def encrypted(database: Fact, facts: Facts) -> Verdict | None:
    """Snapshots are as readable as the storage that they were taken of."""
    on = switched_on(known(database.get("storage_encrypted"), f"the encryption of {database.name}"))
    why = "its storage is encrypted" if on else "its storage is not encrypted"
    return verdict(on, why, at=[database.at("storage_encrypted")])


@check(
    "redis-snapshots",
    "Every cache keeps snapshots",
    of="aws_elasticache_replication_group",
    severity="medium",
    fix="Set snapshot_retention_limit to the days that sessions may be lost for.",
)
def cache_snapshots(cache: Fact, facts: Facts) -> Verdict | None:
    """What sits in the cache alone is gone with it."""
    given = known(cache.get("snapshot_retention_limit"), f"the snapshots of {cache.name}")
    days = 0 if given is None else whole(given, f"the snapshots of {cache.name}")
    return verdict(days > 0, f"{days} day{'s' * (days != 1)}", at=[cache.at("snapshot_retention_limit")])


@check(
    "redis-encrypted",
    "Every cache is encrypted at rest and in transit",
    of="aws_elasticache_replication_group",
    severity="medium",
    fix="Set at_rest_encryption_enabled and transit_encryption_enabled, on a new group where the engine asks for it.",
)
def cache_encrypted(cache: Fact, facts: Facts) -> Verdict | None:
    """Sessions and tokens go over that wire."""
    names = ("at_rest_encryption_enabled", "transit_encryption_enabled")
    off = [name for name in names if not switched_on(known(cache.get(name), f"{name} of {cache.name}"))]
    return verdict(
        not off, f"off: {', '.join(off)}" if off else "both are on", at=[cache.at(n) for n in names]
    )


@check(
    "s3-versioning",
    "Every bucket with data keeps versions",
    of="aws_s3_bucket",
    severity="medium",
    fix="Enable versioning, with a rule that expires old versions.",
)
def versioning(bucket: Fact, facts: Facts) -> Verdict | None:
    """A bucket of logs needs none; of anything else, what is overwritten by mistake is gone."""
    if re.search(r"logs?(?:$|[-_.])", bucket.name.lower()) or "logs" in bucket.id.rpartition("#")[2].lower():
        return None
    own = first(bucket.attributes.get("versioning"))
    if own:
        on = switched_on(known(own.get("enabled"), f"the versioning of {bucket.name}"))
        if not on and _site(bucket, facts):
            return None
        return verdict(on, "it does" if on else "it does not", at=[bucket.at("versioning")])
    known(bucket.attributes.get("versioning"), f"the versioning of {bucket.name}")
    apart = beside(facts, "aws_s3_bucket_versioning", "bucket", bucket)
    for one in apart.found or apart.settled():
        given = first(one.get("versioning_configuration")).get("status")
        status = known(given, f"the versioning of {bucket.name}")
        end = one.at("versioning_configuration")
        if not switched_on(status) and _site(bucket, facts):
            return None
        return verdict(switched_on(status), f"versioning is {status}", at=[bucket.at(), end])
    absent(facts, bucket, "aws_s3_bucket_versioning")
    if _site(bucket, facts):
        return None
    return verdict(False, "it keeps none", at=[bucket.at("versioning")])


def _site(bucket: Fact, facts: Facts) -> bool:
    """Whether a bucket serves a web site by itself: its files are built, and built again."""
    if known(bucket.attributes.get("website"), f"what {bucket.name} serves"):
        return True
    apart = beside(facts, "aws_s3_bucket_website_configuration", "bucket", bucket)
    if apart.found or apart.settled():
        return True
    unhidden(facts, bucket, "aws_s3_bucket_website_configuration")
    return False


@check(
    "dynamodb-recovery",
    "Every table can be restored to a point in time",
    of="aws_dynamodb_table",
    severity="medium",
    fix="Enable point-in-time recovery.",
)
def table_recovery(table: Fact, facts: Facts) -> Verdict | None:
    """A table has no other backup by itself."""
    block = first(known(table.get("point_in_time_recovery"), f"the recovery of {table.name}"))
    on = bool(block) and switched_on(table.get("point_in_time_recovery.0.enabled"))
    why = "point-in-time recovery is on" if on else "point-in-time recovery is off"
    return verdict(on, why, at=[table.at("point_in_time_recovery")])


@check(
    "backups-as-promised",
    "Databases keep what the backup configuration promises",
    of=Document,
    severity="high",
    fix="Bring the configuration, the database and the pages to one number.",
)
def as_promised(document: Document, facts: Facts) -> Verdict | None:
    """A promise that the database contradicts is found out on the day of the restore."""
    if document.kind != "backup-configuration":
        return None
    for name in ("database", "rds", "postgres", "postgresql", "db"):
        path = f"promises.{name}.retention_days"
        promised = document.get(path)
        if isinstance(promised, int):
            ends = [*_observed(facts), *_said(facts)]
            if not ends:
                raise NotKnown("what the database keeps", "no database was read", "rds:DescribeDBInstances")
            wrong = [end for end in ends if end.value != promised]
            why = f"{promised} days are promised"
            why += f", {wrong[0].value} are kept" if wrong else " and kept"
            return verdict(not wrong, why, at=[document.at(path), *(wrong or ends)])
    return None


def _observed(facts: Facts) -> Iterator[Evidence]:
    for database in facts.seen("aws_db_instance"):
        days = database.attributes.get("backup_retention_period")
        if database.origin == "source" and days is not None and not isinstance(days, Unread):
            yield database.at("backup_retention_period")


_OF_A_DATABASE = {"rds", "database", "postgres", "postgresql", "mysql", "backups", "backup", "snapshots"}


def _said(facts: Facts) -> Iterator[Evidence]:
    """What pages say of it: a page can contradict, it never proves."""
    for claim in facts.all:
        if claim.type == "claim" and claim.attributes.get("about") == "retention":
            spoken = set(words(claim.attributes.get("words")))
            if spoken & _OF_A_DATABASE and "queue" not in spoken:
                yield claim.at("value")
