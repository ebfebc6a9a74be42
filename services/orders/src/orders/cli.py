"""The command line: read the settings, run one part of the platform, say what went wrong in one message."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sys
from typing import NoReturn
from uuid import UUID

import click

from orders import __version__
from orders.settings import BadSettings, Settings, load


def settings_or_exit(*, database: bool = True, queue: bool = True) -> Settings:
    """The checked settings; exit code 2 and one message if they can't be used."""
    try:
        return load(os.environ, database=database, queue=queue)
    except BadSettings as bad:
        click.echo(f"orders: {bad}", err=True)
        sys.exit(2)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """The order platform: an API, an outbox relay and a worker. Settings come from the environment."""


@main.command()
@click.option("--processes", type=click.IntRange(1, 64), help="API processes; default PROCESSES.")
@click.option("--member", is_flag=True, hidden=True)
def api(processes: int | None, member: bool) -> None:
    """Serve the API, with the relay beside it unless RELAY_ENABLED is false."""
    settings = settings_or_exit()
    if processes is not None:
        settings = dataclasses.replace(settings, processes=processes)
    if settings.processes > 1 and not member:
        from orders import supervisor

        sys.exit(supervisor.run_api(settings))
    from orders import app

    sys.exit(app.run_member(settings) if member else app.run_api(settings))


@main.command()
def worker() -> None:
    """Process orders from the queue."""
    settings = settings_or_exit()
    from orders import app

    sys.exit(app.run_worker(settings))


@main.command()
def relay() -> None:
    """Send outbox events to the queue, without an API."""
    settings = settings_or_exit()
    from orders import app

    sys.exit(app.run_relay(settings))


@main.command()
@click.option("--sql", is_flag=True, help="Print the SQL from an empty database; change nothing.")
def migrate(sql: bool) -> None:
    """Bring the database to the newest revision. Run it before a rollout."""
    from orders import migrate as migrations

    if sql:
        click.echo(migrations.render())
        return
    settings = settings_or_exit(queue=False)
    import asyncpg

    from orders.database import Unavailable

    try:
        before, after = asyncio.run(migrations.migrate(settings))
    except migrations.UnknownRevision as error:
        _nothing_migrated(str(error), "deploy the version that migrated it, or a newer one")
    except (Unavailable, asyncpg.PostgresError) as error:
        _nothing_migrated(str(error))
    except (asyncpg.InterfaceError, OSError, ValueError) as error:
        # What is wrong is in the address or a file it names; the text may show a part of the address.
        _nothing_migrated(f"the address or what it names can't be used ({type(error).__name__})")
    click.echo(f"database at revision {after}" if before == after else f"migrated from {before} to {after}")


def _nothing_migrated(reason: str, hint: str = "check DATABASE_URL or the DB_ variables") -> NoReturn:
    click.echo(f"orders: nothing was migrated: {reason}\n\nhint: {hint}", err=True)
    sys.exit(3)


@main.command()
@click.argument("ids", nargs=-1, required=True, type=click.UUID, metavar="ID...")
@click.option(
    "--wait",
    type=click.FloatRange(0, 600),
    default=0.0,
    help="Seconds to wait until all of them are PROCESSED or FAILED.",
)
def show(ids: tuple[UUID, ...], wait: float) -> None:
    """What became of orders, from the database: one JSON object a line. Exit code 1 if one does not exist."""
    settings = settings_or_exit(queue=False)
    import asyncpg
    import msgspec

    from orders.database import Unavailable
    from orders.trail import trail

    try:
        found = asyncio.run(trail(settings, ids, wait))
    except (Unavailable, asyncpg.PostgresError) as error:
        _not_shown(str(error))
    except (asyncpg.InterfaceError, OSError, ValueError) as error:
        _not_shown(f"the address or what it names can't be used ({type(error).__name__})")
    encode = msgspec.json.Encoder(decimal_format="number").encode
    for one in found:
        click.echo(encode(one))
    known = {one["id"] for one in found}
    missing = [str(one) for one in dict.fromkeys(ids) if one not in known]
    if missing:
        click.echo(f"orders: there is no order {', '.join(missing)}", err=True)
        sys.exit(1)


def _not_shown(reason: str) -> NoReturn:
    click.echo(
        f"orders: nothing can be shown: {reason}\n\nhint: check DATABASE_URL or the DB_ variables", err=True
    )
    sys.exit(3)


@main.command()
def health() -> None:
    """Ask the running process on this machine whether it is up; exit code 1 if not."""
    from orders.health import ask

    settings = settings_or_exit(database=False, queue=False)
    problem = ask(settings.host, settings.management_port)
    if problem:
        click.echo(f"orders: not healthy: {problem}", err=True)
        sys.exit(1)
    click.echo("UP")


if __name__ == "__main__":
    main()
