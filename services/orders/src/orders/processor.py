"""The processor: what happens to an order. A simulated one; a real one has the same one method."""

from __future__ import annotations

import asyncio
import random
from typing import Protocol

from orders.domain import Failure, Order
from orders.settings import Settings


class Processor(Protocol):
    """Does an order's work, once an attempt."""

    async def process(self, order: Order) -> Failure | None:
        """None if the order is done, else why not. An exception counts as a crash, not as a failure."""


class SimulatedProcessor:
    """Takes the configured time and fails at the configured rates; at once and never by default."""

    def __init__(self, settings: Settings) -> None:
        self._latency = settings.processor_latency
        self._failure_rate = settings.processor_failure_rate
        self._reject_rate = settings.processor_reject_rate

    async def process(self, order: Order) -> Failure | None:
        """Wait, then draw what happens."""
        del order
        if self._latency:
            await asyncio.sleep(self._latency)
        drawn = random.random()  # noqa: S311 - a simulation
        if drawn < self._reject_rate:
            return Failure("simulated: rejected for good", retryable=False)
        if drawn < self._reject_rate + self._failure_rate:
            return Failure("simulated: failed, may be retried", retryable=True)
        return None
