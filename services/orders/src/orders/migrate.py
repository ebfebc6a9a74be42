"""Migrations: Alembic keeps the versions and renders plain SQL, asyncpg runs it.

One connection, one transaction, one advisory lock: two rollouts at once migrate once, and a migration that
fails leaves the schema as it was.
"""

from __future__ import annotations

import io
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from orders import database
from orders.settings import Settings

LOCK = 0x6F7264657273  # "orders"; any number does that nobody else in this database uses


class UnknownRevision(Exception):
    """The database is at a revision that this version does not have: a newer version made it."""


def render(since: str = "base") -> str:
    """SQL that brings a database from revision `since` to the newest; empty if there is nothing to do.

    Raises UnknownRevision.
    """
    out = io.StringIO()
    config = Config(output_buffer=out)
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if since not in ("base", *known):
        raise UnknownRevision(
            f"the database is at revision {since}, and this version knows none after {known[0]}"
        )
    command.upgrade(config, f"{since}:head", sql=True)
    return out.getvalue().strip()


async def migrate(settings: Settings) -> tuple[str, str]:
    """Bring the database to the newest revision; return the revision before and after.

    Raises database.Unavailable if the database can't be reached, UnknownRevision if it is ahead of this version.
    """
    connection = await database.connect(settings, timeout=10)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            before = await _revision(connection)
            if sql := render(before):
                await connection.execute(sql)
            return before, await _revision(connection)
    finally:
        await connection.close()


async def _revision(connection: database.Connection) -> str:
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return "base"
    return str(await connection.fetchval("SELECT version_num FROM alembic_version") or "base")
