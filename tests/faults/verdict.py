"""The end of a campaign: the ledger against the database itself. Pure, so that each counter is tested on facts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from decimal import Decimal

import asyncpg

from tests.faults.ledger import Asked, Ledger

_FINAL = {"PROCESSED", "FAILED"}


@dataclass(frozen=True)
class Row:
    """One row of `orders`."""

    id: str
    customer: str
    amount: Decimal
    status: str
    key: str | None


@dataclass(frozen=True)
class Database:
    """What the four tables hold, and what `watch` recorded. `effects` counts rows for each order.

    `taken` has the orders that a worker took while another one held them, `abandoned` those that only the
    platform's net for orders without a message brought on.
    """

    orders: list[Row]
    effects: Counter[str]
    dead_letters: set[str]
    outbox: list[str]
    taken: list[str] = field(default_factory=list)
    abandoned: list[str] = field(default_factory=list)


@dataclass
class Verdict:
    """Four counters, each with a few examples for whoever has to find the cause."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    half_written: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The four numbers of the last line."""
        return {name: len(found) for name, found in vars(self).items()}

    def examples(self, each: int = 5) -> list[str]:
        """The first findings of each counter."""
        return [f"{name}: {text}" for name, found in vars(self).items() for text in found[:each]]


# Judged where the truth is, in the transaction that takes the order: a worker under another token while the lease
# lasts by the database's clock. The worker itself compares with a time a little earlier, so that what it may take
# can't count here.
_WATCH = """
CREATE TABLE campaign_taken (order_id uuid NOT NULL, at timestamptz NOT NULL);
CREATE TABLE campaign_abandoned (order_id uuid NOT NULL, at timestamptz NOT NULL);
CREATE FUNCTION campaign_abandoned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campaign_abandoned VALUES (OLD.id, clock_timestamp());
    RETURN NULL;
END $$;
CREATE TRIGGER campaign_abandoned AFTER UPDATE ON orders FOR EACH ROW
    WHEN (OLD.status = 'PROCESSING' AND NEW.status <> 'PROCESSING' AND NEW.failure_reason LIKE 'abandoned:%'
          AND OLD.failure_reason IS DISTINCT FROM NEW.failure_reason)
    EXECUTE FUNCTION campaign_abandoned();
CREATE FUNCTION campaign_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.lease_until > clock_timestamp() THEN
        INSERT INTO campaign_taken VALUES (OLD.id, clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER campaign_taken AFTER UPDATE ON orders FOR EACH ROW
    WHEN (OLD.status = 'PROCESSING' AND NEW.status = 'PROCESSING' AND OLD.lease_token <> NEW.lease_token)
    EXECUTE FUNCTION campaign_taken();
"""


async def watch(dsn: str) -> None:
    """Record from now on, in the database, what its last state does not show; see `Database`."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_WATCH)
    finally:
        await connection.close()


async def read_database(dsn: str) -> Database:
    """Everything the verdict rests on, in one snapshot."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            orders = await connection.fetch(
                "SELECT id::text, customer_id, amount, status, idempotency_key FROM orders"
            )
            effects = await connection.fetch("SELECT order_id::text FROM order_effects")
            dead = await connection.fetch("SELECT order_id::text FROM order_dlq")
            outbox = await connection.fetch("SELECT order_id::text FROM outbox")
            taken = await connection.fetch("SELECT order_id::text FROM campaign_taken")
            abandoned = await connection.fetch("SELECT order_id::text FROM campaign_abandoned")
    finally:
        await connection.close()
    return Database(
        [Row(*record) for record in orders],
        Counter(record[0] for record in effects),
        {record[0] for record in dead},
        [record[0] for record in outbox],
        [record[0] for record in taken],
        [record[0] for record in abandoned],
    )


async def unfinished_orders(dsn: str) -> set[str]:
    """The ids of orders that are PENDING or PROCESSING."""
    return {row.id for row in (await read_database(dsn)).orders if row.status not in _FINAL}


def judge(ledger: Ledger, database: Database, given_up: Set[str] = frozenset()) -> Verdict:
    """Compare what clients were told with what is stored. `given_up`: orders whose message the queue gave up."""
    verdict = Verdict()
    rows = {row.id: row for row in database.orders}
    by_customer: dict[str, list[Row]] = defaultdict(list)
    for row in database.orders:
        by_customer[row.customer].append(row)
    for asked in ledger.asked:
        _judge_request(verdict, asked, by_customer.pop(asked.customer, []), rows, database)
    for strangers in by_customer.values():
        verdict.half_written += [f"order {row.id} was never asked for" for row in strangers]
    for row in database.orders:
        _judge_order(verdict, row, database)
    _judge_events(verdict, rows, database.outbox)
    for order in database.taken:
        verdict.doubled.append(f"order {order} was begun by a second worker while the first one held it")
    for order in database.abandoned:
        if order not in given_up:
            verdict.stuck.append(f"order {order} was left by its worker, and its message never came back")
    return verdict


def _judge_request(
    verdict: Verdict, asked: Asked, found: list[Row], rows: dict[str, Row], database: Database
) -> None:
    for order in asked.order_ids:
        if order not in rows:
            verdict.lost.append(f"order {order} was answered 202 and is not stored")
    if len(found) > 1 or len(asked.order_ids) > 1:
        verdict.doubled.append(f"request {asked.customer} (key {asked.key}) made {len(found)} orders")
    for row in found:
        if (row.amount, row.key) != (Decimal(asked.amount), asked.key):
            verdict.half_written.append(f"order {row.id} is not what {asked.customer} asked for")
        elif not asked.accepted and not _whole(row, database):
            verdict.half_written.append(
                f"order {row.id} ({row.status}) of a request without a 202 is incomplete"
            )


def _judge_order(verdict: Verdict, row: Row, database: Database) -> None:
    if row.status not in _FINAL:
        verdict.stuck.append(f"order {row.id} is {row.status}")
    effects = database.effects[row.id]
    if effects != (1 if row.status == "PROCESSED" else 0):
        verdict.doubled.append(f"order {row.id} is {row.status} and has {effects} effects")
    if (row.id in database.dead_letters) != (row.status == "FAILED"):
        verdict.half_written.append(f"order {row.id} is {row.status}, its dead-letter row says otherwise")


def _judge_events(verdict: Verdict, rows: dict[str, Row], outbox: Iterable[str]) -> None:
    for order in outbox:
        if order in rows:
            verdict.stuck.append(f"an event of order {order} was never sent")
        else:
            verdict.half_written.append(f"an event names order {order}, which is not stored")


def _whole(row: Row, database: Database) -> bool:
    return row.status in _FINAL and database.effects[row.id] == (row.status == "PROCESSED")
