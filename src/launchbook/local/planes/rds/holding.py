"""The servers that are held: which PostgreSQL each is, its queue of jobs, its state while they run."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from moto.rds.models import Event

from launchbook.errors import LaunchbookError
from launchbook.local import postgres
from launchbook.local.plane import Host
from launchbook.local.planes.rds.objects import Database
from launchbook.local.postgres import Installation, Server

log = logging.getLogger(__name__)

_RECOVERIES = 10


class Held:
    """A server, its jobs (one at a time, in order), and whether it shall run."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.jobs = ThreadPoolExecutor(1, thread_name_prefix="rds")
        self.wanted = False
        self.pending = 0
        self.lock = threading.Lock()


Job = Callable[[Held], None]


class Holding:
    """All servers of one embedded AWS, by the resource id of their instance."""

    def __init__(self, host: Host, root: Path) -> None:
        self._host = host
        self._root = root
        self._installations: list[Installation] = []
        self._held: dict[str, Held] = {}

    def of(self, database: Database) -> Held:
        """The server of an instance; KeyError when it has none."""
        return self._held[database.dbi_resource_id]

    def get(self, database: Database) -> Held | None:
        """The server of an instance, if it has one."""
        return self._held.get(database.dbi_resource_id)

    def all(self) -> list[Held]:
        """Every server."""
        return list(self._held.values())

    def drop(self, database: Database) -> None:
        """Forget a server whose files are gone."""
        held = self._held.pop(database.dbi_resource_id)
        self._host.release(held.server.address)
        held.jobs.shutdown(wait=False)

    def pick(self, database: Database) -> Installation:
        """The PostgreSQL on this machine that is nearest to what an instance asks for."""
        if not self._installations:
            self._installations = postgres.installations()
        return postgres.readable(postgres.nearest(database.engine_version, self._installations), self._root)

    def make(self, database: Database, installation: Installation, job: Job) -> None:
        """Hold a server for an instance, and fill it with ``job``; another version than the asked one is noted."""
        self.compare(database, installation)
        address = self._host.address()
        directory = self._root / database.dbi_resource_id.lower()
        self._held[database.dbi_resource_id] = Held(Server(self._host, installation, directory, address))

        def prepared(held: Held) -> None:
            held.server.prepare()
            job(held)

        self.queue(database, "creating", prepared)

    def compare(self, database: Database, installation: Installation) -> None:
        """Note another major version than the asked one."""
        database.launchbook_note = ""
        if installation.major != int(database.engine_version.split(".")[0]):
            self.note(
                database,
                f"PostgreSQL {database.engine_version} was asked for; the nearest on this machine is "
                f"{installation.version}, and that is what runs",
            )

    def queue(
        self,
        database: Database,
        during: str,
        job: Job,
        event: str = "",
        *,
        then: str = "available",
    ) -> None:
        """Do a job after those before it; the state is ``then`` when it was the last."""
        held = self.of(database)
        with held.lock:
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
                self.note(database, f"{during} failed: {error}")
                after = then
                if during == "creating":
                    after, database.launchbook_address = "failed", None
                    self.down(held)
            with held.lock:
                held.pending -= 1
                if not held.pending:
                    database.status = after

        held.jobs.submit(run)

    def up(self, held: Held, database: Database) -> None:
        """Start a server and show its address."""
        held.server.port = int(database.port or 5432)
        held.server.start()
        held.wanted = True
        database.launchbook_address = held.server.address

    def down(self, held: Held) -> None:
        """Stop a server."""
        held.wanted = False
        held.server.stop()

    def recover(self, held: Held, database: Database) -> None:
        """Start a server again that ended by itself."""
        for attempt in range(_RECOVERIES):
            try:
                self.up(held, database)
            except LaunchbookError:  # what a killed server left may still hold its memory
                if attempt == _RECOVERIES - 1:
                    raise
                time.sleep(0.5)
            else:
                database.add_event("DB_INSTANCE_RECOVERY")
                return

    def note(self, database: Database, message: str) -> None:
        """Say something in the events of an instance and in ``launchbook local status``."""
        database.launchbook_note = message
        said = Event("DB_INSTANCE_NOTE", database)
        said.message = message
        database.backend.events.append(said)
