"""Proof that the campaign can fail: copies of the platform's source, each without one of its safeties.

The copy lives in a temporary directory; the product itself has no switch. A patch names the exact lines that it
replaces, so that it fails loudly when the source has moved on.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "services/orders/src/orders"


@dataclass(frozen=True)
class Patch:
    """In `file`, replace `old` (which must be there exactly once) by `new`."""

    file: str
    old: str
    new: str


# Whoever finishes an order no longer has to hold it, and who comes second no longer has to wait.
_NO_LEASE_CHECK = (
    Patch("store.py", "found[0].lease is None or found[0].lease.token != token", "False"),
    Patch("domain.py", "raise Held(order.lease.until - now)", "pass"),
)

SABOTAGES: dict[str, tuple[Patch, ...]] = {
    # The lease check alone: the state machine and the effects' primary key still stand behind it.
    "lease-alone": _NO_LEASE_CHECK,
    # The lease check with what stands behind it.
    "lease": (
        *_NO_LEASE_CHECK,
        Patch("domain.py", "if order.status is not Status.PROCESSING:", "if False:"),
        Patch(
            "migrations/versions/0001_orders.py",
            "order_id   uuid PRIMARY KEY REFERENCES orders (id)",
            "order_id   uuid REFERENCES orders (id)",
        ),
    ),
    # The order is stored and nobody will ever hear of it.
    "outbox": (
        Patch(
            "store.py",
            "INSERT INTO outbox (order_id, attempt, correlation_id, traceparent, due_at)\n    SELECT",
            "SELECT",
        ),
    ),
    # The event follows in a transaction of its own.
    "outbox-apart": (
        Patch(
            "store.py",
            """    INSERT INTO outbox (order_id, attempt, correlation_id, traceparent, due_at)
    SELECT id, 0, correlation_id, traceparent, created_at FROM asked JOIN stored USING (id)
""",
            "    SELECT 1\n",
        ),
        Patch(
            "store.py",
            "    if len(rows) == len(requests):\n",
            """    new = {row[0] for row in rows}
    for r in requests:
        if r.id in new:
            await connection.execute(_EMIT, r.id, 0, r.correlation_id, r.traceparent, r.created_at)
    if len(rows) == len(requests):
""",
        ),
    ),
    # The message is deleted when it is received, before the order's commit.
    "delete": (
        Patch(
            "worker.py",
            "        with self._tracer.span(",
            "        self._deleter.add(work.message.receipt)\n        with self._tracer.span(",
        ),
    ),
}


def copied(directory: Path) -> Path:
    """A directory that holds a copy of the `orders` package: a campaign tests one state of the source."""
    copy = directory / "source" / "orders"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy.parent


def sabotaged(name: str, directory: Path) -> Path:
    """The same without the safety `name`."""
    source = copied(directory)
    for patch in SABOTAGES[name]:
        path = source / "orders" / patch.file
        text = path.read_text()
        if text.count(patch.old) != 1:
            found = text.count(patch.old)
            raise ValueError(
                f"the sabotage {name!r} no longer fits: its lines are {found} times in {patch.file}\n\n"
                "hint: bring SABOTAGES in tests/faults/sabotage.py up to the source"
            )
        path.write_text(text.replace(patch.old, patch.new))
    return source
