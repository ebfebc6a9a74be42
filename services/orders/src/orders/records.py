"""Rows of the database as values: what goes into the store and what comes out of it, besides orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from orders.domain import NewOrder, Status


@dataclass(frozen=True, slots=True)
class Request:
    """An order to be stored, with what its event carries."""

    id: UUID
    order: NewOrder
    idempotency_key: str | None
    created_at: datetime
    correlation_id: str
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """The order that stands for a request; `same` is False if its key belongs to another order."""

    id: UUID
    same: bool = True
    status: Status = Status.PENDING


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the outbox; `delay` is what remains of the wait it asks for, `refused` whether the queue once did."""

    id: int
    order_id: UUID
    attempt: int
    correlation_id: str
    traceparent: str | None
    delay: timedelta
    refused: bool = False


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An order that failed for good."""

    order_id: UUID
    reason: str
    retry_count: int
    failed_at: datetime
