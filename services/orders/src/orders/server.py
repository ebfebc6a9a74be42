"""The HTTP server: uvicorn, with a limit on how long a request may take to arrive, and problem documents."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ARRIVAL_SECONDS = 10.0  # from a connection's or a request's first byte to the request's last
KEEP_ALIVE_SECONDS = 75  # longer than a load balancer's idle timeout of 60, so that it closes first
BACKLOG = 1024


class OneWrite:
    """A transport that joins what is written in one turn of the event loop.

    uvicorn writes an answer's head and its body apart. The second system call, and the client woken for half
    an answer, were a third of the cost of `POST /orders`.
    """

    __slots__ = ("_loop", "_parts", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Write with what else comes in this turn."""
        self._parts.append(data)
        if len(self._parts) == 1:
            self._loop.call_soon(self._flush)

    def close(self) -> None:
        """Write what is held, then close."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _flush(self) -> None:
        if self._parts:
            parts, self._parts = self._parts, []
            self._transport.write(b"".join(parts))


class Protocol(HttpToolsProtocol):
    """A connection whose requests have to arrive in time: slow clients cost a socket for seconds only."""

    _arrival: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request has to come, too."""
        super().connection_made(transport)
        self.transport = cast(asyncio.Transport, OneWrite(transport, self.loop))
        self._arrival = self.loop.call_later(ARRIVAL_SECONDS, self._too_slow)

    def on_message_begin(self) -> None:
        """The clock of a request starts."""
        super().on_message_begin()
        if self._arrival is None:
            self._arrival = self.loop.call_later(ARRIVAL_SECONDS, self._too_slow)

    def on_message_complete(self) -> None:
        """It has arrived."""
        self._stop_clock()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        self._stop_clock()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """What the parser refuses is answered like any other error."""
        self._refuse(400, "Bad Request", "The request is not valid HTTP.")

    def _stop_clock(self) -> None:
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None

    def _too_slow(self) -> None:
        self._arrival = None
        if self.cycle is None or not self.cycle.response_started:
            self._refuse(408, "Request Timeout", f"The request took over {ARRIVAL_SECONDS:g} s to arrive.")
        else:
            self.transport.close()

    def _refuse(self, status: int, title: str, detail: str) -> None:
        body = msgspec.json.encode(
            {"type": "about:blank", "title": title, "status": status, "detail": detail}
        )
        head = (
            f"HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


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
        "http": Protocol, "ws": "none", "loop": "none", "lifespan": "off", "interface": "asgi3",
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
