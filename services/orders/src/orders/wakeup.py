"""How an API tells relays that the outbox has news: NOTIFY, after the commit, on a connection of its own.

Inside the order's transaction a NOTIFY would make all commits wait for each other. A lost one costs no
event, only time: relays look by themselves every RELAY_POLL seconds.
"""

from __future__ import annotations

import asyncio

from orders.database import Unavailable, connect, unavailable
from orders.settings import Settings

CHANNEL = "orders_outbox"
QUIET = 0.02  # seconds between two notifications
PAUSE = 0.5  # seconds before connecting again


class Notifier:
    """Sends one NOTIFY for any number of commits that lie close together."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._news = asyncio.Event()

    def poke(self) -> None:
        """Say that something was committed. Never waits."""
        self._news.set()

    async def run(self) -> None:
        """Notify until cancelled; connects again by itself."""
        while True:
            try:
                connection = await connect(self._settings, self._settings.db_timeout)
            except Unavailable:
                await asyncio.sleep(PAUSE)
                continue
            try:
                async with unavailable(self._settings.db_timeout):
                    # A notification is worth no wait for the disk: a crash loses all of them anyway.
                    await connection.execute("SET synchronous_commit = off")
                while True:
                    await self._news.wait()
                    self._news.clear()
                    async with unavailable(self._settings.db_timeout):
                        await connection.execute(f"NOTIFY {CHANNEL}")
                    await asyncio.sleep(QUIET)
            except Unavailable:
                self._news.set()  # said again on the next connection
            finally:
                connection.terminate()
