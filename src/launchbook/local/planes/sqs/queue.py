"""A standard queue. Every operation is O(1), or O(log n) where a timer is set; a full queue is as fast as an empty one.

The caller passes the time in and holds the lock; nothing here waits or does IO.
"""

from __future__ import annotations

import heapq
import itertools
import secrets
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Any

from launchbook.local.planes.sqs.errors import SqsError, invalid
from launchbook.local.planes.sqs.message import DELAYED, GONE, IN_FLIGHT, READY, Message

IN_FLIGHT_LIMIT = 120_000
_LONGEST_HIDING = 43_200.0

_serials = itertools.count(1)


class Queue:
    """The messages of one queue; its settings are ``attributes`` (see ``attributes.py``)."""

    fifo = False

    def __init__(self, name: str, arn: str, url: str, attributes: dict[str, str], now: float) -> None:
        self.name = name
        self.arn = arn
        self.url = url
        self.attributes = attributes
        self.tags: dict[str, str] = {}
        self.created = self.modified = int(now)
        self.purged_at = float("-inf")
        self.deleted = False
        #: Where messages go that were received too often; asked at the moment of moving.
        self.dead_letters: Callable[[], tuple[Queue | None, int]] = lambda: (None, 0)
        #: Called when messages have become visible, to wake long polls.
        self.wake: Callable[[], None] = lambda: None
        #: What happened since it was last read, by CloudWatch metric name.
        self.happened: Counter[str] = Counter()
        self._uid = secrets.token_hex(6)
        self._all: OrderedDict[str, Message] = OrderedDict()
        self._ready: deque[Message] = deque()
        self._timers: list[tuple[float, int, Message]] = []
        #: Messages by state; what is in no queue counts (down) under GONE, which nobody reads.
        self._counts = [0, 0, 0, 0]

    # -- numbers ------------------------------------------------------------------------------

    def counts(self, now: float) -> tuple[int, int, int]:
        """How many messages are visible, in flight and delayed."""
        self.advance(now)
        return self._counts[READY], self._counts[IN_FLIGHT], self._counts[DELAYED]

    def oldest(self, now: float) -> float:
        """The age of the oldest message, in seconds; 0 when there is none."""
        self.advance(now)
        first = next(iter(self._all.values()), None)
        return 0.0 if first is None else max(0.0, now - first.sent)

    def next_change(self) -> float:
        """When the next hidden message may become visible; infinity if none is hidden."""
        return self._timers[0][0] if self._timers else float("inf")

    # -- operations ---------------------------------------------------------------------------

    def send(self, message: Message, now: float, delay: float) -> Message:
        """Store a message, visible after ``delay`` seconds. Returns what was stored."""
        self._count_sent(message)
        message.serial = next(_serials)
        self._all[message.id] = message
        if delay > 0:
            self._hide(message, DELAYED, now + delay)
        else:
            self._show(message)
            self.wake()
        return message

    def receive(self, limit: int, now: float, hiding: float) -> list[Message]:
        """Up to ``limit`` visible messages, hidden for ``hiding`` seconds."""
        self.advance(now)
        if self._counts[IN_FLIGHT] >= IN_FLIGHT_LIMIT:
            raise SqsError("OverLimit", "Too many messages in flight: delete some before you receive more.")
        got: list[Message] = []
        while len(got) < limit and self._ready:
            message = self._ready.popleft()
            if message.state == READY and not self._to_dead_letters(message, now):
                self._give(message, now, hiding)
                got.append(message)
        return self._count_received(got)

    def receipt(self, message: Message) -> str:
        """The handle of the last receive of a message."""
        return f"AQEB.{self._uid}.{message.id}.{message.receives}"

    def delete(self, receipt: str) -> None:
        """Delete by the newest handle; an outdated one succeeds and deletes nothing, as on AWS."""
        message, newest = self._received(receipt)
        if message is not None and newest:
            self.happened["NumberOfMessagesDeleted"] += 1
            self._remove(message)

    def hide(self, receipt: str, seconds: float, now: float) -> None:
        """ChangeMessageVisibility: hide a message that is in flight for ``seconds`` from now."""
        self.advance(now)
        message, newest = self._received(receipt)
        if message is None or not newest or message.state != IN_FLIGHT:
            raise invalid(
                receipt, "ReceiptHandle",
                "Message does not exist or is not available for visibility timeout change.",
            )  # fmt: skip
        if now + seconds - message.first_received > _LONGEST_HIDING:
            raise invalid(
                seconds, "VisibilityTimeout",
                "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].",
            )  # fmt: skip
        self._hide(message, IN_FLIGHT, now + seconds)
        self.advance(now)

    def purge(self, now: float) -> None:
        """Delete every message."""
        if now - self.purged_at < 60:
            raise SqsError(
                "PurgeQueueInProgress",
                f"Only one PurgeQueue operation on {self.name} is allowed every 60 seconds.",
            )
        self.purged_at = now
        self.clear()

    def clear(self) -> None:
        """Forget all messages."""
        for message in self._all.values():
            message.state = GONE
        self._all.clear()
        self._ready.clear()
        self._timers.clear()
        self._counts = [0, 0, 0, 0]

    def take(self, now: float) -> Message | None:
        """Remove the first visible message and return it, without counting it as received."""
        self.advance(now)
        while self._ready:
            message = self._ready.popleft()
            if message.state == READY:
                self._remove(message)
                return message
        return None

    def adopt(self, message: Message, origin: str, now: float) -> None:
        """Store a message that another queue gave up: same id, body and age, received by nobody yet."""
        moved = Message(message.id, message.body, message.attributes, message.system, message.sent)
        moved.group, moved.dedup, moved.origin = message.group, message.dedup, origin
        self.happened["NumberOfMessagesSent"] -= 1  # AWS doesn't count a dead letter as sent
        self.send(moved, now, 0)

    def advance(self, now: float) -> None:
        """Show what is due and forget what is too old."""
        woken = False
        while self._timers and self._timers[0][0] <= now:
            due, _, message = heapq.heappop(self._timers)
            # A changed visibility leaves its former timer behind: only the last one counts.
            if message.visible_at == due and message.state in (DELAYED, IN_FLIGHT):
                self._show(message, again=message.state == IN_FLIGHT)
                woken = True
        horizon = now - float(self.attributes["MessageRetentionPeriod"])
        while self._all:
            first = next(iter(self._all.values()))
            if first.sent > horizon:
                break
            self._remove(first)
        if woken:
            self.wake()

    # -- inside -------------------------------------------------------------------------------

    def _count_sent(self, message: Message) -> None:
        self.happened["NumberOfMessagesSent"] += 1
        self.happened["SentMessageSize"] += message.size

    def _count_received(self, got: list[Message]) -> list[Message]:
        self.happened["NumberOfMessagesReceived" if got else "NumberOfEmptyReceives"] += len(got) or 1
        return got

    def _give(self, message: Message, now: float, hiding: float) -> None:
        message.receives += 1
        message.first_received = message.first_received or now
        self._hide(message, IN_FLIGHT, now + hiding)

    def _to_dead_letters(self, message: Message, now: float) -> bool:
        queue, most = self.dead_letters()
        if queue is None or message.receives < most:
            return False
        self._remove(message)
        queue.adopt(message, self.arn, now)
        return True

    def _received(self, receipt: str) -> tuple[Message | None, bool]:
        """The message of a handle (None if it is gone) and whether the handle is its newest."""
        parts = str(receipt).split(".")
        if len(parts) != 4 or parts[:2] != ["AQEB", self._uid] or not parts[3].isdecimal():
            why = f'The input receipt handle "{receipt}" is not a valid receipt handle.'
            raise SqsError("ReceiptHandleIsInvalid", why)
        message = self._all.get(parts[2])
        return message, message is not None and message.receives == int(parts[3])

    def _show(self, message: Message, *, again: bool = False) -> None:
        self._change(message, READY)
        if again:
            self._ready.appendleft(message)
        else:
            self._ready.append(message)

    def _hide(self, message: Message, state: int, until: float) -> None:
        self._change(message, state)
        message.visible_at = until
        heapq.heappush(self._timers, (until, next(_serials), message))
        if len(self._timers) > 4 * (self._counts[DELAYED] + self._counts[IN_FLIGHT]) + 1000:
            self._timers = [
                t for t in self._timers if t[2].visible_at == t[0] and t[2].state in (DELAYED, IN_FLIGHT)
            ]
            heapq.heapify(self._timers)

    def _change(self, message: Message, state: int) -> None:
        self._counts[message.state] -= 1
        self._counts[state] += 1
        message.state = state

    def _remove(self, message: Message) -> None:
        self._change(message, GONE)
        self._all.pop(message.id, None)


def summary(queue: Queue, now: float) -> dict[str, Any]:
    """A queue as ``launchbook local status`` shows it."""
    visible, in_flight, delayed = queue.counts(now)
    return {
        "type": "aws_sqs_queue", "id": queue.name, "state": "available", "address": queue.url,
        "visible": visible, "in_flight": in_flight, "delayed": delayed,
    }  # fmt: skip
