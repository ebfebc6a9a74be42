"""The routes of the main port."""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from orders import domain, openapi
from orders.database import Unavailable
from orders.domain import IllegalMove, InvalidOrder, NewOrder, Order, Status
from orders.ids import created_at, new_order_id
from orders.intake import Intake
from orders.queue import QueueError
from orders.records import Request
from orders.settings import Settings
from orders.store import FIRST_PAGE, Store
from orders.tracing import Tracer
from orders.web import Call, Handler, Problem, Reply, reply

FIELDS = ("customerId", "amount")
MAX_PAGE = 200
DEFAULT_PAGE = 50
PROBE_SECONDS = 1.0

_KEY = re.compile(rb"[\x21-\x7e]{1,255}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_split = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_members = json.JSONDecoder(
    object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=Decimal
).decode
_value = msgspec.json.Decoder(float_hook=Decimal).decode

Probe = Callable[[], Awaitable[None]]


class Api:
    """The handlers, and what they need. `probes` are what readiness depends on, by name."""

    def __init__(
        self, settings: Settings, store: Store, intake: Intake, committed: Callable[[], None],
        probes: Mapping[str, Probe], tracer: Tracer,
    ) -> None:  # fmt: skip
        self._token = settings.admin_token.encode()
        self._store = store
        self._intake = intake
        self._committed = committed
        self._probes = probes
        self._tracer = tracer

    def routes(self) -> dict[str, dict[str, Handler]]:
        """Handlers by path and method."""
        return {
            "/orders": {"POST": self.create, "GET": self.page},
            "/orders/{id}": {"GET": self.get},
            "/dlq": {"GET": self.dead_letters},
            "/dlq/{orderId}/reprocess": {"POST": self.reprocess},
            "/actuator/health": {"GET": up},
            "/actuator/health/liveness": {"GET": up},
            "/actuator/health/readiness": {"GET": self.readiness},
            "/openapi.json": {"GET": _document},
        }

    async def create(self, call: Call) -> Reply:
        """`POST /orders`."""
        with self._tracer.span("POST /orders", "server", _traceparent(call)) as span:
            key = _idempotency_key(call)
            order = _new_order(call, await call.body())
            order_id = new_order_id()
            stored = await self._intake.add(
                Request(order_id, order, key, created_at(order_id), call.correlation_id, span.traceparent)
            )
            if not stored.same:
                errors = {"Idempotency-Key": "was used for an order with another customerId or amount"}
                raise Problem(422, "The key belongs to another order.", errors)
            location = f"/orders/{stored.id}"
            return reply(
                202, {"orderId": stored.id, "status": stored.status}, (b"location", location.encode()),
                orderId=stored.id,
            )  # fmt: skip

    async def get(self, call: Call) -> Reply:
        """`GET /orders/{id}`."""
        order_id = _uuid("id", call.path["id"])
        order = await self._store.get(order_id)
        if order is None:
            raise Problem(404, f"There is no order {order_id}.")
        return reply(200, _shown(order))

    async def page(self, call: Call) -> Reply:
        """`GET /orders`: the next page begins after the last order of this one."""
        query = call.query("status", "limit", "after")
        status = _status(query["status"]) if "status" in query else None
        limit = _limit(query)
        after = _uuid("after", query["after"]) if "after" in query else FIRST_PAGE
        orders = await self._store.page(status, after, limit)
        following = orders[-1].id if len(orders) == limit else None
        return reply(200, {"orders": [_shown(order) for order in orders], "next": following})

    async def dead_letters(self, call: Call) -> Reply:
        """`GET /dlq`."""
        self._require_administrator(call)
        letters = await self._store.dead_letters(_limit(call.query("limit")))
        shown = [
            {
                "orderId": letter.order_id, "reason": letter.reason, "retryCount": letter.retry_count,
                "failedAt": _time(letter.failed_at),
            }
            for letter in letters
        ]  # fmt: skip
        return reply(200, {"orders": shown})

    async def reprocess(self, call: Call) -> Reply:
        """`POST /dlq/{orderId}/reprocess`."""
        self._require_administrator(call)
        order_id = _uuid("orderId", call.path["orderId"])
        try:
            order = await self._store.reprocess(order_id, call.correlation_id, _traceparent(call))
        except IllegalMove as error:
            raise Problem(409, f"{str(error)[0].upper()}{str(error)[1:]}.") from None
        if order is None:
            raise Problem(404, f"There is no order {order_id}.")
        self._committed()
        return reply(202, {"orderId": order.id, "status": order.status}, orderId=order.id)

    async def readiness(self, call: Call) -> Reply:
        """`GET /actuator/health/readiness`: what this process depends on."""
        names = list(self._probes)
        found = await asyncio.gather(*(_probe(self._probes[name]) for name in names))
        components = {name: {"status": "UP" if ok else "DOWN"} for name, ok in zip(names, found, strict=True)}
        ready = all(found)
        return reply(200 if ready else 503, {"status": "UP" if ready else "DOWN", "components": components})

    def _require_administrator(self, call: Call) -> None:
        if not self._token:
            raise Problem(403, "Administration is closed: no administrator's token is configured.")
        scheme, _, token = call.headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not hmac.compare_digest(token.strip(), self._token):
            challenge = ((b"www-authenticate", b"Bearer"),)
            raise Problem(401, "This route needs the administrator's bearer token.", headers=challenge)


async def up(_call: Call) -> Reply:
    """`GET /actuator/health`: the process answers. Nothing it depends on is asked."""
    return reply(200, {"status": "UP"})


async def _document(_call: Call) -> Reply:
    return Reply(200, openapi.DOCUMENT)


async def _probe(probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await probe()
    except (Unavailable, QueueError, TimeoutError):
        return False
    return True


def _new_order(call: Call, body: bytes) -> NewOrder:
    media = call.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if media != b"application/json":
        raise Problem(415, "The body must be JSON.", {"Content-Type": "must be application/json"})
    try:
        raw = _split(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        errors = _not_numbers(body) or {"body": _reason(error)}
        raise Problem(400, "The body is not a JSON object.", errors) from None
    fields: dict[str, object] = {}
    errors = _repeated(body, raw)
    for name, value in raw.items():
        try:
            fields[name] = _value(value) if name in FIELDS else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as error:
            errors[name] = _reason(error)
    try:
        order = domain.validate(fields)
    except InvalidOrder as invalid:
        errors = {**invalid.errors, **errors}
    if errors:
        shown = {name[:100]: message for name, message in list(errors.items())[:20]}
        raise Problem(400, "The order is not valid.", shown)
    return order


def _not_numbers(body: bytes) -> dict[str, str]:
    """The fields of a body that would be JSON but for their NaN or Infinity, which many writers let through."""
    return {
        name: "must be a number"
        for name, value in _pairs(body)
        if name in FIELDS and isinstance(value, Decimal)
    }


def _repeated(body: bytes, raw: Mapping[str, msgspec.Raw]) -> dict[str, str]:
    """The fields that are given twice: what stands before us might have read the other one."""
    # Two names and one string need six quotes. With no more there can be no third name beside a string, and
    # an order whose customer is no string is refused anyway.
    if len(raw) == 2 and body.count(b'"') == 6:
        return {}
    names = Counter(name for name, _ in _pairs(body))
    return {name: "is given twice" for name, times in names.items() if times > 1}


def _pairs(body: bytes) -> tuple[tuple[str, object], ...]:
    """The members of a JSON object in their order; NaN and Infinity are Decimal. Empty for anything else."""
    try:
        pairs = _members(body.decode())
    except (ValueError, RecursionError):
        return ()
    return pairs if isinstance(pairs, tuple) else ()


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    return "is not a number we can read" if isinstance(error, ArithmeticError) else str(error)


def _idempotency_key(call: Call) -> str | None:
    key = call.headers.get(b"idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        errors = {"Idempotency-Key": "must be 1 to 255 visible ASCII characters"}
        raise Problem(400, "The idempotency key is not valid.", errors)
    return key.decode() if key is not None else None


def _traceparent(call: Call) -> str | None:
    value = call.headers.get(b"traceparent")
    return value.decode("latin-1") if value else None


def _uuid(field: str, value: str) -> UUID:
    if not _UUID.fullmatch(value):
        raise Problem(400, f"{field} is not a UUID.", {field: "must be a UUID"})
    return UUID(value)


def _status(value: str) -> Status:
    try:
        return Status(value)
    except ValueError:
        errors = {"status": f"must be one of {', '.join(Status)}"}
        raise Problem(400, "There is no such status.", errors) from None


def _limit(query: Mapping[str, str]) -> int:
    value = query.get("limit", str(DEFAULT_PAGE))
    if not (value.isascii() and value.isdigit() and len(value) <= 9 and 1 <= int(value) <= MAX_PAGE):
        errors = {"limit": f"must be a whole number from 1 to {MAX_PAGE}"}
        raise Problem(400, "The limit is not valid.", errors)
    return int(value)


def _shown(order: Order) -> dict[str, Any]:
    return {
        "id": order.id, "customerId": order.customer_id, "amount": order.amount, "status": order.status,
        "retryCount": order.retry_count, "failureReason": order.failure_reason,
        "createdAt": _time(order.created_at), "updatedAt": _time(order.updated_at),
    }  # fmt: skip


def _time(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
