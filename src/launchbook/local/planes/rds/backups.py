"""Automated snapshots: one a day in the backup window, kept as many days as the retention period says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from moto.core.utils import utcnow


def in_window(window: str, now: datetime) -> bool:
    """Whether a time (UTC) is in a window such as ``23:30-00:15``."""
    start, end = window.split("-")
    clock = now.strftime("%H:%M")
    return start <= clock < end if start <= end else clock >= start or clock < end


def expire_and_take(backend: Any, now: datetime | None = None) -> None:
    """Take what is due, remove what is over."""
    now = now or utcnow()
    automated = [s for s in list(backend.database_snapshots.values()) if s.snapshot_type == "automated"]
    for database in list(backend.databases.values()):
        if not getattr(database, "real", False) or database.status != "available":
            continue
        own = [s for s in automated if s.dbi_resource_id == database.dbi_resource_id]
        days = int(database.backup_retention_period or 0)
        for snapshot in own:
            if snapshot.created < now - timedelta(days=days) and snapshot.status == "available":
                backend.delete_db_snapshot(snapshot.db_snapshot_identifier)
        fresh = any(s.created > now - timedelta(hours=20) for s in own)
        if days and not fresh and in_window(database.preferred_backup_window, now):
            database.take_automated_backup()


def abandon(database: Any) -> None:
    """Remove the automated snapshots that a deleted instance can never finish."""
    backend = database.backend
    for snapshot in list(backend.database_snapshots.values()):
        own = snapshot.dbi_resource_id == database.dbi_resource_id
        if own and snapshot.snapshot_type == "automated" and snapshot.status != "available":
            backend.delete_db_snapshot(snapshot.db_snapshot_identifier)
