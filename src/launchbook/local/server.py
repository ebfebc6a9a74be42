"""The front door: an ASGI application that reads a request whole, has it served, and keeps the log of it.

Three ways lead on: ``/_launchbook/…`` is our own interface, SQS is answered on the event loop, and everything
else goes to moto in a pool of threads, so that a long poll holds nobody up.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

from launchbook.local.answers import Answer, denied, throttled
from launchbook.local.calls import Call, Request, call_of, with_scope
from launchbook.local.dispatch import Dispatcher
from launchbook.local.faults import Fault, Faults
from launchbook.local.names import named
from launchbook.local.plane import FastLane
from launchbook.local.requestlog import RequestLog

_THREADS = 32
_OURS = "/_launchbook/"

Interface = Callable[[str, str, Mapping[str, str], bytes], Any]
#: Refuses a call that its caller may not make; None lets it pass.
Gate = Callable[[Call, Request], Answer | None]


class Server:
    """The ASGI application. ``interface`` answers our own requests with what becomes JSON."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        lanes: Callable[[], Mapping[str, FastLane]],
        requests: RequestLog,
        interface: Interface,
        faults: Faults,
        gate: Gate | None,
    ) -> None:
        self._dispatcher = dispatcher
        self._lanes = lanes
        self._open: dict[str, FastLane | None] = {}
        self._requests = requests
        self._interface = interface
        self._faults = faults
        self._gate = gate
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="api")

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        request = await _read(scope, receive)
        if request is None:
            return
        if request.path.startswith(_OURS):
            await _send(send, request, await self._in_pool(self._own, request))
            return
        started = time.time()
        request = with_scope(request)
        call = call_of(request)
        if " " in call.operation:
            call = await self._in_pool(named, call, request)
        fault = self._faults.strike(call) if self._faults.active else None
        if fault is not None and fault.kind == "reset":
            self._requests.add(started, time.time(), call, request, 0)
            _abort(send)
            return
        answer = await self._answer(call, request, receive, fault)
        self._requests.add(started, time.time(), call, request, answer[0])
        if fault is not None and fault.kind == "truncate":
            await _send(send, request, answer, half=True)
            _abort(send)
            return
        await _send(send, request, answer)

    async def _answer(self, call: Call, request: Request, receive: Any, fault: Fault | None) -> Answer:
        if fault is not None:
            if fault.kind == "throttle":
                return throttled(call)
            if fault.kind == "deny":
                return denied(call, f"{call} was denied by an injected fault")
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
        if self._gate is not None:
            refusal: Answer | None = await self._in_pool(self._gate, call, request)
            if refusal is not None:
                return refusal
        lane = await self._lane(call.service)
        if lane is not None:
            try:
                answer: Answer | None = await lane.answer(call, request, lambda: _gone(receive))
            except Exception as error:
                return self._dispatcher.broke(call, error)
            if answer is not None:
                return answer
        served: Answer = await self._in_pool(self._dispatcher.serve, request, call)
        return served

    async def _lane(self, service: str) -> FastLane | None:
        if service not in self._open:
            lane = self._lanes().get(service)
            if lane is not None:
                await self._in_pool(self._dispatcher.before, service)
            self._open[service] = lane
        return self._open[service]

    async def _in_pool(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)

    def _own(self, request: Request) -> Answer:
        # A page in a browser cannot set this header without asking first.
        if request.method != "GET" and "x-launchbook" not in request.headers:
            return 403, [("content-type", "text/plain")], b"the header X-Launchbook is missing\n"
        query = {name: values[-1] for name, values in parse_qs(request.query).items()}
        try:
            result = self._interface(request.method, request.path[len(_OURS) :], query, request.body)
        except (KeyError, ValueError) as error:
            return 400, [("content-type", "text/plain")], f"{error.args[0]}\n".encode()
        # moto's objects may hold anything: a value that JSON has no form for is told as text.
        return 200, [("content-type", "application/json")], json.dumps(result, default=str).encode()


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read(scope: dict[str, Any], receive: Any) -> Request | None:
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    headers[":raw-path"] = scope["raw_path"].decode("latin-1")
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    return Request(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers, body)


async def _send(send: Any, request: Request, answer: Answer, *, half: bool = False) -> None:
    status, headers, body = answer
    head = request.method == "HEAD"
    sent = [(name.lower().encode("latin-1"), str(value).encode("latin-1")) for name, value in headers]
    if not head and not any(name == b"content-length" for name, _ in sent):
        sent.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": sent})
    if half:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        return
    await send({"type": "http.response.body", "body": b"" if head else body})


def _abort(send: Any) -> None:
    # uvicorn gives its applications no way to cut a connection; its request cycle has the transport.
    transport = send.__self__.transport
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
