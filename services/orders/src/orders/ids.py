"""Ids. Those of orders are UUIDs of version 7 (RFC 9562), whose order is the order of creation."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from uuid import UUID


class _Randomness:
    """Random bytes of the operating system, drawn many at a time: a system call for each id would show."""

    def __init__(self) -> None:
        self._bytes = b""
        self._at = 0

    def take(self, count: int) -> int:
        """The next `count` bytes as a number."""
        if self._at + count > len(self._bytes):
            self._bytes, self._at = os.urandom(4096), 0
        self._at += count
        return int.from_bytes(self._bytes[self._at - count : self._at])


_randomness = _Randomness()


def random_number(size: int) -> int:
    """A number over 0 of `size` random bytes."""
    return _randomness.take(size) or 1


def new_correlation_id() -> str:
    """A random UUID, as text."""
    value = _randomness.take(16) & ~(0xF << 76) | (4 << 76)
    text = f"{value & ~(0x3 << 62) | (0x2 << 62):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_order_id() -> UUID:
    """A new id: 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | _randomness.take(10)
    value = (value & ~(0xF << 76)) | (7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def oldest_id(moment: datetime) -> UUID:
    """A bound: every id of ours that was made before `moment` (to the millisecond) is smaller, no later one is."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def created_at(order_id: UUID) -> datetime:
    """When an id of ours was made: the `createdAt` of its order, so that both always sort alike."""
    return datetime.fromtimestamp((order_id.int >> 80) / 1000, UTC)
