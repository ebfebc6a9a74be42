"""The command line against a database that does not want it: one message, no traceback, no secret."""

import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.ports import free_port
from tests.support.postgres import Postgres


def migrate(url: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "orders.cli", "migrate"],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": url}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def address(
    postgres: Postgres, *, user: str = "", password: str = "", database: str = "", more: str = ""
) -> str:
    parts = urlsplit(postgres.dsn)
    login = f"{user or parts.username}:{password or parts.password}"
    return f"postgresql://{login}@{parts.hostname}:{parts.port}/{database or parts.path[1:]}{more}"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"password": "pa55word"}, "password authentication failed"),
        ({"user": "nobody-at-all", "password": "pa55word"}, "nobody-at-all"),
        ({"database": "absent"}, 'database "absent" does not exist'),
        ({"more": "?sslmode=pa55word"}, "can't be used"),
        ({"more": "?sslmode=verify-ca&sslrootcert=/absent/pa55word"}, "can't be used"),
    ],
)  # fmt: skip
def test_a_migration_that_cannot_begin_says_why(
    postgres: Postgres, change: dict[str, str], reason: str
) -> None:
    done = migrate(address(postgres, **change))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("orders: nothing was migrated: ")
    assert reason in done.stderr
    assert "hint: check DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "pa55word" not in done.stderr


def test_a_migration_without_a_server_says_so() -> None:
    done = migrate(f"postgresql://u:pa55word@127.0.0.1:{free_port()}/orders")
    assert done.returncode == 3
    assert done.stderr.startswith("orders: nothing was migrated: ")
    assert "pa55word" not in done.stderr


async def test_a_database_that_is_ahead_is_left_alone_with_one_message(postgres: Postgres, db: Any) -> None:
    before = await db.fetchval("SELECT version_num FROM alembic_version")
    await db.execute("UPDATE alembic_version SET version_num = '9999'")
    try:
        done = migrate(postgres.dsn)
        assert await db.fetchval("SELECT version_num FROM alembic_version") == "9999"
    finally:
        await db.execute("UPDATE alembic_version SET version_num = $1", before)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "orders: nothing was migrated: the database is at revision 9999, "
        f"and this version knows none after {before}\n\n"
        "hint: deploy the version that migrated it, or a newer one\n"
    )
