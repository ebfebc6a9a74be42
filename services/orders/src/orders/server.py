"""The HTTP server: uvicorn with connections of our own, listening sockets, and a stop on an event."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from orders.connection import Connection

KEEP_ALIVE_SECONDS = 75  # longer than a load balancer's idle timeout of 60, so that it closes first
BACKLOG = 1024


class Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the process and stops on an event."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to app.py."""
        yield

    async def run_until(self, stop: asyncio.Event, listener: socket.socket) -> None:
        """Serve until `stop`, then answer what is in flight."""
        serving = asyncio.create_task(self.serve([listener]))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            self.should_exit = True
            await serving
        finally:
            stopping.cancel()


def server(app: ASGIApp, drain_seconds: float) -> Server:
    """A server for `app`; after the stop, requests in flight have `drain_seconds`."""
    for name in ("uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.ERROR)
    settings: dict[str, Any] = {
        "http": Connection, "ws": "none", "loop": "none", "lifespan": "off", "interface": "asgi3",
        "log_config": None, "access_log": False, "server_header": False, "proxy_headers": False, "backlog": BACKLOG,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS, "timeout_graceful_shutdown": max(1, round(drain_seconds)),
    }  # fmt: skip
    return Server(uvicorn.Config(app, **settings))


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A listening socket; `shared` lets several processes listen on the same port.

    Raises OSError if the address can't be had.
    """
    bound = reserve(host, port, shared=shared)
    bound.listen(BACKLOG)
    bound.setblocking(False)
    return bound


def reserve(host: str, port: int, *, shared: bool) -> socket.socket:
    """A bound socket that does not listen: it holds the port for processes that will."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((host, port))
    except BaseException:
        bound.close()
        raise
    return bound
