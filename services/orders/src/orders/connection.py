"""A connection of the HTTP server: uvicorn's, with limits on what a client may send, hold and take its time for.

What the limits refuse is answered with a problem document like any other error.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import httptools
import msgspec
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ARRIVAL_SECONDS = 10.0  # from a connection's or a request's first byte to the request's last
WRITE_SECONDS = 10.0  # a client that takes nothing of its answer for so long has gone
MAX_HEAD = 64 * 1024  # bytes of a request that are not its body: the head, and a chunked body's framing
STEP = 8 * 1024  # bytes parsed at a time: a request may be over MAX_HEAD by so many before it is refused
MAX_PIPELINE = 8  # requests that wait for their turn, give or take a step; beyond, nothing is parsed or read


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
            if not self._transport.is_closing():  # the client may have gone in this turn
                self._transport.write(b"".join(parts))


class Flow(FlowControl):
    """uvicorn's, but nothing is read while requests wait: uvicorn reads on after each answer."""

    held = False

    def resume_reading(self) -> None:
        """Read on, unless requests wait."""
        if not self.held:
            super().resume_reading()


class Connection(HttpToolsProtocol):
    """A connection whose requests have to arrive in time and have small heads, and whose answers get read."""

    flow: Flow
    _arrival: asyncio.TimerHandle | None = None
    _begun = False  # a request is arriving
    _unparsed = b""  # what arrived and has to wait until those before it are answered
    _unread: asyncio.TimerHandle | None = None
    _arriving: Any = None  # uvicorn's cycle of the request that is arriving, once its head has
    _head = 0  # bytes of the arriving request that were not its body
    _complete = False  # a request was completed by the bytes in the parser
    _upgrade = False  # the parser's request asks for another protocol, and is to be parsed again without that

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request has to come, too."""
        super().connection_made(transport)
        # Any byte that the client's side does not take at once starts the clock of `pause_writing`.
        transport.set_write_buffer_limits(high=0)
        self.flow = Flow(transport)
        self.transport = cast(asyncio.Transport, OneWrite(transport, self.loop))
        self._arrival = self.loop.call_later(ARRIVAL_SECONDS, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        self._stop_clock()
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, a step at a time, so that the limit of a request's head is kept within a step."""
        self._unset_keepalive_if_required()
        if len(data) <= STEP and not self._unparsed:
            self._take(data)
            if not self.pipeline:
                return
        else:
            self._unparsed += data
            self._take_unparsed()
        self._hold()

    def on_response_complete(self) -> None:
        """The next of the requests that wait, or more of what has not been parsed, or more of what is sent."""
        super().on_response_complete()
        if not self.flow.held or self.transport.is_closing():
            return
        if not self.pipeline:
            self._take_unparsed()
            if self._begun or not self.cycle.response_complete:
                self._unset_keepalive_if_required()
        self._hold()

    def pause_writing(self) -> None:
        """The client takes no more for now."""
        super().pause_writing()
        self._unread = self.loop.call_later(WRITE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It has taken everything."""
        self._stop_waiting()
        super().resume_writing()

    def on_message_begin(self) -> None:
        """The clock of a request starts."""
        super().on_message_begin()
        self._arriving = None
        self._begun = True
        if self._arrival is None:
            self._arrival = self.loop.call_later(ARRIVAL_SECONDS, self._too_slow)

    def on_headers_complete(self) -> None:
        """Hand the request on, unless it has to be parsed again."""
        self._upgrade = self.parser.should_upgrade()
        if not self._upgrade:
            super().on_headers_complete()
            self._arriving = self.cycle

    def on_body(self, body: bytes) -> None:
        """What is delivered as body is limited by its reader."""
        self._head -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """It has arrived."""
        if not self._upgrade:
            self._complete = True
            self._begun = False
            self._arriving = None
            self._stop_clock()
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What the parser refuses is answered like any other error."""
        self._refuse(400, "Bad Request", "The request is not valid HTTP.")

    def _take_unparsed(self) -> None:
        while self._unparsed and len(self.pipeline) < MAX_PIPELINE and not self.transport.is_closing():
            step, self._unparsed = self._unparsed[:STEP], self._unparsed[STEP:]
            self._take(step)

    def _hold(self) -> None:
        """Read nothing while requests wait; the clock of the one that is arriving stands still meanwhile."""
        if self.transport.is_closing():
            return
        self.flow.held = bool(self.pipeline or self._unparsed)
        if self.flow.held:
            self.flow.pause_reading()
            self._stop_clock()
        else:
            # The reader of a body that fills its buffer says itself when it wants more (uvicorn's `receive`); libuv
            # would otherwise read megabytes of it before that reader has its turn.
            if self.cycle is None or len(self.cycle.body) <= HIGH_WATER_LIMIT:
                self.flow.resume_reading()
            if self._begun and self._arrival is None:
                self._arrival = self.loop.call_later(ARRIVAL_SECONDS, self._too_slow)

    def _take(self, data: bytes) -> None:
        self._head += len(data)
        self._complete = False
        try:
            self._parse(data)
        except httptools.HttpParserError:
            self.send_400_response("")
            return
        if self._complete:
            self._head = 0  # what of `data` belongs to the next request is not known, and less than a step
        elif self._head > MAX_HEAD:
            detail = f"The request has over {MAX_HEAD} bytes beside its body."
            self._refuse(431, "Request Header Fields Too Large", detail)

    def _parse(self, data: bytes) -> None:
        """Feed the parser; a request to upgrade is one like any other (RFC 9110, section 7.8).

        The parser takes everything after the head of such a request for the other protocol, its body too. So
        the head is written again without the wish, and a new parser goes on from there.
        """
        while True:
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as upgrade:
                if self.parser.get_method() == b"CONNECT":
                    raise httptools.HttpParserError("a tunnel") from None
                data = self._plain_head() + data[upgrade.args[0] :]
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's own

    def _plain_head(self) -> bytes:
        version = self.parser.get_http_version().encode()
        lines = [b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, version)]
        for name, value in self.headers:
            if name == b"connection":
                tokens = [token.strip() for token in value.split(b",")]
                value = b", ".join(token for token in tokens if token.lower() != b"upgrade")
            if name != b"upgrade":
                lines.append(name + b": " + value)
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def _stop_clock(self) -> None:
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None

    def _stop_waiting(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _too_slow(self) -> None:
        self._arrival = None
        self._refuse(408, "Request Timeout", f"The request took over {ARRIVAL_SECONDS:g} s to arrive.")

    def _answerable(self) -> bool:
        """Whether an answer written now would be taken for that of the request that is arriving."""
        if self._arriving is not None:
            return not self._arriving.response_started and not self.pipeline
        return self.cycle is None or self.cycle.response_complete

    def _refuse(self, status: int, title: str, detail: str) -> None:
        if self._answerable():
            body = msgspec.json.encode(
                {"type": "about:blank", "title": title, "status": status, "detail": detail}
            )
            head = (
                f"HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\n"
                f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode() + body)
        self.transport.close()
