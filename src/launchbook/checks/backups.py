"""Backups that exist, are kept, are encrypted, cover what holds data, and are what the files promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from launchbook.check import check
from launchbook.checks._shapes import (
    absent,
    beside,
    first,
    known,
    listed,
    moment,
    of_account,
    pick,
    points_at,
    switched_on,
    unhidden,
    whole,
    words,
)
from launchbook.model import Document, Evidence, Fact, Facts, NotKnown, Unread, Value, Verdict, verdict


@check(
    "rds-backup-retention",
    "Every database keeps its backups for seven days or more",
    of="aws_db_instance",
    severity="critical",
    fix="Set backup_retention_period to at least 7.",
)
def retention(database: Fact, facts: Facts) -> Verdict | None:
    """A mistake is often seen only days later."""
    if known(database.attributes.get("replicate_source_db"), f"what {database.name} copies"):
        return None
    given = known(database.get("backup_retention_period"), f"the retention of {database.name}")
    days = 1 if given is None else whole(given, f"the retention of {database.name}")  # 1 is AWS's own default
    return verdict(days >= 7, f"{days} days", at=[database.at("backup_retention_period")])


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
    own = [
        one
        for one in facts.seen("aws_db_snapshot")
        if one.attributes.get("db_instance_identifier") == database.name
        and one.attributes.get("snapshot_type") == "automated"
        and one.attributes.get("status") in ("available", None)
    ]
    made = {when: one for one in own if (when := moment(one.attributes.get("snapshot_create_time")))}
    if not made:
        absent(facts, database, "aws_db_snapshot")
        return verdict(False, "it has no automated snapshot", at=[database.at()])
    newest = max(made)
    hours = (facts.now - newest).total_seconds() / 3600
    if hours > _FRESH:
        facts.of("aws_db_snapshot")  # where some are unseen, a newer one may be
    ends = [database.at(), made[newest].at("snapshot_create_time")]
    return verdict(hours <= _FRESH, f"the newest is {hours:.0f} h old", at=ends)


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
    return verdict(on, "it is" if on else "it is not", at=[database.at("storage_encrypted")])


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
    return verdict(days > 0, f"{days} days", at=[cache.at("snapshot_retention_limit")])


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
        return verdict(on, "it does" if on else "it does not", at=[bucket.at("versioning")])
    known(bucket.attributes.get("versioning"), f"the versioning of {bucket.name}")
    apart = beside(facts, "aws_s3_bucket_versioning", "bucket", bucket)
    for one in apart.found or apart.settled():
        given = first(one.get("versioning_configuration")).get("status")
        status = known(given, f"the versioning of {bucket.name}")
        end = one.at("versioning_configuration")
        return verdict(switched_on(status), f"versioning is {status}", at=[bucket.at(), end])
    absent(facts, bucket, "aws_s3_bucket_versioning")
    return verdict(False, "it keeps none", at=[bucket.at("versioning")])


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
    return verdict(on, "it can" if on else "it can not", at=[table.at("point_in_time_recovery")])


@check(
    "backup-plan-exists",
    "A backup plan copies on a schedule",
    of="aws_backup_plan",
    severity="high",
    fix="Declare an AWS Backup plan with a rule, and a selection that names what holds data.",
    present=True,
)
def plan_exists(plan: Fact, facts: Facts) -> Verdict | None:
    """Automated snapshots go with their instance; a plan's copies stay."""
    rules = listed(plan.attributes.get("rule")) or listed(plan.attributes.get("schedules"))
    return verdict(bool(rules), f"{len(rules)} rules", at=[plan.at()])


@check(
    "backup-plan-covers-database",
    "The backup plan covers every database",
    of="aws_db_instance",
    severity="high",
    fix="Name the database in a selection of the plan, by ARN or by tag.",
)
def plan_covers(database: Fact, facts: Facts) -> Verdict | None:
    """A plan copies what its selections name, and nothing else."""
    if not facts.seen("aws_backup_plan"):
        unhidden(facts, database, "aws_backup_plan")
        return None
    chosen = facts.seen("aws_backup_selection")
    naming = pick(
        ((one, index, pointer) for one in chosen for index, pointer in enumerate(_resources(one))),
        lambda one: _names(facts, one[2], database),
    )
    for selection, index, _ in naming.found:
        return verdict(True, "it does", at=[database.at(), selection.at(f"resources.{index}")])
    naming.settled()
    if any(words(one.attributes.get("tag_keys")) or one.attributes.get("selection_tag") for one in chosen):
        raise NotKnown(
            f"whether a plan covers {database.name}", "it chooses by tag", "backup:ListProtectedResources"
        )
    absent(facts, database, "aws_backup_selection")
    return verdict(
        False, "no selection names it", at=[database.at(), *(one.at("resources") for one in chosen)]
    )


def _resources(selection: Fact) -> list[Value]:
    given = selection.attributes.get("resources")
    return given if isinstance(given, list) else [] if given is None else [given]


def _names(facts: Facts, pointer: Value, target: Fact) -> bool:
    if isinstance(pointer, str) and "*" in pointer:
        arn = str(target.attributes.get("arn") or f"arn:aws:rds:x:x:db:{target.name}")
        return fnmatchcase(arn, pointer)
    return points_at(facts, pointer, target)


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
