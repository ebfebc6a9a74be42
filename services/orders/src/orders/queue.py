"""The SQS queue, over its JSON protocol, ten messages a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import aiohttp
import msgspec

from orders import metrics
from orders.credentials import CredentialsError, Provider, provider
from orders.logs import Log
from orders.settings import Settings
from orders.signing import signed

BATCH = 10  # SQS' own limit
WAIT = 20  # seconds of a long poll; SQS' own limit
MAX_DELAY = 900  # seconds; SQS' own limit


T = TypeVar("T")


class QueueError(Exception):
    """A call to the queue failed, or may have: the message says which and why."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send; `delay` in whole seconds."""

    body: str
    attributes: Mapping[str, str]
    delay: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A received message; `receipt` is what deletes it or changes its visibility."""

    id: str
    receipt: str
    body: str
    attributes: Mapping[str, str]


class Queue:
    """One queue. Every method raises QueueError."""

    def __init__(self, settings: Settings, http: aiohttp.ClientSession, log: Log) -> None:
        self._settings = settings
        self._http = http
        self._provider: Provider = provider(settings, http, log)
        self._endpoint = settings.sqs_endpoint.rstrip("/") or _endpoint(settings.aws_region)
        self._timeout = aiohttp.ClientTimeout(total=settings.queue_timeout)
        self._poll_timeout = aiohttp.ClientTimeout(total=settings.queue_timeout + WAIT)

    async def send(self, messages: Sequence[Outgoing]) -> list[str | None]:
        """Send up to ten messages; for each, None if the queue took it, or the code of its refusal."""
        entries = [
            {
                "Id": str(i),
                "MessageBody": m.body,
                "DelaySeconds": m.delay,
                "MessageAttributes": _typed(m.attributes),
            }
            for i, m in enumerate(messages)
        ]
        taken, refused = await self._call("SendMessageBatch", {"Entries": entries}, _outcome)
        metrics.QUEUE_SENT.inc(len(taken))
        metrics.QUEUE_REFUSED.inc(len(messages) - len(taken))
        return [None if i in taken else refused.get(i, "not answered") for i in range(len(messages))]

    async def receive(self, limit: int) -> list[Message]:
        """Up to ten messages, waiting up to 20 seconds for the first."""
        asked = {
            "MaxNumberOfMessages": min(limit, BATCH),
            "WaitTimeSeconds": WAIT,
            "VisibilityTimeout": self._settings.visibility_timeout,
            "MessageAttributeNames": ["All"],
        }
        messages = await self._call("ReceiveMessage", asked, _messages, self._poll_timeout)
        metrics.QUEUE_RECEIVED.inc(len(messages))
        return messages

    async def delete(self, receipts: Sequence[str]) -> None:
        """Delete up to ten messages."""
        entries = [{"Id": str(i), "ReceiptHandle": receipt} for i, receipt in enumerate(receipts)]
        deleted, failed = await self._call("DeleteMessageBatch", {"Entries": entries}, _outcome)
        metrics.QUEUE_DELETED.inc(len(deleted))
        if failed:
            code = next(iter(failed.values()))
            raise QueueError(f"DeleteMessageBatch: {len(failed)} not deleted: {code}")

    async def hide(self, receipts: Sequence[str], seconds: int) -> None:
        """Hide received messages for another `seconds` from now; 0 shows them at once."""
        batches = [receipts[start : start + BATCH] for start in range(0, len(receipts), BATCH)]
        # All are tried, at the same time: a call that fails must not cost the others their messages.
        answers = await asyncio.gather(
            *(self._hide(batch, seconds) for batch in batches), return_exceptions=True
        )
        for answer in answers:
            if answer is not None:
                raise answer

    async def _hide(self, receipts: Sequence[str], seconds: int) -> None:
        entries = [
            {"Id": str(i), "ReceiptHandle": receipt, "VisibilityTimeout": seconds}
            for i, receipt in enumerate(receipts)
        ]
        # Entries that fail are messages that are gone or with another worker by now: nothing to do.
        await self._call("ChangeMessageVisibilityBatch", {"Entries": entries}, _nothing)

    async def ping(self) -> None:
        """One call that changes nothing: the queue is there and we may use it."""
        await self._call("GetQueueAttributes", {"AttributeNames": ["QueueArn"]}, _nothing)

    async def _call(
        self, operation: str, body: dict[str, Any], read: Callable[[dict[str, Any]], T],
        timeout: aiohttp.ClientTimeout | None = None,
    ) -> T:  # fmt: skip
        """What `read` makes of the answer."""
        data = msgspec.json.encode({"QueueUrl": self._settings.queue_url, **body})
        try:
            headers = await self._sign(operation, data)
            async with self._http.post(
                f"{self._endpoint}/", data=data, headers=headers, allow_redirects=False,
                timeout=timeout or self._timeout,
            ) as answer:  # fmt: skip
                text = await answer.read()
                if answer.status != 200:
                    raise QueueError(
                        f"{operation}: status {answer.status}: {text[:300].decode(errors='replace')}"
                    )
            return _understood(operation, text, read)
        except QueueError:
            metrics.QUEUE_ERRORS.labels(operation).inc()
            raise
        except (aiohttp.ClientError, OSError, TimeoutError, CredentialsError) as error:
            metrics.QUEUE_ERRORS.labels(operation).inc()
            raise QueueError(f"{operation}: {type(error).__name__}: {error}") from error

    async def _sign(self, operation: str, data: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AmazonSQS.{operation}"}
        return signed(
            f"{self._endpoint}/", headers, data, await self._provider.get(),
            service="sqs", region=self._settings.aws_region, now=datetime.now(UTC),
        )  # fmt: skip


def open_session() -> aiohttp.ClientSession:
    """An HTTP session for a Queue; needs a running event loop. The caller closes it."""
    # Answers are small and none of ours sets cookies.
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=15), cookie_jar=aiohttp.DummyCookieJar()
    )


class Deleter:
    """Deletes messages in batches that grow with the load: while one call runs, the next one gathers.

    What can't be deleted comes back and is recognised as done, so a failure is logged and forgotten.
    """

    def __init__(self, queue: Queue, log: Log) -> None:
        self._queue = queue
        self._log = log
        self._receipts: list[str] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, receipt: str) -> None:
        """Delete this message soon. Never waits."""
        self._receipts.append(receipt)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def drain(self) -> None:
        """Return when everything added has been tried."""
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        await asyncio.sleep(0)  # what ends in the same turn of the event loop goes together
        while self._receipts:
            batch, self._receipts = self._receipts[:BATCH], self._receipts[BATCH:]
            try:
                await self._queue.delete(batch)
            except QueueError as error:
                self._log.warning("not deleted", messages=len(batch), reason=str(error))


def _understood(operation: str, text: bytes, read: Callable[[dict[str, Any]], T]) -> T:
    try:
        decoded = msgspec.json.decode(text) if text else {}
        if not isinstance(decoded, dict):
            raise QueueError(f"{operation}: the answer is not an object")
        return read(decoded)
    except (msgspec.DecodeError, LookupError, TypeError, ValueError, AttributeError) as error:
        # A proxy's page with status 200, for one. It must not end the process.
        raise QueueError(f"{operation}: unreadable answer: {type(error).__name__}: {error}") from error


def _messages(answer: dict[str, Any]) -> list[Message]:
    return [
        Message(m["MessageId"], m["ReceiptHandle"], m["Body"], _plain(m.get("MessageAttributes") or {}))
        for m in answer.get("Messages") or ()
    ]


def _outcome(answer: dict[str, Any]) -> tuple[set[int], dict[int, str]]:
    """The entries of a batch that succeeded, and the codes of those that failed."""
    taken = {int(entry["Id"]) for entry in answer.get("Successful") or ()}
    return taken, {int(entry["Id"]): str(entry.get("Code")) for entry in answer.get("Failed") or ()}


def _nothing(answer: dict[str, Any]) -> None:
    """The answer does not matter."""


def _endpoint(region: str) -> str:
    return f"https://sqs.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")


def _typed(attributes: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}


def _plain(attributes: Mapping[str, Any]) -> dict[str, str]:
    return {name: value["StringValue"] for name, value in attributes.items() if "StringValue" in value}
