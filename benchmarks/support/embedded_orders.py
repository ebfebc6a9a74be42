"""The order platform on a server's SQS at a steady rate: how long from POST to PROCESSED, by its own clock."""

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import aiohttp

from benchmarks.support.embedded import Server
from benchmarks.support.platform import migrate
from tests.support.keeper import Keeper
from tests.support.ports import free_port
from tests.support.postgres import Postgres
from tests.support.processes import Process

_ORDERS = "import sys; from orders.cli import main; sys.argv[0] = 'orders'; main()"
_QUERY = (
    "SELECT json_build_object('orders', count(*), 'processed', count(*) FILTER (WHERE status = 'PROCESSED'),"
    " 'p50', percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM updated_at - created_at)),"
    " 'p99', percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM updated_at - created_at))) FROM orders"
)


def measure(server: Server, keeper: Keeper, *, rate: int, seconds: int) -> dict[str, float]:
    """``{"orders", "processed", "p50_ms", "p99_ms"}`` of ``rate`` orders a second, after two seconds of warming."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-local-")))
        database = Postgres.temporary()
        keeper.remove(database.directory)
        stack.enter_context(database)
        settings = {
            "HOST": "127.0.0.1", "DATABASE_URL": database.dsn, "AWS_ENDPOINT_URL_SQS": server.endpoint,
            "QUEUE_URL": server.client("sqs").create_queue(QueueName=f"orders-{uuid.uuid4().hex[:6]}")["QueueUrl"],
            "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        }  # fmt: skip
        migrate(settings)
        ports = {}
        for name in ("api", "worker"):
            own = {"PORT": str(free_port()), "MANAGEMENT_PORT": str(free_port())}
            process = Process(
                name,
                [sys.executable, "-c", _ORDERS, name],
                env={**settings, **own},
                log=directory / f"{name}.log",
            )
            keeper.watch(process.pid)
            stack.callback(process.stop)
            process.wait_for_port(int(own["MANAGEMENT_PORT"]))
            ports[name] = own["PORT"]
        url = f"http://127.0.0.1:{ports['api']}/orders"
        asyncio.run(_post(url, rate, 2))
        _ask(database, "TRUNCATE orders, outbox, order_effects, order_dlq")
        asyncio.run(_post(url, rate, seconds))
        return _settled(database, rate * seconds)


async def _post(url: str, rate: int, seconds: int) -> None:
    async with aiohttp.ClientSession() as session:

        async def one(number: int) -> None:
            order = {"customerId": f"customer-{number}", "amount": 12.5}
            async with session.post(url, json=order) as answer:
                answer.raise_for_status()

        began = time.monotonic()
        posts = []
        for number in range(rate * seconds):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            posts.append(asyncio.create_task(one(number)))
        await asyncio.gather(*posts)


def _settled(database: Postgres, expected: int) -> dict[str, float]:
    deadline = time.monotonic() + 60
    while True:
        found = json.loads(_ask(database, _QUERY))
        if found["processed"] >= expected or time.monotonic() > deadline:
            return {
                "orders": found["orders"],
                "processed": found["processed"],
                "p50_ms": round(found["p50"] * 1000, 1),
                "p99_ms": round(found["p99"] * 1000, 1),
            }
        time.sleep(0.2)


def _ask(database: Postgres, statement: str) -> str:
    return subprocess.run(
        [database.program("psql"), "-qAtc", statement],
        env=database.environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
