"""A database in a few words, and a client that really signs in."""

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest

from tests.aws.conftest import Clients

_names = itertools.count(1)
_SETTLED = ("available", "stopped", "failed")
PASSWORD = 'it\'s "quoted" 100%'


def until(true: Callable[[], Any], seconds: float = 60.0) -> None:
    """Wait for a condition, and say so when it never came."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not true within {seconds} s"
        time.sleep(0.05)


@dataclass
class Databases:
    """What a test makes is taken away again."""

    client: Any
    made: list[str] = field(default_factory=list)
    snapshots: list[str] = field(default_factory=list)

    def create(self, *, wait: bool = True, **more: Any) -> str:
        name = f"db-{next(_names)}"
        given = {
            "Engine": "postgres", "DBInstanceClass": "db.t4g.micro", "AllocatedStorage": 20, "DBName": "shop",
            "MasterUsername": "keeper", "MasterUserPassword": PASSWORD, "BackupRetentionPeriod": 0,
            "EngineVersion": "16.3",
        }  # fmt: skip
        given.update(more)
        self.client.create_db_instance(
            DBInstanceIdentifier=name, **{k: v for k, v in given.items() if v is not None}
        )
        self.made.append(name)
        if wait:
            self.until(name, "available")
        return name

    def describe(self, name: str) -> dict[str, Any]:
        return dict(self.client.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0])

    def until(self, name: str, state: str) -> dict[str, Any]:
        def there() -> bool:
            now = self.describe(name)["DBInstanceStatus"]
            assert now != "failed", self.client.describe_events()["Events"]
            return bool(now == state)

        until(there)
        return self.describe(name)

    def sql(self, name: str, *statements: str, password: str = PASSWORD, database: str = "shop") -> Any:
        """Run statements on one connection as the master user; the rows of the last."""

        async def run() -> Any:
            place = self.describe(name)["Endpoint"]
            connection = await asyncpg.connect(
                host=place["Address"], port=place["Port"], user="keeper", password=password, database=database,
                ssl="require",
            )  # fmt: skip
            try:
                for statement in statements[:-1]:
                    await connection.execute(statement)
                return [tuple(row) for row in await connection.fetch(statements[-1])]
            finally:
                await connection.close()

        return _wait(run())

    def snapshot(self, name: str) -> str:
        taken = f"snap-{next(_names)}"
        self.client.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=taken)
        self.snapshots.append(taken)
        until(lambda: self.snapshot_state(taken) == "available")
        return taken

    def snapshot_state(self, taken: str) -> str:
        found = self.client.describe_db_snapshots(DBSnapshotIdentifier=taken)["DBSnapshots"]
        return str(found[0]["Status"])

    def gone(self, name: str) -> bool:
        try:
            self.describe(name)
        except self.client.exceptions.DBInstanceNotFoundFault:
            return True
        return False


def _wait(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


@pytest.fixture
def databases(aws: Clients) -> Iterator[Databases]:
    made = Databases(aws("rds"))
    yield made
    _remove(made)


@pytest.fixture(scope="module")
def shared(aws: Clients) -> Iterator[Databases]:
    """One instance, ``shared.made[0]``, for the tests of a module that leave it available; it keeps backups."""
    made = Databases(aws("rds"))
    made.create(BackupRetentionPeriod=1)
    yield made
    _remove(made)


def _remove(made: Databases) -> None:
    for name in made.made:
        if not made.gone(name):
            until(lambda name=name: made.describe(name)["DBInstanceStatus"] in _SETTLED)
            made.client.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    for name in made.made:
        until(lambda name=name: made.gone(name))
    for taken in made.snapshots:
        made.client.delete_db_snapshot(DBSnapshotIdentifier=taken)
