"""Connections to PostgreSQL, and one error for everything that means it can't be used now."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from typing import Any, TypeVar

import asyncpg

from orders.settings import Settings

Connection = Any  # asyncpg ships no types: a connection, or a pool's proxy of one

GONE = (
    OSError,
    TimeoutError,
    EOFError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

# What the server says about the values it was given: the next attempt, elsewhere or later, would end the same.
# Everything else may pass: a standby, a changed password, a missing migration, a deadlock, a full disk.
REFUSED = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)


T = TypeVar("T")


class Unavailable(Exception):
    """The database can't be reached, does not serve us now, or did not answer in time."""


async def within(seconds: float, work: Awaitable[T]) -> T:
    """The result of `work`; Unavailable after `seconds`, without waiting for its connection to clean up.

    A cancelled query asks the server to stop it, and a server that hangs never answers.
    """
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.add_done_callback(_forget)
            task.cancel()
    if not done:
        raise Unavailable(f"the database did not answer within {seconds:g} s")
    async with unavailable():
        return task.result()


def _forget(task: asyncio.Future[Any]) -> None:
    """Take the outcome of an abandoned query, so that asyncio does not report it as overlooked."""
    if not task.cancelled():
        task.exception()


@contextlib.asynccontextmanager
async def unavailable(seconds: float | None = None) -> AsyncIterator[None]:
    """Turn every way a database is away into Unavailable, after `seconds` at the latest."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except REFUSED:
        raise
    except GONE as error:
        if isinstance(error, ValueError):
            raise _unusable(error) from error
        raise Unavailable(f"the database can't be used: {type(error).__name__}: {error}") from error


def _unusable(error: ValueError) -> Unavailable:
    """The address is at fault, or a file that it names; the error's own text may show a part of it."""
    return Unavailable(f"the address or what it names can't be used ({type(error).__name__})")


@contextlib.asynccontextmanager
async def transaction(pool: Connection) -> AsyncIterator[Connection]:
    """A transaction on a connection of the pool. A server that does not serve it loses the connection.

    The next one may lead to another server, or know another password.
    """
    async with pool.acquire() as connection:
        try:
            async with connection.transaction():
                yield connection
        except REFUSED:
            raise
        except asyncpg.PostgresError:
            connection.terminate()
            raise


def address(settings: Settings) -> dict[str, Any]:
    """Keyword arguments of asyncpg's `connect` and `create_pool`."""
    if settings.database_url:
        return {"dsn": settings.database_url}
    return {
        "host": settings.db_host,
        "port": settings.db_port,
        "database": settings.db_name,
        "user": settings.db_user,
        "password": settings.db_password or None,
        "ssl": None if settings.db_host.startswith("/") else settings.db_sslmode,
    }


async def connect(settings: Settings, timeout: float) -> Connection:
    """One connection of its own. Raises Unavailable after `timeout` seconds at the latest."""
    async with unavailable(timeout):
        try:
            return await asyncpg.connect(**address(settings), server_settings={"application_name": "orders"})
        except ValueError as error:
            raise _unusable(error) from error


async def pool(settings: Settings, size: int) -> Connection:
    """A pool that connects on first use, so that a process starts while the database is down."""
    return await asyncpg.create_pool(
        **address(settings),
        min_size=0,
        max_size=size,
        timeout=settings.db_timeout,
        command_timeout=settings.db_timeout,
        server_settings={"application_name": "orders"},
    )
