"""The front door: an ASGI application that reads a request whole, has it served, and keeps the log of it.

Three ways lead on: ``/_launchbook/…`` is our own interface, SQS is answered on the event loop, and everything
else goes to moto in a pool of threads, so that a long poll holds nobody up.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

from launchbook.local.calls import Call, Request, call_of
from launchbook.local.dispatch import Answer, Dispatcher
from launchbook.local.plane import FastLane
from launchbook.local.requestlog import RequestLog

_THREADS = 32
_OURS = "/_launchbook/"

Control = Callable[[str, str, Mapping[str, str], bytes], Any]


class Server:
    """The ASGI application. ``control`` answers our own interface with what becomes JSON."""

    def __init__(
        self, dispatcher: Dispatcher, lanes: Mapping[str, FastLane], requests: RequestLog, control: Control
    ) -> None:
        self._dispatcher = dispatcher
        self._lanes = lanes
        self._open: set[str] = set()
        self._requests = requests
        self._control = control
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="api")

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        request = await _read(scope, receive)
        if request is None:
            return
        if request.path.startswith(_OURS):
            await _send(send, request, self._own(request))
            return
        started = time.time()
        call = call_of(request)
        answer = await self._serve(call, request, receive)
        self._requests.add(started, time.time(), call, request, answer)
        await _send(send, request, answer)

    async def _serve(self, call: Call, request: Request, receive: Any) -> Answer:
        loop = asyncio.get_running_loop()
        lane = self._lanes.get(call.service)
        if lane is not None:
            if call.service not in self._open:
                await loop.run_in_executor(self._pool, self._dispatcher.before, call.service)
                self._open.add(call.service)
            try:
                answer: Answer | None = await lane.answer(call, request, lambda: _gone(receive))
            except Exception as error:
                return self._dispatcher.broke(call, error)
            if answer is not None:
                return answer
        return await loop.run_in_executor(self._pool, self._dispatcher.serve, request, call)

    def _own(self, request: Request) -> Answer:
        # A page in a browser cannot set this header without asking first.
        if request.method != "GET" and "x-launchbook" not in request.headers:
            return 403, [("content-type", "text/plain")], b"the header X-Launchbook is missing\n"
        query = {name: values[-1] for name, values in parse_qs(request.query).items()}
        try:
            result = self._control(request.method, request.path[len(_OURS) :], query, request.body)
        except (KeyError, ValueError) as error:
            return 400, [("content-type", "text/plain")], f"{error}\n".encode()
        return 200, [("content-type", "application/json")], json.dumps(result).encode()


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


async def _send(send: Any, request: Request, answer: Answer) -> None:
    status, headers, body = answer
    head = request.method == "HEAD"
    sent = [(name.lower().encode("latin-1"), str(value).encode("latin-1")) for name, value in headers]
    if not head and not any(name == b"content-length" for name, _ in sent):
        sent.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": b"" if head else body})
