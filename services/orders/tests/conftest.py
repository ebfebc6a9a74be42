"""A real PostgreSQL, a real SQS endpoint (moto) and the platform's own processes, for the tests here."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import boto3
import pytest
from orders import database, migrate, settings
from orders.logs import Log
from orders.queue import Queue, open_session
from orders.settings import Settings
from orders.store import Store

from tests.support.keeper import Keeper
from tests.support.ports import free_port
from tests.support.postgres import Postgres
from tests.support.processes import Process

ADMIN_TOKEN = "administrator"
TABLES = "orders, outbox, order_effects, order_dlq"


@pytest.fixture(scope="session")
def keeper() -> Iterator[Keeper]:
    """Ends what runs for these tests, should they be killed."""
    one = Keeper()
    yield one
    one.close()


@pytest.fixture(scope="session")
def postgres(keeper: Keeper) -> Iterator[Postgres]:
    """One server for all tests."""
    server = Postgres.temporary()
    keeper.remove(server.directory)
    with server:
        yield server


@pytest.fixture(scope="session")
def moto_endpoint(keeper: Keeper) -> Iterator[str]:
    """moto's server; each test has a queue of its own."""
    port = free_port()
    process = Process("moto", [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)])
    keeper.watch(process.pid)
    try:
        process.wait_for_port(port, timeout=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()


@pytest.fixture
def sqs(moto_endpoint: str) -> Any:
    """boto3's own client: what it sees is what AWS' clients see."""
    return boto3.client(
        "sqs", endpoint_url=moto_endpoint, region_name="eu-west-1",
        aws_access_key_id="test", aws_secret_access_key="test",
    )  # fmt: skip


@pytest.fixture
def queue_url(sqs: Any) -> str:
    """A new, empty queue."""
    return str(sqs.create_queue(QueueName=f"orders-{uuid.uuid4().hex[:12]}")["QueueUrl"])


@pytest.fixture
def environment(postgres: Postgres, moto_endpoint: str, queue_url: str) -> dict[str, str]:
    """What a process needs to find both."""
    return {
        "DATABASE_URL": postgres.dsn,
        "QUEUE_URL": queue_url,
        "AWS_ENDPOINT_URL_SQS": moto_endpoint,
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "HOST": "127.0.0.1",
        "PORT": "0",
        "MANAGEMENT_PORT": "0",
        "ADMIN_TOKEN": ADMIN_TOKEN,
    }


@pytest.fixture
def config(environment: Mapping[str, str]) -> Settings:
    """The same as settings."""
    return settings.load(environment)


@pytest.fixture
async def db(config: Settings) -> AsyncIterator[Any]:
    """A connection to the migrated database, emptied."""
    await migrate.migrate(config)
    connection = await asyncpg.connect(config.database_url)
    await connection.execute(f"TRUNCATE {TABLES}")
    yield connection
    await connection.close()


@pytest.fixture
async def store(config: Settings, db: Any) -> AsyncIterator[Store]:
    """A store on the empty database."""
    pool = await database.pool(config, 5)
    yield Store(pool, 5.0)
    await pool.close()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client."""
    async with open_session() as session:
        yield session


@pytest.fixture
def log() -> Log:
    """A log that goes nowhere."""
    return Log("error", os.open(os.devnull, os.O_WRONLY))


@pytest.fixture
def queue(config: Settings, http: aiohttp.ClientSession, log: Log) -> Queue:
    """Our client of the test's queue."""
    return Queue(config, http, log)


class Service:
    """A process of the platform and where it listens."""

    def __init__(self, process: Process, ports: Mapping[str, int], log: Path) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{ports['PORT']}"
        self.management_url = f"http://127.0.0.1:{ports['MANAGEMENT_PORT']}"
        self.port = ports["PORT"]
        self.log = log


Start = Callable[..., Service]


@pytest.fixture
def start(environment: Mapping[str, str], db: Any, tmp_path: Path, keeper: Keeper) -> Iterator[Start]:
    """Start `orders PART` with some settings changed; ended with the test."""
    running: list[Service] = []

    def begin(part: str, *arguments: str, **changes: str) -> Service:
        ports = {"PORT": free_port(), "MANAGEMENT_PORT": free_port()}
        log = tmp_path / f"{part}-{len(running)}.log"
        given = {**environment, **{name: str(port) for name, port in ports.items()}, **changes}
        process = Process(part, [sys.executable, "-m", "orders.cli", part, *arguments], env=given, log=log)
        keeper.watch(process.pid)
        service = Service(process, ports, log)
        running.append(service)
        process.wait_for_port(ports["PORT" if part == "api" else "MANAGEMENT_PORT"])
        return service

    yield begin
    for service in running:
        service.process.kill()
