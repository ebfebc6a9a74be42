"""Order ids: UUIDs of version 7 (RFC 9562), whose order is the order of creation."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from uuid import UUID


def new_order_id() -> UUID:
    """A new id: 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds << 80) | random
    value = (value & ~(0xF << 76)) | (7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def created_at(order_id: UUID) -> datetime:
    """When an id of ours was made: the `createdAt` of its order, so that both always sort alike."""
    return datetime.fromtimestamp((order_id.int >> 80) / 1000, UTC)
