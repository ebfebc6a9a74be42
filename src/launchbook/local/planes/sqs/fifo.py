"""A FIFO queue: messages of one group in order, one batch at a time, and the same message once in five minutes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from launchbook.local.planes.sqs.errors import invalid
from launchbook.local.planes.sqs.message import IN_FLIGHT, READY, Message
from launchbook.local.planes.sqs.queue import Queue

_DEDUPLICATION_SECONDS = 300.0


@dataclass
class _Group:
    """The messages of one group: those that wait, in order, and how many are being worked on."""

    pending: deque[Message] = field(default_factory=deque)
    in_flight: int = 0
    #: Whether the group stands in the line of groups that can be received from.
    listed: bool = False


class FifoQueue(Queue):
    """Groups take turns; a group is closed while any of its messages is in flight."""

    fifo = True

    def __init__(self, name: str, arn: str, url: str, attributes: dict[str, str], now: float) -> None:
        super().__init__(name, arn, url, attributes, now)
        self._groups: dict[str, _Group] = {}
        self._line: deque[_Group] = deque()
        self._seen: dict[tuple[str, str], Message] = {}
        self._seen_order: deque[tuple[float, tuple[str, str]]] = deque()

    def send(self, message: Message, now: float, delay: float) -> Message:
        """Store a message, or return the one that it repeats."""
        if message.origin:  # a dead letter is never a duplicate
            return super().send(message, now, delay)
        while self._seen_order and self._seen_order[0][0] <= now:
            del self._seen[self._seen_order.popleft()[1]]
        by_group = self.attributes.get("DeduplicationScope") == "messageGroup"
        key = (message.group if by_group else "", message.dedup)
        if key in self._seen:
            return self._seen[key]
        stored = super().send(message, now, delay)
        self._seen[key] = stored
        self._seen_order.append((now + _DEDUPLICATION_SECONDS, key))
        return stored

    def receive(self, limit: int, now: float, hiding: float) -> list[Message]:
        """Up to ``limit`` messages, as many as possible of each group in its turn."""
        self.advance(now)
        got: list[Message] = []
        for _ in range(len(self._line)):
            if len(got) >= limit:
                break
            group = self._line.popleft()
            group.listed = False
            while group.pending and len(got) < limit:
                message = group.pending.popleft()
                if not self._to_dead_letters(message, now):
                    self._give(message, now, hiding)
                    got.append(message)
            self._settle(group)
        return self._count_received(got)

    def take(self, now: float) -> Message | None:
        """Remove the first message of the first group in line."""
        self.advance(now)
        while self._line:
            group = self._line.popleft()
            group.listed = False
            if group.pending:
                message = group.pending.popleft()
                self._remove(message)
                self._settle(group)
                return message
        return None

    def delete(self, receipt: str) -> None:
        """Delete by the newest handle, while the message is in flight."""
        message, newest = self._received(receipt)
        if message is not None and (not newest or message.state != IN_FLIGHT):
            raise invalid(receipt, "ReceiptHandle", "The receipt handle has expired.")
        super().delete(receipt)

    def clear(self) -> None:
        """Forget all messages; what was sent in the last five minutes stays a duplicate."""
        super().clear()
        self._groups.clear()
        self._line.clear()

    def _show(self, message: Message, *, again: bool = False) -> None:
        group = self._groups.setdefault(message.group, _Group())
        later: list[Message] = []
        while again and group.pending and group.pending[0].serial < message.serial:
            later.append(group.pending.popleft())
        if again:
            group.pending.appendleft(message)
            group.pending.extendleft(reversed(later))
        else:
            group.pending.append(message)
        self._change(message, READY)
        self._settle(group)

    def _change(self, message: Message, state: int) -> None:
        was = message.state
        super()._change(message, state)
        if (was == IN_FLIGHT) != (state == IN_FLIGHT):
            group = self._groups.setdefault(message.group, _Group())
            group.in_flight += 1 if state == IN_FLIGHT else -1
            self._settle(group)

    def _settle(self, group: _Group) -> None:
        if group.pending and not group.in_flight and not group.listed:
            group.listed = True
            self._line.append(group)
