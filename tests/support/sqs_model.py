"""A standard SQS queue in memory: at-least-once delivery, visibility, receipts, redrive. Time is passed in."""

import hashlib
import heapq
import itertools
import random
import uuid
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass
class Message:
    """One message. A duplicate delivery is a second object with the same `id`."""

    body: str
    attributes: dict[str, Any]
    sent_at: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    receive_count: int = 0
    first_received_at: float = 0.0
    receipt: str = ""
    visible_at: float = 0.0
    turn: int = 0
    deleted: bool = False
    is_copy: bool = False

    @property
    def md5(self) -> str:
        """What SQS answers as MD5OfMessageBody."""
        return hashlib.md5(self.body.encode(), usedforsecurity=False).hexdigest()


class NotInFlight(Exception):
    """ChangeMessageVisibility of a message that is not being worked on."""


class UnknownReceipt(Exception):
    """A receipt handle that this queue never gave out."""


class Queue:
    """O(log n) for every operation. `dead_letters` takes what was received `max_receive_count` times.

    `outdated_deletes` is the share of deletions under an outdated receipt that do delete.
    """

    def __init__(
        self,
        name: str,
        *,
        visibility: float,
        max_receive_count: int = 0,
        dead_letters: "Queue | None" = None,
        outdated_deletes: float = 0.5,
    ) -> None:
        self.name = name
        self.visibility = visibility
        self.max_receive_count = max_receive_count
        self.dead_letters = dead_letters
        self.outdated_deletes = outdated_deletes
        self.sent = self.received = self.deleted = 0
        self._ready: deque[Message] = deque()
        self._hidden: list[tuple[float, int, Message]] = []
        self._receipts: dict[str, Message] = {}
        self._order = itertools.count()

    def send(self, body: str, attributes: dict[str, Any], now: float, delay: float = 0.0) -> Message:
        """Store one message, visible after `delay` seconds."""
        message = Message(body, attributes, sent_at=now)
        self.sent += 1
        self._store(message, now, delay)
        return message

    def receive(
        self, count: int, now: float, visibility: float | None = None, *, twice: bool = False
    ) -> list[Message]:
        """Up to `count` visible messages, hidden for `visibility` seconds. `twice`: a copy stays visible."""
        self._wake(now)
        got: list[Message] = []
        while self._ready and len(got) < count:
            message = self._ready.popleft()
            if message.deleted:
                continue
            if self.dead_letters is not None and message.receive_count >= self.max_receive_count:
                message.deleted = True
                self.dead_letters._store(replace(message, deleted=False, receipt=""), now, 0.0)
                continue
            if twice and not message.is_copy:
                self._ready.append(replace(message, is_copy=True))
            message.receive_count += 1
            message.first_received_at = message.first_received_at or now
            message.receipt = f"{message.id}.{next(self._order)}"
            self._receipts[message.receipt] = message
            self._hide(message, now + (self.visibility if visibility is None else visibility))
            got.append(message)
        self.received += len(got)
        return got

    def delete(self, receipt: str) -> None:
        """Delete by the newest receipt. An outdated one is accepted; whether it deletes, SQS leaves open."""
        message = self._known(receipt)
        holds = message.receipt == receipt or random.random() < self.outdated_deletes
        if holds and not message.deleted:
            message.deleted = True
            self.deleted += 1

    def change_visibility(self, receipt: str, seconds: float, now: float) -> None:
        """Hide the message for `seconds` from now."""
        message = self._known(receipt)
        self._wake(now)
        if message.deleted or message.receipt != receipt or message.visible_at <= now:
            raise NotInFlight(receipt)
        self._hide(message, now + seconds)

    def counts(self, now: float) -> tuple[int, int, int]:
        """How many messages are visible, in flight and delayed."""
        self._wake(now)
        hidden = [m for _, turn, m in self._hidden if m.turn == turn and not m.deleted]
        in_flight = sum(1 for message in hidden if message.receive_count)
        return sum(1 for m in self._ready if not m.deleted), in_flight, len(hidden) - in_flight

    def bodies(self) -> list[str]:
        """The bodies of everything that is stored, visible or not."""
        return [m.body for m in self._ready if not m.deleted]

    def _known(self, receipt: str) -> Message:
        if receipt not in self._receipts:
            raise UnknownReceipt(receipt)
        return self._receipts[receipt]

    def _store(self, message: Message, now: float, delay: float) -> None:
        if delay > 0:
            self._hide(message, now + delay)
        else:
            self._ready.append(message)

    def _hide(self, message: Message, until: float) -> None:
        message.visible_at = until
        message.turn = next(self._order)
        heapq.heappush(self._hidden, (until, message.turn, message))

    def _wake(self, now: float) -> None:
        while self._hidden and self._hidden[0][0] <= now:
            _, turn, message = heapq.heappop(self._hidden)
            # A changed visibility leaves its former entry in the heap: only the last one counts.
            if message.turn == turn and not message.deleted:
                self._ready.append(message)
