"""What is stored, on a real PostgreSQL: one transaction or nothing, and only legal moves."""

import asyncio
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from orders import domain, migrate
from orders import store as sql
from orders.database import Unavailable
from orders.domain import Failure, NewOrder, Order, RetryPolicy, Status
from orders.ids import created_at, new_order_id
from orders.records import Request
from orders.settings import Settings
from orders.store import FIRST_PAGE, LeaseLost, Store

POLICY = RetryPolicy(max_retries=1, first=2, longest=900)


def request(key: str | None = None, customer: str = "c", amount: str = "1.50") -> Request:
    order_id = new_order_id()
    return Request(
        order_id, NewOrder(customer, Decimal(amount)), key, created_at(order_id), "correlation", None
    )


async def placed(db: Any, count: int = 1) -> list[uuid.UUID]:
    return [stored.id for stored in await sql.insert(db, [request() for _ in range(count)])]


async def claimed(store: Store, db: Any) -> tuple[Order, uuid.UUID]:
    token = uuid.uuid4()
    order = await store.claim((await placed(db))[0], 0, token, 30)
    assert order is not None
    return order, token


async def test_migrating_twice_and_at_once_changes_nothing(config: Settings, db: Any) -> None:
    await db.execute("DROP TABLE order_dlq, order_effects, outbox, orders, alembic_version")
    both = await asyncio.gather(migrate.migrate(config), migrate.migrate(config))
    newest = max(
        path.name[:4] for path in (Path(migrate.__file__).parent / "migrations/versions").glob("0*.py")
    )
    assert sorted(both) == [(newest, newest), ("base", newest)]


async def test_a_migration_that_fails_leaves_the_schema_as_it_was(config: Settings, db: Any) -> None:
    await db.execute("DROP TABLE order_dlq, order_effects, orders, alembic_version")
    try:
        with pytest.raises(asyncpg.DuplicateTableError):  # the outbox is still there
            await migrate.migrate(config)
        assert await db.fetchval("SELECT to_regclass('orders')") is None
    finally:
        await db.execute("DROP TABLE outbox")
        await migrate.migrate(config)


async def test_an_order_is_stored_with_its_event(store: Store, db: Any) -> None:
    asked = request(customer="Zoë", amount="999999999999.99")
    assert [stored.id for stored in await sql.insert(db, [asked])] == [asked.id]
    found = await store.get(asked.id)
    assert found is not None
    assert (found.customer_id, found.amount, found.status) == (
        "Zoë",
        Decimal("999999999999.99"),
        Status.PENDING,
    )
    assert found.created_at == asked.created_at
    event = await db.fetchrow("SELECT order_id, attempt, correlation_id FROM outbox")
    assert tuple(event) == (asked.id, 0, "correlation")


async def test_a_failing_event_takes_its_order_with_it(db: Any) -> None:
    await db.execute("ALTER TABLE outbox ADD CONSTRAINT no_more CHECK (correlation_id <> 'correlation')")
    try:
        with pytest.raises(asyncpg.CheckViolationError):
            await sql.insert(db, [request()])
        assert await db.fetchval("SELECT count(*) FROM orders") == 0
    finally:
        await db.execute("ALTER TABLE outbox DROP CONSTRAINT no_more")


async def test_a_key_gives_the_same_order_within_a_batch_and_later(db: Any) -> None:
    first, second, other = request("k"), request("k"), request("k", amount="2.00")
    in_batch = await sql.insert(db, [first, second, other, request()])
    later = (await sql.insert(db, [request("k")]))[0]
    standing = in_batch[0].id
    assert [in_batch[1].id, in_batch[2].id, later.id] == [standing] * 3
    # Whichever of the three was stored, the two with its contents agree with it and the other does not.
    assert in_batch[0].same == in_batch[1].same == later.same != in_batch[2].same
    assert await db.fetchval("SELECT count(*) FROM orders") == 2
    assert await db.fetchval("SELECT count(*) FROM outbox") == 2


async def test_storing_the_same_request_again_changes_nothing(db: Any) -> None:
    asked = request()
    await sql.insert(db, [asked])
    again = (await sql.insert(db, [asked]))[0]
    assert (again.id, again.same) == (asked.id, True)
    assert await db.fetchval("SELECT count(*) FROM outbox") == 1


async def test_batches_that_share_keys_never_deadlock(config: Settings, db: Any) -> None:
    connections = [await asyncpg.connect(config.database_url) for _ in range(4)]
    keys = [f"k{i}" for i in range(50)]
    try:
        for _ in range(5):
            batches = [[request(key) for key in order] for order in (keys, keys[::-1], keys, keys[::-1])]
            pairs = zip(connections, batches, strict=True)
            found = await asyncio.gather(*(sql.insert(connection, batch) for connection, batch in pairs))
            assert len({stored.id for batch in found for stored in batch}) == 50
            await db.execute("TRUNCATE orders, outbox, order_effects, order_dlq")
    finally:
        for connection in connections:
            await connection.close()


async def test_pages_are_newest_first_and_complete(store: Store, db: Any) -> None:
    ids = await placed(db, 25)
    seen: list[uuid.UUID] = []
    after = FIRST_PAGE
    while page := await store.page(None, after, 10):
        seen += [order.id for order in page]
        after = page[-1].id
    assert seen == sorted(ids, reverse=True)


@pytest.mark.parametrize("status", list(Status))
async def test_a_page_of_one_status(store: Store, db: Any, status: Status) -> None:
    ids = await placed(db, 8)
    lease = (
        "lease_token = gen_random_uuid(), lease_until = now()" if status is Status.PROCESSING else "id = id"
    )
    await db.execute(f"UPDATE orders SET status = '{status}', {lease} WHERE id = ANY($1)", ids[:3])
    found = {order.id for order in await store.page(status, FIRST_PAGE, 200)}
    assert found == (set(ids) if status is Status.PENDING else set(ids[:3]))


async def test_success_has_one_effect(store: Store, db: Any) -> None:
    order, token = await claimed(store, db)
    done = await store.succeed(order.id, token)
    assert (done.status, done.lease) == (Status.PROCESSED, None)
    assert await db.fetchval("SELECT count(*) FROM order_effects WHERE order_id = $1", order.id) == 1
    with pytest.raises(LeaseLost):
        await store.succeed(order.id, token)
    with pytest.raises(domain.Stale):
        await store.claim(order.id, 0, uuid.uuid4(), 30)


async def test_of_many_workers_one_gets_the_order(store: Store, db: Any) -> None:
    (order_id,) = await placed(db)
    claims = (store.claim(order_id, 0, uuid.uuid4(), 30) for _ in range(20))
    found = await asyncio.gather(*claims, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in found) == ["Held"] * 19 + ["Order"]


async def test_a_lease_that_ended_is_taken_over_and_its_holder_can_store_nothing(
    store: Store, db: Any
) -> None:
    order, late = await claimed(store, db)
    await store.renew({order.id: late}, 0)
    token = uuid.uuid4()
    assert await store.claim(order.id, 0, token, 30) is not None
    with pytest.raises(LeaseLost):
        await store.succeed(order.id, late)
    with pytest.raises(LeaseLost):
        await store.fail(order.id, late, Failure("no", retryable=False), POLICY, "c", None)
    await store.renew({order.id: late}, 0)  # not his to end
    assert (await store.succeed(order.id, token)).status is Status.PROCESSED


async def test_renewing_extends_the_lease(store: Store, db: Any) -> None:
    order, token = await claimed(store, db)
    await store.renew({order.id: token}, 300)
    left = await db.fetchval("SELECT extract(epoch FROM lease_until - now()) FROM orders")
    assert 295 < left <= 301


async def test_a_retry_is_a_new_event_with_a_delay(store: Store, db: Any) -> None:
    order, token = await claimed(store, db)
    await db.execute("DELETE FROM outbox")
    after = await store.fail(order.id, token, Failure("busy", retryable=True), POLICY, "same-id", "trace")
    assert (after.status, after.retry_count, after.failure_reason) == (Status.PENDING, 1, "busy")
    async with db.transaction():
        (event,) = await sql.take_events(db, 10)
    assert (event.order_id, event.attempt, event.correlation_id, event.traceparent) == (
        order.id, 1, "same-id", "trace"
    )  # fmt: skip
    assert 1 < event.delay.total_seconds() <= 2


async def test_the_last_failure_is_a_dead_letter_and_reprocessing_takes_it_back(
    store: Store, db: Any
) -> None:
    order, token = await claimed(store, db)
    await store.fail(order.id, token, Failure("no", retryable=False), POLICY, "c", None)
    (letter,) = await store.dead_letters(10)
    assert (letter.order_id, letter.reason, letter.retry_count) == (order.id, "no", 0)
    await db.execute("DELETE FROM outbox")
    again = await store.reprocess(order.id, "by-hand", None)
    assert again is not None
    assert (again.status, again.retry_count, again.failure_reason) == (Status.PENDING, 0, None)
    assert await store.dead_letters(10) == []
    assert await db.fetchval("SELECT correlation_id FROM outbox WHERE attempt = 0") == "by-hand"
    with pytest.raises(domain.IllegalMove):
        await store.reprocess(order.id, "again", None)


async def test_what_does_not_exist(store: Store) -> None:
    nobody = new_order_id()
    assert await store.get(nobody) is None
    assert await store.claim(nobody, 0, uuid.uuid4(), 30) is None
    assert await store.reprocess(nobody, "c", None) is None
    with pytest.raises(LeaseLost):
        await store.succeed(nobody, uuid.uuid4())


async def test_relays_never_see_the_same_event(config: Settings, db: Any) -> None:
    await placed(db, 30)
    other = await asyncpg.connect(config.database_url)
    try:
        async with db.transaction(), other.transaction():
            mine = {event.id for event in await sql.take_events(db, 20)}
            theirs = {event.id for event in await sql.take_events(other, 20)}
        assert (len(mine), len(theirs), mine & theirs) == (20, 10, set())
    finally:
        await other.close()


async def test_the_backlog_has_a_count_and_an_age(db: Any) -> None:
    assert await sql.backlog(db) == (0, 0.0)
    await placed(db, 3)
    await db.execute("UPDATE outbox SET created_at = now() - interval '90 seconds' WHERE id % 2 = 0")
    waiting, age = await sql.backlog(db)
    assert waiting == 3
    assert 90 <= age < 95


async def test_a_database_that_does_not_answer_is_unavailable_in_time(store: Store, db: Any) -> None:
    (order_id,) = await placed(db)
    slow = Store(store._pool, 0.2)
    async with db.transaction():
        await db.execute("LOCK TABLE orders")
        started = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable):
            await slow.get(order_id)
        assert asyncio.get_running_loop().time() - started < 0.5


async def test_ids_sort_by_creation() -> None:
    first = new_order_id()
    await asyncio.sleep(0.002)
    second = new_order_id()
    assert first < second
    assert (first.version, first.variant) == (7, uuid.RFC_4122)
    assert created_at(first) < created_at(second)


async def test_a_repeated_key_tells_where_its_order_stands(store: Store, db: Any) -> None:
    first, again = request("key"), request("key")
    await sql.insert(db, [first])
    token = uuid.uuid4()
    await store.claim(first.id, 0, token, 30)
    await store.succeed(first.id, token)
    (stored,) = await sql.insert(db, [again])
    assert (stored.id, stored.same, stored.status) == (first.id, True, Status.PROCESSED)
