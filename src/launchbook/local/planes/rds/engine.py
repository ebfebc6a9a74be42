"""The servers behind RDS's instances: made, watched, copied and removed, one job at a time for each."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from moto.rds.models import Event, rds_backends

from launchbook.errors import LaunchbookError
from launchbook.local import postgres, residue
from launchbook.local.plane import ACCOUNT, Host
from launchbook.local.planes.rds import backups, measures, operations
from launchbook.local.planes.rds.objects import Database, Snapshot
from launchbook.local.postgres import Installation, Server, identifier, literal

log = logging.getLogger(__name__)

_WATCH_SECONDS = 0.5
_CLOSE_SECONDS = 9.0
_RECOVERIES = 10


class _Held:
    """A server, its queue of jobs, and whether it shall run."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.jobs = ThreadPoolExecutor(1, thread_name_prefix="rds")
        self.wanted = False
        self.pending = 0


class Engine:
    """All servers of one embedded AWS (``operations.Servers``)."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._root = host.state / "rds"
        self._held: dict[str, _Held] = {}
        self._copies = ThreadPoolExecutor(1, thread_name_prefix="rds-copies")
        self._installations: list[Installation] = []
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
        for held in list(self._held.values()):
            held.wanted = False
            stops.append(held.jobs.submit(held.server.stop))
        wait(stops, _CLOSE_SECONDS)

    def status(self) -> list[dict[str, Any]]:
        """One row an instance, with what is not real said."""
        rows = []
        for region, backend in self.backends():
            for database in list(backend.databases.values()):
                held = self._held.get(database.dbi_resource_id)
                row = {
                    "type": "aws_db_instance",
                    "id": database.db_instance_identifier,
                    "region": region,
                    "state": database.status,
                    "address": f"{database.address}:{database.port}",
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

        def job(held: _Held) -> None:
            held.server.initialise()
            self._up(held, database)
            held.server.sql(_roles(database))
            if database.db_name and database.db_name != "postgres":
                name, owner = identifier(database.db_name), identifier(database.master_username or "")
                held.server.sql(f"CREATE DATABASE {name} OWNER {owner};")
            self._created(database)

        self._make(database, self._pick(database), job)

    def restore(self, database: Database, source: Snapshot | Database) -> None:
        """Make a server with the data of a snapshot, or of a database as it is now."""
        if isinstance(source, Snapshot):
            installation = self._made_by[source.launchbook_id]
        else:
            installation = self._held[source.dbi_resource_id].server.installation

        def job(held: _Held) -> None:
            if isinstance(source, Snapshot):
                postgres.copy_tree(self._host, self._copy_of(source), held.server.data)
            else:
                self._held[source.dbi_resource_id].server.copy_to(held.server.data)
            self._up(held, database)
            if database.manage_master_user_password:
                held.server.sql(_password(database, database.launchbook_password))
            self._created(database)

        self._make(database, installation, job)

    def replicate(self, database: Database, source: Database) -> None:
        """Make a standby that follows another server."""
        leader = self._held[source.dbi_resource_id].server

        def job(held: _Held) -> None:
            leader.copy_to(held.server.data, standby=True)
            self._up(held, database)
            self._created(database)

        self._make(database, leader.installation, job)

    def promote(self, database: Database) -> None:
        """Let a standby go its own way."""
        self._queue(database, "modifying", lambda held: held.server.sql("SELECT pg_promote();"))

    def modify(self, database: Database, password: str | None) -> None:
        """Apply a new password (None: the old one) and a new port."""

        def job(held: _Held) -> None:
            if held.server.pid is None:
                return
            if password is not None:
                held.server.sql(_password(database, password))
                database.add_event("DB_INSTANCE_RESET_MASTER_CREDENTIALS")
            if database.port != held.server.port:
                held.server.stop()
                self._up(held, database)

        self._queue(database, "modifying", job)

    def start(self, database: Database) -> None:
        """Start a stopped server."""
        self._queue(database, "starting", lambda held: self._up(held, database), "DB_INSTANCE_START")

    def stop(self, database: Database) -> None:
        """Stop a server and keep its data."""
        self._queue(database, "stopping", self._down, "DB_INSTANCE_STOP", then="stopped")

    def reboot(self, database: Database) -> None:
        """Stop and start."""

        def job(held: _Held) -> None:
            self._down(held)
            self._up(held, database)

        self._queue(database, "rebooting", job, "DB_INSTANCE_RESTART")

    def delete(self, database: Database) -> None:
        """Stop a server and remove its data and its object."""

        def job(held: _Held) -> None:
            self._down(held)
            residue.clear(held.server.directory)
            self._host.release(held.server.address)
            del self._held[database.dbi_resource_id]
            database.add_event("DB_INSTANCE_DELETE")
            database.backend.databases.pop(database.db_instance_identifier, None)
            held.jobs.shutdown(wait=False)

        self._queue(database, "deleting", job, then="deleting")

    def snapshot(self, snapshot: Snapshot, database: Database) -> None:
        """Copy a database's data."""
        target = self._copy_of(snapshot)
        self._made_by[snapshot.launchbook_id] = self._held[database.dbi_resource_id].server.installation

        def job(held: _Held) -> None:
            try:
                target.parent.mkdir(parents=True)
                postgres.own(target.parent)
                target.parent.parent.chmod(0o711)
                held.server.copy_to(target)
                snapshot.status, snapshot.percent_progress = "available", 100
            except Exception:
                snapshot.status = "failed"
                raise

        before = "stopped" if database.status == "stopped" else "available"
        self._queue(database, "backing-up" if before == "available" else before, job, then=before)

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

    # -- inside -------------------------------------------------------------------------------

    def _pick(self, database: Database) -> Installation:
        if not self._installations:
            self._installations = postgres.installations()
        chosen = postgres.nearest(database.engine_version, self._installations)
        if chosen.major != int(database.engine_version.split(".")[0]):
            database.launchbook_note = (
                f"PostgreSQL {database.engine_version} was asked for; the nearest on this machine is "
                f"{chosen.version}, and that is what runs"
            )
        return postgres.readable(chosen, self._root)

    def _make(self, database: Database, installation: Installation, job: Callable[[_Held], None]) -> None:
        address = self._host.address()
        directory = self._root / database.dbi_resource_id.lower()
        self._held[database.dbi_resource_id] = _Held(Server(self._host, installation, directory, address))

        def prepared(held: _Held) -> None:
            held.server.prepare()
            job(held)

        self._queue(database, "creating", prepared)

    def _queue(
        self,
        database: Database,
        during: str,
        job: Callable[[_Held], None],
        event: str = "",
        *,
        then: str = "available",
    ) -> None:
        """Do a job after those before it; the state is ``then`` when it was the last."""
        held = self._held[database.dbi_resource_id]
        held.pending += 1
        database.status = during

        def run() -> None:
            after = then
            try:
                job(held)
                if event:
                    database.add_event(event)
            except Exception as error:  # a job that fails is the instance's state, never the host's end
                log.exception("database %s: %s failed", database.db_instance_identifier, during)
                self._note(database, f"{during} failed: {error}")
                after = "failed" if during == "creating" else then
            held.pending -= 1
            if not held.pending:
                database.status = after

        held.jobs.submit(run)

    def _up(self, held: _Held, database: Database) -> None:
        held.server.port = int(database.port or 5432)
        held.server.start()
        held.wanted = True
        database.launchbook_address = held.server.address

    def _down(self, held: _Held) -> None:
        held.wanted = False
        held.server.stop()

    def _created(self, database: Database) -> None:
        if database.launchbook_note:
            self._note(database, database.launchbook_note)
        if database.backup_retention_period:
            database.take_automated_backup()

    def _note(self, database: Database, message: str) -> None:
        database.launchbook_note = message
        said = Event("DB_INSTANCE_NOTE", database)
        said.message = message
        database.backend.events.append(said)

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
        held = self._held.get(database.dbi_resource_id)
        if held is None or not held.wanted or held.pending:
            return
        if held.server.pid is None:
            self._queue(database, "rebooting", lambda held: self._recover(held, database))
        else:
            self._measures.take(region, database, held.server)

    def _recover(self, held: _Held, database: Database) -> None:
        for attempt in range(_RECOVERIES):
            try:
                self._up(held, database)
            except LaunchbookError:  # what a killed server left may still hold its memory
                if attempt == _RECOVERIES - 1:
                    raise
                time.sleep(0.5)
            else:
                database.add_event("DB_INSTANCE_RECOVERY")
                return


def _roles(database: Database) -> str:
    """The master user as RDS makes it: owner of everything, superuser of nothing."""
    master = identifier(database.master_username or "postgres")
    return (
        "CREATE ROLE rds_superuser NOLOGIN CREATEDB CREATEROLE;\n"
        "GRANT pg_monitor, pg_signal_backend, pg_read_all_data, pg_write_all_data TO rds_superuser"
        " WITH ADMIN OPTION;\n"
        f"CREATE ROLE {master} LOGIN CREATEDB CREATEROLE IN ROLE rds_superuser;\n"
        f"{_password(database, database.launchbook_password)}"
        f"ALTER DATABASE postgres OWNER TO {master};\n"
    )


def _password(database: Database, password: str) -> str:
    master = identifier(database.master_username or "postgres")
    return f"ALTER ROLE {master} PASSWORD {literal(password)};\n"
