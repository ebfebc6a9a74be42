"""`orders show`: what became of orders, as a program that has to be sure of it reads it."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from orders import store as sql
from orders.domain import Failure, NewOrder, Order, RetryPolicy
from orders.ids import created_at, new_order_id
from orders.records import Request
from orders.store import Store


async def placed(db: Any, count: int = 1, amount: str = "1.25") -> list[uuid.UUID]:
    ids = [new_order_id() for _ in range(count)]
    order = NewOrder("c", Decimal(amount))
    asked = [Request(one, order, None, created_at(one), f"c-{one}", None) for one in ids]
    return [stored.id for stored in await sql.insert(db, asked)]


async def claimed(store: Store, db: Any) -> tuple[Order, uuid.UUID]:
    token = uuid.uuid4()
    order = await store.claim((await placed(db))[0], 0, token, 30)
    assert order is not None
    return order, token


def show(environment: Mapping[str, str], *arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "orders.cli", "show", *map(str, arguments)],
        env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def rows(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


async def test_every_state_of_a_processed_order_has_its_time(
    environment: dict[str, str], store: Store, db: Any
) -> None:
    order, token = await claimed(store, db)
    await store.succeed(order.id, token)
    await db.execute("DELETE FROM outbox")
    done = show(environment, order.id)
    assert done.returncode == 0, done.stderr
    (row,) = rows(done)
    assert (row["id"], row["status"]) == (str(order.id), "PROCESSED")
    assert (row["effects"], row["eventsWaiting"], row["failedAt"]) == (1, 0, None)
    times = [datetime.fromisoformat(row[name]) for name in ("createdAt", "startedAt", "processedAt")]
    assert times == sorted(times)
    assert datetime.fromisoformat(row["startedAt"]) == order.updated_at.replace(
        microsecond=order.updated_at.microsecond // 1000 * 1000
    )


async def test_an_order_that_waits_shows_its_event_and_no_later_time(
    environment: dict[str, str], db: Any
) -> None:
    (row,) = rows(show(environment, (await placed(db))[0]))
    assert (row["status"], row["eventsWaiting"], row["effects"]) == ("PENDING", 1, 0)
    assert (row["startedAt"], row["processedAt"]) == (None, None)


async def test_an_order_that_failed_says_why_and_when(
    environment: dict[str, str], store: Store, db: Any
) -> None:
    order, token = await claimed(store, db)
    await store.fail(order.id, token, Failure("no stock", retryable=False), RetryPolicy(3, 1, 1), "c-1", None)
    (row,) = rows(show(environment, order.id))
    assert (row["status"], row["failureReason"]) == ("FAILED", "no stock")
    assert row["failedAt"] >= row["createdAt"]


async def test_amounts_keep_their_value(environment: dict[str, str], db: Any) -> None:
    (order_id,) = await placed(db, amount="999999999999.99")
    assert '"amount":999999999999.99,' in show(environment, order_id).stdout


async def test_the_rows_come_in_the_order_asked_and_a_missing_one_is_said(
    environment: dict[str, str], db: Any
) -> None:
    ids = await placed(db, 3)
    absent = uuid.uuid4()
    done = show(environment, ids[2], absent, ids[0], ids[2])
    assert [row["id"] for row in rows(done)] == [str(ids[2]), str(ids[0])]
    assert (done.returncode, done.stderr) == (1, f"orders: there is no order {absent}\n")


async def test_waiting_ends_with_the_time_given(environment: dict[str, str], db: Any) -> None:
    (row,) = rows(show(environment, "--wait", 0.5, (await placed(db))[0]))
    assert row["status"] == "PENDING"


async def test_waiting_ends_when_the_orders_have(environment: dict[str, str], start: Any, db: Any) -> None:
    ids = await placed(db, 20)
    start("relay")
    start("worker")
    done = show(environment, "--wait", 30, *ids)
    assert {row["status"] for row in rows(done)} == {"PROCESSED"}, done.stderr


@pytest.mark.parametrize("address", ["postgresql://u:pa55word@127.0.0.1:1/orders"])
def test_without_a_database_it_says_so_and_shows_no_secret(address: str) -> None:
    done = show({"DATABASE_URL": address}, uuid.uuid4())
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("orders: nothing can be shown: ")
    assert "pa55word" not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_id_that_is_none_is_refused() -> None:
    done = show({"DATABASE_URL": "postgresql://u@127.0.0.1:1/orders"}, "one")
    assert done.returncode == 2
    assert "'one' is not a valid UUID" in done.stderr
