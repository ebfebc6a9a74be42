"""RDS's operations: what moto does to its objects, then what the engine does to the servers."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Protocol

from moto.rds import models, urls
from moto.rds.exceptions import DBSnapshotNotFoundFault, InvalidParameterCombination, RDSClientError

from launchbook.errors import LaunchbookError
from launchbook.local.planes.rds import rules
from launchbook.local.planes.rds.groups import GroupAnswers, GroupsBackend
from launchbook.local.planes.rds.happenings import EVENTS, NUMBERS
from launchbook.local.planes.rds.objects import Database, DBParameterGroup, Secret, Snapshot

#: How a restoring operation tells ``create_db_instance`` where the data come from.
_SOURCE = "launchbook_source"


class Servers(Protocol):
    """What the objects ask of the engine. Each call returns at once; the state follows."""

    def create(self, database: Database) -> None:
        """Make a new server."""
        ...

    def restore(self, database: Database, source: Snapshot | Database) -> None:
        """Make a server with the data of a snapshot, or of a database as it is now."""
        ...

    def replicate(self, database: Database, source: Database) -> None:
        """Make a standby that follows another server."""
        ...

    def promote(self, database: Database) -> None:
        """Let a standby go its own way."""
        ...

    def modify(self, database: Database, password: str | None) -> None:
        """Apply a new password (None: the old one) and a new port."""
        ...

    def start(self, database: Database) -> None:
        """Start a stopped server."""
        ...

    def stop(self, database: Database) -> None:
        """Stop a server and keep its data."""
        ...

    def reboot(self, database: Database) -> None:
        """Stop and start."""
        ...

    def delete(self, database: Database) -> None:
        """Stop a server and remove its data and its object."""
        ...

    def snapshot(self, snapshot: Snapshot, database: Database) -> None:
        """Copy a database's data."""
        ...

    def copy(self, snapshot: Snapshot, source: Snapshot) -> None:
        """Copy a snapshot's data."""
        ...

    def forget(self, snapshot: Snapshot) -> None:
        """Remove a snapshot's data."""
        ...

    def log_of(self, database: Database) -> Path | None:
        """The log of a database's server; None if it has none."""
        ...

    def upgraded(self, database: Database) -> None:
        """Say which version runs after another was asked for."""
        ...

    def default_key(self, region: str) -> str:
        """The ARN of the key that RDS encrypts with where none is named."""
        ...

    def announce(self, region: str, event: Any, number: str) -> None:
        """Put an event on EventBridge; ``number`` is RDS's own, such as ``RDS-EVENT-0006``."""
        ...


class Databases(GroupsBackend):
    """The operations that really do something."""

    servers: ClassVar[Servers]

    @property
    def _url_module(self) -> ModuleType:
        return urls

    def log_of(self, database: Database) -> Path | None:
        """The log of a database's server."""
        return self.servers.log_of(database)

    def add_event(self, event_type: str, resource: Any) -> None:
        """Listed by describe-events, and told to EventBridge."""
        super().add_event(event_type, resource)
        if number := NUMBERS.get(event_type):
            self.servers.announce(self.region_name, self.events[-1], f"RDS-EVENT-{number:04}")

    def create_db_instance(self, db_kwargs: Any) -> Any:
        """Make an instance, empty or with the data of what the restoring operations put in ``source``."""
        source = db_kwargs.pop(_SOURCE, None)
        if source is None:
            rules.check(db_kwargs)
        if db_kwargs.get("storage_encrypted") and not db_kwargs.get("kms_key_id"):
            db_kwargs["kms_key_id"] = self.servers.default_key(self.region_name)
        database = super().create_db_instance(db_kwargs)
        if isinstance(database, Database) and database.real:
            try:
                self.servers.restore(database, source) if source else self.servers.create(database)
            except LaunchbookError as error:  # no PostgreSQL on this machine: said now, and nothing stays
                del self.databases[database.db_instance_identifier]
                raise RDSClientError("InsufficientDBInstanceCapacity", error.render()) from error
        return database

    def restore_db_instance_from_db_snapshot(self, from_snapshot_id: str, overrides: Any) -> Any:
        """With the data of the snapshot."""
        name = from_snapshot_id
        if name.startswith("arn:"):
            name = self.extract_snapshot_name_from_arn(name)
        snapshot: Any = self.database_snapshots.get(name)
        if snapshot is None:
            raise DBSnapshotNotFoundFault(name)
        if snapshot.status != "available":
            raise RDSClientError("InvalidDBSnapshotState", f"Snapshot {name} is {snapshot.status}.")
        overrides[_SOURCE] = snapshot
        return super().restore_db_instance_from_db_snapshot(name, overrides)

    def restore_db_instance_to_point_in_time(
        self, source_db_identifier: str, target_db_identifier: str, overrides: Any
    ) -> Any:
        """With the data of now; of any other time there is no record, and asking for one is an error."""
        if overrides.get("restore_time") and not overrides.get("use_latest_restorable_time"):
            raise InvalidParameterCombination(
                "The embedded AWS keeps no write-ahead log: it restores to the latest restorable time alone."
            )
        overrides[_SOURCE] = self.describe_db_instances(source_db_identifier)[0]
        return super().restore_db_instance_to_point_in_time(
            source_db_identifier, target_db_identifier, overrides
        )

    def create_db_instance_read_replica(self, db_kwargs: Any) -> Any:
        """An instance of its own that follows its source."""
        source: Any = self.find_db_from_id(db_kwargs["source_db_instance_identifier"])
        if not getattr(source, "real", False):
            return super().create_db_instance_read_replica(db_kwargs)
        _require(source, "available", "backing-up")
        given = rules.inherited(source, self.region_name)
        given |= {key: value for key, value in db_kwargs.items() if value is not None}
        replica: Any = super().create_db_instance(given)
        replica.set_as_replica()
        source.add_replica(replica)
        self.servers.replicate(replica, source)
        return replica

    def promote_read_replica(self, db_kwargs: Any) -> Any:
        """It no longer follows."""
        database: Any = super().promote_read_replica(db_kwargs)
        if getattr(database, "real", False):
            self.find_db_from_id(database.source_db_instance_identifier).remove_replica(database)
            database.source_db_instance_identifier = None
            self.servers.promote(database)
        return database

    def modify_db_instance(self, db_instance_identifier: str, db_kwargs: Any) -> Any:
        """What a server must know is told to it; the rest is the object's."""
        database: Any = self.describe_db_instances(db_instance_identifier)[0]
        if not getattr(database, "real", False):
            return super().modify_db_instance(db_instance_identifier, db_kwargs)
        _require(database, "available", "stopped", "backing-up", "modifying")
        rules.check_change(database, db_kwargs)
        before = database.launchbook_password, database.port, database.backup_retention_period
        if db_kwargs.get("db_port_number"):
            db_kwargs["port"] = db_kwargs["db_port_number"]
        if (group := db_kwargs.get("db_parameter_group_name")) and database.is_default_parameter_group(group):
            del db_kwargs["db_parameter_group_name"]  # moto looks for it among the ones that were made
            database.db_parameter_group_name = group
        super().modify_db_instance(db_instance_identifier, db_kwargs)
        changed = database.launchbook_password != before[0]
        if changed or database.port != before[1]:
            self.servers.modify(database, database.launchbook_password if changed else None)
        if db_kwargs.get("engine_version"):
            self.servers.upgraded(database)
        if database.backup_retention_period and not before[2]:
            database.take_automated_backup()
        return database

    def reboot_db_instance(self, db_instance_identifier: str) -> Any:
        """Its clients are cut off and come back to the same data."""
        database: Any = super().reboot_db_instance(db_instance_identifier)
        if getattr(database, "real", False):
            _require(database, "available")
            self.servers.reboot(database)
        return database

    def stop_db_instance(self, db_instance_identifier: str, db_snapshot_identifier: str | None = None) -> Any:
        """The server ends, its data stay."""
        database: Any = super().stop_db_instance(db_instance_identifier, db_snapshot_identifier)
        if getattr(database, "real", False):
            self.servers.stop(database)
        return database

    def start_db_instance(self, db_instance_identifier: str) -> Any:
        """The server is back with its data."""
        database: Any = super().start_db_instance(db_instance_identifier)
        if getattr(database, "real", False):
            self.servers.start(database)
        return database

    def delete_db_instance(self, db_instance_identifier: str, *args: Any, **kwargs: Any) -> Any:
        """Listed as deleting until the final snapshot is taken and the files are gone."""
        database: Any = self.databases.get(db_instance_identifier)
        if getattr(database, "real", False):
            final = kwargs.get("final_db_snapshot_identifier")
            if not kwargs.get("skip_final_snapshot") and not final:
                raise InvalidParameterCombination(
                    "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
                )
            if database.status == "deleting":
                raise _state(database)
        deleted: Any = super().delete_db_instance(db_instance_identifier, *args, **kwargs)
        if getattr(deleted, "real", False):
            self.databases[db_instance_identifier] = deleted
            self.servers.delete(deleted)
        return deleted

    def create_db_snapshot(self, db_instance_identifier: str, *args: Any, **kwargs: Any) -> Any:
        """A copy of the data as they are now."""
        snapshot: Any = super().create_db_snapshot(db_instance_identifier, *args, **kwargs)
        if snapshot.real:
            if snapshot.snapshot_type == "manual":
                snapshot.add_event("DB_SNAPSHOT_CREATE_MANUAL_START")
            self.servers.snapshot(snapshot, self.databases[db_instance_identifier])  # type: ignore[arg-type]
        return snapshot

    def copy_db_snapshot(self, source_db_snapshot_identifier: str, *args: Any, **kwargs: Any) -> Any:
        """A copy of the copy."""
        source: Any = self.get_db_snapshot(source_db_snapshot_identifier)
        snapshot: Any = super().copy_db_snapshot(source_db_snapshot_identifier, *args, **kwargs)
        if snapshot.real:
            self.servers.copy(snapshot, source)
        return snapshot

    def delete_db_snapshot(self, db_snapshot_identifier: str) -> Any:
        """The data go too."""
        snapshot: Any = super().delete_db_snapshot(db_snapshot_identifier)
        if snapshot.real:
            self.servers.forget(snapshot)
        return snapshot


def _require(database: Any, *states: str) -> None:
    if database.status not in states:
        raise _state(database)


def _state(database: Any) -> RDSClientError:
    name = database.db_instance_identifier
    return RDSClientError("InvalidDBInstanceState", f"Instance {name} is {database.status}.")


def install(servers: Servers) -> None:
    """Put these in moto's place."""
    models.MasterUserSecret = Secret  # type: ignore[misc]
    models.DBInstance = Database  # type: ignore[misc]
    vars(models)["valid_preferred_maintenance_window"] = rules.wrong_window
    models.DBSnapshot = Snapshot  # type: ignore[misc]
    models.DBParameterGroup = DBParameterGroup  # type: ignore[misc]
    Databases.servers = servers
    models.rds_backends.backend = Databases
    for regions in models.rds_backends.values():
        for backend in regions.values():  # another service has looked in before; there is nothing in it yet
            backend.__class__ = Databases
    models.Event.EVENT_MAP.update(EVENTS)
    urls.url_paths["{0}/$"] = GroupAnswers.dispatch
