"""The servers behind RDS's instances: made, watched, copied and removed, one job at a time for each."""

from __future__ import annotations

import logging
import shutil
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from moto.rds.models import rds_backends

from launchbook.errors import LaunchbookError
from launchbook.local import postgres, residue
from launchbook.local.plane import ACCOUNT, Host
from launchbook.local.planes.rds import backups, measures, operations
from launchbook.local.planes.rds.holding import Held, Holding
from launchbook.local.planes.rds.objects import Database, Snapshot
from launchbook.local.postgres import Installation, identifier, literal

log = logging.getLogger(__name__)

_WATCH_SECONDS = 0.5
_CLOSE_SECONDS = 9.0


class Engine:
    """All servers of one embedded AWS (``operations.Servers``)."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._root = host.state / "rds"
        self._holding = Holding(host, self._root)
        self._copies = ThreadPoolExecutor(1, thread_name_prefix="rds-copies")
        #: Which PostgreSQL made a snapshot's data: only that major version can read them.
        self._made_by: dict[str, Installation] = {}
        self._stopping = threading.Event()
        self._measures = measures.Measures(host)
        self._thread = threading.Thread(target=self._watch, name="rds-watch", daemon=True)

    def install(self) -> None:
        """Take over moto's objects and begin."""
        operations.install(self)
        self._thread.start()

    def close(self) -> None:
        """Stop every server, all at once."""
        self._stopping.set()
        stops: list[Future[None]] = []
        for held in self._holding.all():
            held.wanted = False
            stops.append(held.jobs.submit(held.server.stop))
        wait(stops, _CLOSE_SECONDS)

    def status(self) -> list[dict[str, Any]]:
        """One row an instance, with what is not real said."""
        rows = []
        for region, backend in self.backends():
            for database in list(backend.databases.values()):
                held = self._holding.get(database)
                row = {
                    "type": "aws_db_instance",
                    "id": database.db_instance_identifier,
                    "region": region,
                    "state": database.status,
                    "address": f"{database.address}:{database.port}" if held and held.server.pid else "",
                    "pid": held.server.pid if held else None,
                }
                note = getattr(database, "launchbook_note", "")
                if not getattr(database, "real", False):
                    note = f"{database.engine} is an object only: no server runs"
                rows.append({**row, "note": note} if note else row)
        return rows

    def backends(self) -> list[tuple[str, Any]]:
        """moto's state of every region in use."""
        return list(rds_backends[ACCOUNT].items())

    # -- operations.Servers -------------------------------------------------------------------

    def create(self, database: Database) -> None:
        """Make a new server."""

        def job(held: Held) -> None:
            held.server.initialise()
            self._holding.up(held, database)
            held.server.sql(_roles(database))
            self._created(database)

        self._holding.make(database, self._holding.pick(database), job)

    def restore(self, database: Database, source: Snapshot | Database) -> None:
        """Make a server with the data of a snapshot, or of a database as it is now."""
        if isinstance(source, Snapshot):
            installation = self._made_by[source.launchbook_id]
        else:
            installation = self._holding.of(source).server.installation

        def job(held: Held) -> None:
            if isinstance(source, Snapshot):
                postgres.copy_tree(self._host, self._copy_of(source), held.server.data)
            else:
                self._holding.of(source).server.copy_to(held.server.data)
            self._holding.up(held, database)
            if database.manage_master_user_password:
                held.server.sql(_password(database, database.launchbook_password))
            self._created(database)

        self._holding.make(database, installation, job)

    def replicate(self, database: Database, source: Database) -> None:
        """Make a standby that follows another server."""
        leader = self._holding.of(source).server

        def job(held: Held) -> None:
            leader.copy_to(held.server.data, standby=True)
            self._holding.up(held, database)
            self._created(database)

        self._holding.make(database, leader.installation, job)

    def promote(self, database: Database) -> None:
        """Let a standby go its own way."""
        self._holding.queue(database, "modifying", lambda held: held.server.sql("SELECT pg_promote();"))

    def modify(self, database: Database, password: str | None) -> None:
        """Apply a new password (None: the old one) and a new port."""

        def job(held: Held) -> None:
            if held.server.pid is None:
                return
            if password is not None:
                held.server.sql(_password(database, password))
                database.add_event("DB_INSTANCE_RESET_MASTER_CREDENTIALS")
            if database.port != held.server.port:
                held.server.stop()
                self._holding.up(held, database)

        self._holding.queue(database, "modifying", job)

    def start(self, database: Database) -> None:
        """Start a stopped server."""
        self._holding.queue(
            database, "starting", lambda held: self._holding.up(held, database), "DB_INSTANCE_START"
        )

    def stop(self, database: Database) -> None:
        """Stop a server and keep its data."""
        self._holding.queue(database, "stopping", self._holding.down, "DB_INSTANCE_STOP", then="stopped")

    def reboot(self, database: Database) -> None:
        """Stop and start."""

        def job(held: Held) -> None:
            self._holding.down(held)
            self._holding.up(held, database)

        self._holding.queue(database, "rebooting", job, "DB_INSTANCE_RESTART")

    def delete(self, database: Database) -> None:
        """Stop a server and remove its data and its object."""

        def job(held: Held) -> None:
            self._holding.down(held)
            residue.clear(held.server.directory)
            self._holding.drop(database)
            backups.abandon(database)
            database.add_event("DB_INSTANCE_DELETE")
            database.backend.databases.pop(database.db_instance_identifier, None)

        self._holding.queue(database, "deleting", job, then="deleting")

    def snapshot(self, snapshot: Snapshot, database: Database) -> None:
        """Copy a database's data."""
        target = self._copy_of(snapshot)
        self._made_by[snapshot.launchbook_id] = self._holding.of(database).server.installation

        def job(held: Held) -> None:
            try:
                target.parent.mkdir(parents=True)
                postgres.own(target.parent)
                target.parent.parent.chmod(0o711)
                held.server.copy_to(target)
                snapshot.status, snapshot.percent_progress = "available", 100
                if snapshot.snapshot_type == "manual":
                    snapshot.add_event("DB_SNAPSHOT_CREATE_MANUAL_FINISH")
            except Exception:
                snapshot.status = "failed"
                raise

        before = "stopped" if database.status == "stopped" else "available"
        self._holding.queue(database, "backing-up" if before == "available" else before, job, then=before)

    def copy(self, snapshot: Snapshot, source: Snapshot) -> None:
        """Copy a snapshot's data."""
        target = self._copy_of(snapshot)
        self._made_by[snapshot.launchbook_id] = self._made_by[source.launchbook_id]

        def job() -> None:
            try:
                target.parent.mkdir(parents=True)
                postgres.own(target.parent)
                postgres.copy_tree(self._host, self._copy_of(source), target)
                snapshot.status, snapshot.percent_progress = "available", 100
            except (LaunchbookError, OSError):
                log.exception("snapshot %s could not be copied", snapshot.db_snapshot_identifier)
                snapshot.status = "failed"

        self._copies.submit(job)

    def forget(self, snapshot: Snapshot) -> None:
        """Remove a snapshot's data."""
        self._made_by.pop(snapshot.launchbook_id, None)
        self._copies.submit(shutil.rmtree, self._copy_of(snapshot).parent, ignore_errors=True)

    def log_of(self, database: Database) -> Path | None:
        """The log of a database's server; None if it has none."""
        held = self._holding.get(database)
        return held.server.directory / "server.log" if held else None

    def default_key(self, region: str) -> str:
        """The ARN of ``alias/aws/rds``, made when it is first wanted."""
        keys = self._host.backend("kms", region)
        return str(keys.keys[keys.get_key_id_from_alias("alias/aws/rds")].arn)

    def upgraded(self, database: Database) -> None:
        """Say which version runs after another was asked for: the server stays the one it was."""
        self._holding.compare(database, self._holding.of(database).server.installation)

    def announce(self, region: str, event: Any, number: str) -> None:
        """Put an event on EventBridge, as RDS does."""
        kind = "Snapshot" if event.source_type == "db-snapshot" else "Instance"
        detail = {
            "EventCategories": list(event.event_categories),
            "SourceType": event.source_type.removeprefix("db-").upper().replace("INSTANCE", "DB_INSTANCE"),
            "SourceArn": event.source_arn,
            "Date": event.date.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "SourceIdentifier": event.source_identifier,
            "Message": event.message,
            "EventID": number,
        }
        self._host.event(region, "aws.rds", f"RDS DB {kind} Event", detail, [event.source_arn])

    # -- inside -------------------------------------------------------------------------------

    def _created(self, database: Database) -> None:
        if database.backup_retention_period and database.status != "deleting":
            database.take_automated_backup()

    def _copy_of(self, snapshot: Snapshot) -> Path:
        return self._root / "snapshots" / snapshot.launchbook_id / "data"

    def _watch(self) -> None:
        while not self._stopping.wait(_WATCH_SECONDS):
            for region, backend in self.backends():
                for database in list(backend.databases.values()):
                    try:
                        self._look_at(region, database)
                    except Exception:
                        log.exception("database %s", database.db_instance_identifier)
                backups.expire_and_take(backend)

    def _look_at(self, region: str, database: Any) -> None:
        held = self._holding.get(database)
        if held is None or not held.wanted or held.pending:
            return
        if held.server.pid is None:
            self._holding.queue(database, "rebooting", lambda held: self._holding.recover(held, database))
        else:
            self._measures.take(region, database, held.server)


def _roles(database: Database) -> str:
    """The master user as RDS makes it: owner of everything, superuser of nothing."""
    master = identifier(database.master_username or "postgres")
    named = database.db_name and database.db_name != "postgres"
    return (
        "CREATE ROLE rds_superuser NOLOGIN CREATEDB CREATEROLE;\n"
        "GRANT pg_monitor, pg_signal_backend, pg_read_all_data, pg_write_all_data TO rds_superuser"
        " WITH ADMIN OPTION;\n"
        f"CREATE ROLE {master} LOGIN CREATEDB CREATEROLE IN ROLE rds_superuser;\n"
        f"{_password(database, database.launchbook_password)}"
        f"ALTER DATABASE postgres OWNER TO {master};\n"
        + (f"CREATE DATABASE {identifier(database.db_name or '')} OWNER {master};\n" if named else "")
    )


def _password(database: Database, password: str) -> str:
    master = identifier(database.master_username or "postgres")
    return f"ALTER ROLE {master} PASSWORD {literal(password)};\n"
