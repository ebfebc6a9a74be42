"""What RDS refuses of an instance before it makes one, and what a read replica takes over from its source."""

from __future__ import annotations

import re
from typing import Any

from moto.rds.exceptions import InvalidParameterCombination, InvalidParameterValue

from launchbook.local.planes.rds.versions import newest, number

#: Major versions of PostgreSQL that RDS runs, those under extended support too. Minor versions come out too often
#: for a list to be the judge of them.
_MAJORS = range(11, 19)
_VERSION = re.compile(r"(\d+)(\.\d+)?(-R\d+)?", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_RESERVED = frozenset(
    {"admin", "public", "rdsadmin", "rdsrepladmin", "rds_superuser", "rds_replication", "user"}
)
_PASSWORD_LENGTHS = 8, 128
_SHORTEST, _DAY, _WEEK = 30, 24 * 60, 7 * 24 * 60
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKLY = re.compile(r"([a-z]{3}):(\d\d):(\d\d)", re.ASCII)
_DAILY = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


def check(given: dict[str, Any]) -> None:
    """Refuse the settings of a new PostgreSQL instance that RDS refuses. Raises RDS's own errors."""
    if given.get("engine") != "postgres" or given.get("db_cluster_identifier"):
        return
    check_version(given.get("engine_version"))
    user, name = given.get("master_username"), given.get("db_name")
    if user and (user.lower() in _RESERVED or user.lower().startswith("pg_")):
        raise InvalidParameterValue(
            f"MasterUsername {user} cannot be used as it is a reserved word used by the engine"
        )
    if user and not _NAME.fullmatch(user):
        raise InvalidParameterValue(
            "The parameter MasterUsername must begin with a letter and contain only alphanumeric characters."
        )
    if name and not _NAME.fullmatch(name):
        raise InvalidParameterValue(
            "DBName must begin with a letter and contain only alphanumeric characters."
        )
    if not given.get("manage_master_user_password"):
        check_password(given.get("master_user_password"))


def wrong_window(maintenance: str, backup: str | None) -> str | None:
    """What RDS says against a weekly maintenance window and a daily backup window; None if they are well.

    Windows that touch do not overlap, and a window may pass midnight and the end of the week.
    """
    parts = [_WEEKLY.fullmatch(part) for part in maintenance.split("-")]
    if len(parts) != 2 or not all(each and each[1] in _DAYS for each in parts):
        return (
            f"Invalid maintenance window format: {maintenance}. Should be specified as a range "
            "ddd:hh24:mi-ddd:hh24:mi (24H Clock UTC). Example: Sun:23:45-Mon:00:15"
        )
    start, end = (_minute(*each.groups()) for each in parts if each)
    length = (end - start) % _WEEK
    if length < _SHORTEST:
        return "The maintenance window must be at least 30 minutes."
    if length > _DAY:
        return "Maintenance window must be less than 24 hours."
    if not backup:
        return None
    found = _DAILY.fullmatch(backup)
    if found is None:
        return f"Invalid backup window format: {backup}. Should be specified as a range hh24:mi-hh24:mi."
    first, last = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    daily = (last - first) % _DAY
    since = [(day * _DAY + first - start) % _WEEK for day in range(7)]
    if any(each < length or each + daily > _WEEK for each in since):
        return "The backup window and maintenance window must not overlap."
    return None


def _minute(day: str, hour: str, minute: str) -> int:
    return _DAYS.index(day) * _DAY + int(hour) * 60 + int(minute)


def check_version(version: str | None) -> None:
    """Refuse a version of PostgreSQL that RDS does not run."""
    found = _VERSION.fullmatch(version) if version else None
    if version and (found is None or int(found[1]) not in _MAJORS):
        raise InvalidParameterCombination(f"Cannot find version {version} for postgres")


def check_password(password: str | None) -> None:
    """Refuse a master password that is too short or too long; None and nothing are no password."""
    least, most = _PASSWORD_LENGTHS
    if password and not least <= len(password) <= most:
        wrong = f"shorter than {least}" if len(password) < least else f"longer than {most}"
        raise InvalidParameterValue(
            f"The parameter MasterUserPassword is not a valid password because it is {wrong} characters."
        )


def check_change(database: Any, given: dict[str, Any]) -> None:
    """Refuse a change of an instance that RDS refuses, and write out a major version that stands alone."""
    check_password(given.get("master_user_password"))
    storage = given.get("allocated_storage")
    if storage and int(storage) < int(database.allocated_storage):
        raise InvalidParameterCombination(
            f"The allocated storage of an instance can't be decreased: {database.allocated_storage} to {storage}"
        )
    if not given.get("engine_version"):
        return
    check_version(given["engine_version"])
    given["engine_version"] = newest(given["engine_version"])
    old, new = number(database.engine_version), number(given["engine_version"])
    if new < old:
        raise InvalidParameterCombination(
            f"Cannot upgrade postgres from {database.engine_version} to {given['engine_version']}"
        )
    if new[0] > old[0] and not given.get("allow_major_version_upgrade"):
        raise InvalidParameterCombination(
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
        )


def inherited(source: Any, region: str) -> dict[str, Any]:
    """What a read replica in a region is given of its source where the call does not say otherwise."""
    given = {
        "engine": source.engine,
        "engine_version": source.engine_version,
        "allocated_storage": source.allocated_storage,
        "db_instance_class": source.db_instance_class,
        "master_username": source.master_username,
        "master_user_password": source.launchbook_password,
        "db_name": source.db_name,
        "storage_encrypted": source.storage_encrypted,
        "storage_type": source.storage_type,
        "iops": source.iops,
        "copy_tags_to_snapshot": source.copy_tags_to_snapshot,
        "backup_retention_period": 0,
    }
    if source.region == region:  # keys, networks and groups are a region's own
        given |= {
            "kms_key_id": source.kms_key_id,
            "db_subnet_group_name": source._db_subnet_group_name,
            "vpc_security_group_ids": list(source.vpc_security_group_ids),
        }
    return {key: value for key, value in given.items() if value is not None}
