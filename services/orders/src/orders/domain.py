"""Orders as a pure state machine: what may follow what, when to retry, what a valid order is.

    PENDING ──claim──▶ PROCESSING ──succeed──▶ PROCESSED
       ▲                │   │ ▲
       │                │   │ └─claim, once the lease has ended
       ├─fail, give back┘   └──fail for good──▶ FAILED
       └───────────────────reprocess──────────────┘

Standard library only, no clock and no randomness of its own: every function says what an order becomes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

MAX_AMOUNT = Decimal("999999999999.99")
MAX_CUSTOMER_ID = 128
MAX_REASON = 500


class Status(StrEnum):
    """Where an order stands."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    PROCESSED = "PROCESSED"
    FAILED = "FAILED"


class IllegalMove(Exception):
    """The state machine has no such move from where the order stands."""


class InvalidOrder(Exception):
    """The request is not an order; `errors` maps each field to what is wrong with it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{field}: {message}" for field, message in errors.items()))


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to finish an order: whoever holds `token`, until `until`."""

    token: UUID
    until: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """An order as stored. `amount` has two decimal places; times are UTC; `lease` exists in PROCESSING alone."""

    id: UUID
    customer_id: str
    amount: Decimal
    status: Status
    retry_count: int
    failure_reason: str | None
    created_at: datetime
    updated_at: datetime
    lease: Lease | None = None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`max_retries` after the first attempt; delays in seconds, doubling from `first` up to `longest`."""

    max_retries: int
    first: float
    longest: float

    def delay(self, retry: int) -> timedelta:
        """How long to wait before retry number `retry` (from 1)."""
        # Past 60 doublings every delay is the longest; an unbounded power would overflow.
        return timedelta(seconds=min(self.longest, self.first * 2 ** min(retry - 1, 60)))


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the processor did not process an order; a retryable one may succeed later."""

    reason: str
    retryable: bool


class Stale(Exception):
    """A message for an attempt that is over: the order moved on, and the message has no more work in it."""


class Held(Exception):
    """Another worker holds the order for `remaining`."""

    def __init__(self, remaining: timedelta) -> None:
        self.remaining = remaining
        super().__init__(f"held for another {remaining.total_seconds():g} s")


def claim(order: Order, attempt: int, lease: Lease, now: datetime) -> Order:
    """Take an order for the attempt its message names; take it over if the last holder's lease has ended.

    Claiming again with the same token extends the lease: the answer to the first claim may have been lost.
    Raises Stale if that attempt is over, Held if another worker is at it.
    """
    _current(order, attempt)
    if order.lease is not None and order.lease.token != lease.token and order.lease.until > now:
        raise Held(order.lease.until - now)
    return dataclasses.replace(order, status=Status.PROCESSING, lease=lease, updated_at=now)


def succeed(order: Order, now: datetime) -> Order:
    """PROCESSING → PROCESSED."""
    return _leave(order, Status.PROCESSED, now, failure_reason=None)


def fail(order: Order, failure: Failure, policy: RetryPolicy, now: datetime) -> Order:
    """PROCESSING → PENDING with one more retry, or → FAILED if it may not or must not be retried."""
    reason = failure.reason[:MAX_REASON]
    if failure.retryable and order.retry_count < policy.max_retries:
        return _leave(order, Status.PENDING, now, failure_reason=reason, retry_count=order.retry_count + 1)
    return _leave(order, Status.FAILED, now, failure_reason=reason)


def give_back(order: Order, attempt: int, token: UUID, now: datetime) -> Order:
    """PROCESSING → PENDING if `token` holds the order, as if it had not been claimed; else it stays as it is.

    Raises Stale if that attempt is over.
    """
    _current(order, attempt)
    if order.lease is None or order.lease.token != token:
        return order
    return _leave(order, Status.PENDING, now)


def reprocess(order: Order, now: datetime) -> Order:
    """FAILED → PENDING, as if it were new."""
    if order.status is not Status.FAILED:
        raise IllegalMove(f"an order that is {order.status} can't be reprocessed, only one that is FAILED")
    return dataclasses.replace(
        order, status=Status.PENDING, retry_count=0, failure_reason=None, updated_at=now
    )


def _current(order: Order, attempt: int) -> None:
    if order.status in (Status.PROCESSED, Status.FAILED) or order.retry_count != attempt:
        raise Stale


def _leave(order: Order, status: Status, now: datetime, **changes: object) -> Order:
    if order.status is not Status.PROCESSING:
        raise IllegalMove(f"{order.status} → {status}")
    return dataclasses.replace(order, status=status, lease=None, updated_at=now, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What a customer asks for; valid by construction through `validate`."""

    customer_id: str
    amount: Decimal


def validate(fields: Mapping[str, object]) -> NewOrder:
    """The order that a request's fields describe. Numbers come as int or Decimal, never as a rounded float.

    Raises InvalidOrder naming every field that is wrong.
    """
    customer_id, amount = fields.get("customerId"), fields.get("amount")
    errors = {name: "unknown field" for name in fields if name not in ("customerId", "amount")}
    if wrong := _wrong_customer(customer_id) if "customerId" in fields else "is required":
        errors["customerId"] = wrong
    if wrong := _wrong_amount(amount) if "amount" in fields else "is required":
        errors["amount"] = wrong
    if errors:
        raise InvalidOrder(errors)
    return NewOrder(str(customer_id), Decimal(amount).quantize(Decimal("0.01")))  # type: ignore[arg-type]


def _wrong_customer(value: object) -> str | None:
    if not isinstance(value, str):
        return "must be a string"
    if not 1 <= len(value) <= MAX_CUSTOMER_ID:
        return f"must have 1 to {MAX_CUSTOMER_ID} characters, not {len(value)}"
    if "\x00" in value:
        return "must not hold the character U+0000"
    return None


def _wrong_amount(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return "must be a number"
    amount = Decimal(value)
    # Compared before any arithmetic: a number such as 1e999999999 must not be written out.
    if not amount.is_finite() or not 0 < amount <= MAX_AMOUNT:
        return f"must be over 0 and at most {MAX_AMOUNT}"
    # Counted by digits: rounding to a context's precision would make 1e-999999999 a whole number.
    _, digits, exponent = amount.as_tuple()
    places = -exponent if isinstance(exponent, int) else 0
    beyond = digits[-(places - 2) :] if places > 2 else ()
    if places - 2 >= len(digits) or any(beyond):
        return "must have at most 2 decimal places"
    return None
