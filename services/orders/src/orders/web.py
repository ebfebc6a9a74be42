"""What all routes share: correlation id, problems (RFC 9457), bodies with limits, the access log, metrics.

A route is a coroutine from a `Call` to a `Reply`; Starlette's router finds it. `Web` is the outermost layer,
so that no answer, not even an unforeseen one, is without its problem document, log line and correlation id.
"""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from orders import metrics
from orders.database import Unavailable
from orders.ids import new_correlation_id
from orders.logs import Log

MAX_BODY = 64 * 1024
MAX_DISCARD = 32 * 1024 * 1024  # of a body that is too large, read so that its sender gets to see the answer
JSON = b"application/json"
PROBLEM = b"application/problem+json"
UNIQUE = (
    b"authorization", b"content-length", b"content-type", b"host", b"idempotency-key", b"x-correlation-id",
)  # fmt: skip

_VISIBLE = re.compile(rb"[\x21-\x7e]{1,128}")
_encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(slots=True)
class Reply:
    """An answer; `fields` go into the access log."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


def reply(status: int, content: Any, *headers: tuple[bytes, bytes], **fields: Any) -> Reply:
    """A JSON answer."""
    return Reply(status, _encode(content), headers=headers, fields=fields)


class Problem(Exception):
    """An error for the caller. `errors` maps the fields of the request to what is wrong with them."""

    def __init__(
        self, status: int, detail: str, errors: Mapping[str, str] | None = None,
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:  # fmt: skip
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers
        super().__init__(detail)


class Disconnected(Exception):
    """The client went away before its request was complete."""


@dataclass(slots=True)
class Call:
    """A request on its way through a route."""

    scope: Scope
    receive: Receive
    headers: dict[bytes, bytes]
    correlation_id: str
    route: str = "none"

    @property
    def path(self) -> Mapping[str, str]:
        """The variable parts of the path."""
        params: Mapping[str, str] = self.scope["path_params"]
        return params

    def query(self, *known: str) -> dict[str, str]:
        """The query's parameters, of those the route knows. Raises Problem for any other or repeated one."""
        found: dict[str, str] = {}
        text = self.scope["query_string"].decode("latin-1")
        for name, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
            if name not in known:
                raise Problem(400, "The query has a parameter that does not exist.", {name: "unknown"})
            if name in found:
                raise Problem(400, "A query parameter is repeated.", {name: "is given twice"})
            found[name] = value
        return found

    async def body(self) -> bytes:
        """The whole body. Raises Problem if it is over 64 KiB, Disconnected if the client goes away."""
        message = await self.receive()
        body: bytes = message.get("body", b"")
        size = len(body)
        while message["type"] == "http.request" and message.get("more_body"):
            message = await self.receive()
            size += len(message.get("body", b""))
            if size > MAX_DISCARD:
                break
            body = body + message.get("body", b"") if size <= MAX_BODY else b""
        if message["type"] == "http.disconnect":
            raise Disconnected
        if size > MAX_BODY:
            errors = {"body": f"has over {MAX_BODY} bytes"}
            raise Problem(413, "The body is too large.", errors, ((b"connection", b"close"),))
        return body


Handler = Callable[[Call], Awaitable[Reply]]


class Endpoint:
    """The handlers of one path, by method, as an ASGI application."""

    def __init__(self, template: str, handlers: Mapping[str, Handler]) -> None:
        self._template = template
        self._handlers = dict(handlers)
        if "GET" in handlers:
            self._handlers["HEAD"] = handlers["GET"]
        self._allowed = ", ".join(sorted(self._handlers)).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        call: Call = scope["call"]
        call.route = self._template
        handler = self._handlers.get(scope["method"])
        if handler is None:
            detail = f"{self._template} does not take {scope['method']}."
            raise Problem(405, detail, headers=((b"allow", self._allowed),))
        scope["reply"] = await handler(call)


class Web:
    """The ASGI application: routes, and what surrounds each of them."""

    def __init__(
        self, routes: Mapping[str, Mapping[str, Handler]], log: Log, *, access_log: bool = True
    ) -> None:
        self._log = log
        self._access_log = access_log
        self._counters: dict[tuple[str, str, int], Any] = {}
        self._timers: dict[str, Any] = {}
        endpoints = {path: Endpoint(path, handlers) for path, handlers in routes.items()}
        # Most requests ask for a path as it is; the router tries patterns one after the other.
        self._exact = {path: endpoint for path, endpoint in endpoints.items() if "{" not in path}
        self._router = Router(
            [Route(path, endpoint) for path, endpoint in endpoints.items()],
            redirect_slashes=False,
            default=_no_route,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens."""
        started = time.perf_counter()
        headers = dict(scope["headers"])
        call = Call(scope, receive, headers, _correlation_id(headers.get(b"x-correlation-id")))
        answer = await self._answer(call, send)
        seconds = time.perf_counter() - started
        if answer is not None:
            await _send(send, answer, call.correlation_id)
        self._record(call, answer, seconds)

    async def _answer(self, call: Call, send: Send) -> Reply | None:
        """The route's reply; None if there is nobody left to answer."""
        scope = call.scope
        scope["call"] = call
        try:
            if len(call.headers) != len(scope["headers"]):
                _refuse_repeated(scope["headers"])
            if b"host" not in call.headers and scope["http_version"] == "1.1":
                raise Problem(400, "A header is missing.", {"Host": "is required"})
            await self._exact.get(scope["path"], self._router)(scope, call.receive, send)
            answer: Reply = scope["reply"]
            return answer
        except Problem as problem:
            return _problem(problem, call)
        except Unavailable as error:
            self._log.warning("answered 503", reason=str(error), correlationId=call.correlation_id)
            detail = "The database can't be reached now; try again. An order is stored whole or not at all."
            return _problem(Problem(503, detail, headers=((b"retry-after", b"1"),)), call)
        except Disconnected:
            return None
        except Exception as error:
            self._log.error(
                "unforeseen error", correlationId=call.correlation_id,
                exception="".join(traceback.format_exception(error)),
            )  # fmt: skip
            return _problem(Problem(500, "Something unforeseen went wrong; the log has it."), call)

    def _record(self, call: Call, answer: Reply | None, seconds: float) -> None:
        method = call.scope["method"] if call.route != "none" else "any"
        status = answer.status if answer else 499
        key = (call.route, method, status)
        counter = self._counters.get(key)
        if counter is None:
            counter = self._counters[key] = metrics.REQUESTS.labels(call.route, method, str(status))
            self._timers[call.route] = metrics.REQUEST_SECONDS.labels(call.route)
        counter.inc()
        self._timers[call.route].observe(seconds)
        if self._access_log:
            self._log.info(
                "request", method=call.scope["method"], path=call.scope["path"][:200], status=status,
                ms=round(seconds * 1000, 2), correlationId=call.correlation_id,
                **(answer.fields if answer else {}),
            )  # fmt: skip


async def _no_route(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise Problem(404, "There is no such route.")


def _refuse_repeated(headers: list[tuple[bytes, bytes]]) -> None:
    """Two values of such a header: what stands before us and we might read different ones."""
    names = [name for name, _ in headers]
    for name in UNIQUE:
        if names.count(name) > 1:
            raise Problem(400, "A header is repeated.", {name.decode(): "is given twice"})


def _correlation_id(given: bytes | None) -> str:
    return given.decode() if given is not None and _VISIBLE.fullmatch(given) else new_correlation_id()


def _problem(problem: Problem, call: Call) -> Reply:
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "correlationId": call.correlation_id,
    }
    if problem.errors:
        document["errors"] = [{"field": name, "message": said} for name, said in problem.errors.items()]
    return Reply(problem.status, _encode(document), PROBLEM, problem.headers, {"detail": problem.detail})


async def _send(send: Send, answer: Reply, correlation_id: str) -> None:
    headers = [
        (b"content-type", answer.content_type),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-correlation-id", correlation_id.encode()),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
