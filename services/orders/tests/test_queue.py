"""Our SQS client against moto and boto3, and where its credentials come from."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from orders import credentials
from orders.credentials import ContainerProvider, CredentialsError, StaticProvider
from orders.logs import Log
from orders.queue import Deleter, Outgoing, Queue, QueueError
from orders.settings import Settings


def texts(*bodies: str) -> list[Outgoing]:
    return [Outgoing(body, {"correlationId": f"id-{body}"}) for body in bodies]


async def test_what_is_sent_arrives_with_its_attributes(queue: Queue, sqs: Any, queue_url: str) -> None:
    assert await queue.send(texts("a", "b")) == [None, None]
    messages = await queue.receive(10)
    assert {m.body: dict(m.attributes) for m in messages} == {
        "a": {"correlationId": "id-a"},
        "b": {"correlationId": "id-b"},
    }
    await queue.delete([m.receipt for m in messages])
    counts = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == counts["ApproximateNumberOfMessagesNotVisible"] == "0"


async def test_boto3_reads_what_we_send(queue: Queue, sqs: Any, queue_url: str) -> None:
    await queue.send(texts("a"))
    (found,) = sqs.receive_message(QueueUrl=queue_url, MessageAttributeNames=["All"])["Messages"]
    assert found["Body"] == "a"
    assert found["MessageAttributes"]["correlationId"] == {"StringValue": "id-a", "DataType": "String"}


async def test_a_delayed_message_comes_later(queue: Queue, sqs: Any, queue_url: str) -> None:
    await queue.send([Outgoing("later", {}, delay=2)])
    counts = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessagesDelayed"] == "1"


async def test_visibility_can_be_changed(queue: Queue) -> None:
    await queue.send(texts(*"abcdefghijkl"[:10]))
    await queue.send(texts("k", "l"))
    messages = [*await queue.receive(10), *await queue.receive(10)]
    assert len(messages) == 12
    await queue.hide([m.receipt for m in messages], 0)
    assert len([*await queue.receive(10), *await queue.receive(10)]) == 12


async def test_a_missing_queue_is_an_error_that_names_the_call(
    config: Settings, http: aiohttp.ClientSession, log: Log
) -> None:
    lost = dataclasses.replace(config, queue_url=config.queue_url + "-lost")
    with pytest.raises(QueueError, match=r"GetQueueAttributes: status 400: .*QueueDoesNotExist"):
        await Queue(lost, http, log).ping()


async def test_a_silent_endpoint_is_an_error_in_time(
    config: Settings, http: aiohttp.ClientSession, log: Log
) -> None:
    server = await asyncio.start_server(lambda r, w: asyncio.sleep(60), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    silent = dataclasses.replace(config, sqs_endpoint=f"http://127.0.0.1:{port}", queue_timeout=0.3)
    started = asyncio.get_running_loop().time()
    with pytest.raises(QueueError, match="SendMessageBatch: TimeoutError"):
        await Queue(silent, http, log).send(texts("a"))
    assert asyncio.get_running_loop().time() - started < 2
    server.close()


async def test_the_default_endpoint_is_the_regions(
    config: Settings, http: aiohttp.ClientSession, log: Log
) -> None:
    for region, host in (("eu-west-1", "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn")):
        plain = dataclasses.replace(config, sqs_endpoint="", aws_region=region)
        assert Queue(plain, http, log)._endpoint == f"https://sqs.{region}.{host}"


async def test_deletes_go_in_batches(queue: Queue, sqs: Any, queue_url: str, log: Log) -> None:
    await queue.send(texts(*"abcdefghij"))
    messages = await queue.receive(10)
    deleter = Deleter(queue, log)
    for message in messages:
        deleter.add(message.receipt)
    await deleter.drain()
    counts = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessagesNotVisible"] == "0"


class Container:
    """The address that ECS gives to a task."""

    def __init__(self) -> None:
        self.answers = 0
        self.valid_for = timedelta(hours=1)
        self.broken = False
        self.tokens: list[str | None] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("Authorization"))
        if self.broken:
            return web.Response(status=500)
        self.answers += 1
        ends = datetime.now(UTC) + self.valid_for
        return web.json_response(
            {
                "AccessKeyId": f"key-{self.answers}", "SecretAccessKey": "secret", "Token": "token",
                "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        )  # fmt: skip


@pytest.fixture
async def container() -> AsyncIterator[Container]:
    served = Container()
    app = web.Application()
    app.router.add_get("/credentials", served.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}/credentials"
    yield served
    await runner.cleanup()


def in_container(config: Settings, url: str, **changes: str) -> Settings:
    return dataclasses.replace(config, access_key_id="", credentials_full_uri=url, **changes)


async def test_container_credentials_are_fetched_once_and_sign(
    config: Settings, container: Container, http: aiohttp.ClientSession, log: Log
) -> None:
    given = in_container(config, container.url, credentials_token="Basic x")
    queue = Queue(given, http, log)
    await asyncio.gather(*(queue.ping() for _ in range(5)))
    assert (container.answers, container.tokens) == (1, ["Basic x"])
    signed = await queue._sign("SendMessage", b"{}")
    assert "Credential=key-1/" in signed["Authorization"]
    assert signed["X-Amz-Security-Token"] == "token"


async def test_they_are_renewed_before_they_end(
    config: Settings, container: Container, http: aiohttp.ClientSession, log: Log
) -> None:
    container.valid_for = timedelta(minutes=9)
    provider = ContainerProvider(in_container(config, container.url), http, log)
    assert [(await provider.get()).access_key for _ in range(2)] == ["key-1", "key-2"]


async def test_a_failed_renewal_keeps_those_that_still_hold(
    config: Settings, container: Container, http: aiohttp.ClientSession, log: Log
) -> None:
    container.valid_for = timedelta(seconds=2)
    provider = ContainerProvider(in_container(config, container.url), http, log)
    await provider.get()
    container.broken = True
    assert (await provider.get()).access_key == "key-1"
    await asyncio.sleep(2.1)
    with pytest.raises(CredentialsError, match="status 500"):
        await provider.get()


async def test_the_token_file_is_read_at_every_refresh(
    config: Settings, container: Container, http: aiohttp.ClientSession, log: Log, tmp_path: Path
) -> None:
    container.valid_for = timedelta(minutes=1)
    file = tmp_path / "token"
    provider = ContainerProvider(
        in_container(config, container.url, credentials_token_file=str(file)), http, log
    )
    for token in ("one", "two"):
        file.write_text(f"{token}\n")
        await provider.get()
    assert container.tokens == ["one", "two"]


@pytest.mark.parametrize("address", ["http://169.254.169.254/x", "http://10.0.0.1/x", "http://example.com/x"])
async def test_secrets_are_not_fetched_in_clear_from_elsewhere(
    config: Settings, http: aiohttp.ClientSession, log: Log, address: str
) -> None:
    with pytest.raises(CredentialsError, match="plain HTTP is allowed only"):
        await ContainerProvider(in_container(config, address), http, log).get()


def test_ecs_gives_a_path_only(config: Settings, log: Log) -> None:
    given = dataclasses.replace(config, access_key_id="", credentials_relative_uri="/v2/x")
    provider = credentials.provider(given, None, log)  # type: ignore[arg-type]
    assert isinstance(provider, ContainerProvider)
    assert provider._address == "http://169.254.170.2/v2/x"
    assert isinstance(credentials.provider(config, None, log), StaticProvider)  # type: ignore[arg-type]


def test_credentials_are_not_shown() -> None:
    assert "s3cret" not in json.dumps(repr(credentials.Credentials("k", "s3cret", "t")))
