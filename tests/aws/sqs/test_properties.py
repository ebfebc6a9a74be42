"""Whatever is done in whatever order: nothing is lost, nothing comes twice at once, and the counts are right."""

from hypothesis import given, settings
from hypothesis import strategies as st

from launchbook.local.planes.sqs.attributes import defaults
from launchbook.local.planes.sqs.errors import SqsError
from launchbook.local.planes.sqs.fifo import FifoQueue
from launchbook.local.planes.sqs.message import Message
from launchbook.local.planes.sqs.queue import Queue

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, 3), st.integers(0, 5)),
        st.tuples(st.just("receive"), st.integers(1, 10), st.integers(0, 5)),
        st.tuples(st.just("delete"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("hide"), st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.integers(0, 6), st.just(0)),
    ),
    max_size=60,
)


class Run:
    """A queue beside a plain list of what must be in it."""

    def __init__(self, fifo):
        kind = FifoQueue if fifo else Queue
        self.queue = kind("q", "arn:aws:sqs:us-east-1:123456789012:q", "http://q", defaults(fifo), 0.0)
        self.fifo, self.now, self.sent = fifo, 1000.0, 0
        self.stored: dict[str, int] = {}
        self.receipts: list[tuple[str, str]] = []
        self.hidden_until: dict[str, float] = {}
        self.delayed: set[str] = set()

    def step(self, what, one, two):
        getattr(self, what)(one, two)
        visible, in_flight, delayed = self.queue.counts(self.now)
        hidden = {i for i, until in self.hidden_until.items() if until > self.now and i in self.stored}
        assert visible + in_flight + delayed == len(self.stored)
        assert in_flight + delayed == len(hidden)
        assert delayed == len(hidden & self.delayed)

    def send(self, group, delay):
        message = Message(f"m{self.sent}", "body", {}, {}, self.now)
        message.group, message.dedup = f"g{group}", f"d{self.sent}"
        self.stored[message.id] = self.sent
        self.sent += 1
        delay = 0 if self.fifo else delay
        self.queue.send(message, self.now, delay)
        if delay:
            self.hidden_until[message.id] = self.now + delay
            self.delayed.add(message.id)

    def receive(self, most, hiding):
        got = self.queue.receive(most, self.now, hiding)
        assert len({m.id for m in got}) == len(got) <= most
        closed = {m.group for m in self._in_flight()} if self.fifo else set()
        for message in got:
            assert message.id in self.stored
            assert self.hidden_until.get(message.id, 0) <= self.now, "it was hidden"
            assert message.group not in closed, "its group was closed"
            self.receipts.append((self.queue.receipt(message), message.id))
        if self.fifo:
            for group in {m.group for m in got}:
                serials = [m.serial for m in got if m.group == group]
                assert serials == sorted(serials)
        for message in got:
            self.hidden_until[message.id] = self.now + hiding
            self.delayed.discard(message.id)

    def _in_flight(self):
        return [
            m for m in self.queue._all.values()
            if self.hidden_until.get(m.id, 0) > self.now and m.id not in self.delayed
        ]  # fmt: skip

    def delete(self, which, _):
        if not self.receipts:
            return
        receipt, name = self.receipts[which % len(self.receipts)]
        newest = receipt == [r for r, n in self.receipts if n == name][-1]
        try:
            self.queue.delete(receipt)
        except SqsError:
            assert self.fifo
            return
        if newest:
            self.stored.pop(name, None)

    def hide(self, which, seconds):
        if not self.receipts:
            return
        receipt, name = self.receipts[which % len(self.receipts)]
        try:
            self.queue.hide(receipt, seconds, self.now)
        except SqsError:
            return
        assert name in self.stored
        self.hidden_until[name] = self.now + seconds

    def wait(self, seconds, _):
        self.now += seconds
        self.queue.advance(self.now)


@settings(max_examples=300, deadline=None)
@given(STEPS, st.booleans())
def test_counts_and_contents_agree_with_a_plain_list(steps, fifo):
    run = Run(fifo)
    for step in steps:
        run.step(*step)
    run.wait(10_000, 0)
    left = set()
    while got := run.queue.receive(10, run.now, 0 if not fifo else 5):
        left |= {message.id for message in got}
        for message in got:
            run.queue.delete(run.queue.receipt(message))
        run.now += 6
        assert len(left) <= len(run.stored)
    assert left == set(run.stored)


def test_a_full_queue_is_as_fast_as_an_empty_one():
    import time

    def seconds(length):
        run = Run(fifo=False)
        for _ in range(length):
            run.queue.send(Message(f"x{run.sent}", "body", {}, {}, run.now), run.now, 0)
            run.sent += 1
        began = time.process_time()
        for number in range(3000):
            run.queue.send(Message(f"y{number}", "body", {}, {}, run.now), run.now, 0)
            (message,) = run.queue.receive(1, run.now, 30)
            run.queue.delete(run.queue.receipt(message))
        return time.process_time() - began

    seconds(0)
    assert min(seconds(50_000) for _ in range(3)) < 3 * min(seconds(0) for _ in range(3))
