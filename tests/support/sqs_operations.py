"""The SQS operations that the order platform uses, as its JSON protocol gives them."""

import asyncio
import hashlib
import struct
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

from tests.support.sqs_model import Message, NotInFlight, Queue, UnknownReceipt

ACCOUNT = "000000000000"
_BATCH = 10
_MAX_BODY_BYTES = 262_144
_MAX_VISIBILITY = 43_200


class SqsError(Exception):
    """An error answer: its code, message and HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Misbehaviour(Protocol):
    """What an operation must know of the faults that are on."""

    delay: float

    def active(self, kind: str) -> bool:
        """Whether a fault of this kind is on."""

    def meets(self, kind: str) -> bool:
        """The same, counted."""


class Operations:
    """`table` maps the operation's name to its handler: the request's JSON to the answer's."""

    faults: Misbehaviour

    def __init__(self, queues: Iterable[Queue], base_url: str) -> None:
        self.queues = {queue.name: queue for queue in queues}
        self._base_url = base_url
        self._arrived = asyncio.Condition()
        self.table: dict[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "GetQueueUrl": self.get_queue_url,
            "GetQueueAttributes": self.get_queue_attributes,
            "SendMessage": self.send_message,
            "SendMessageBatch": self.send_message_batch,
            "ReceiveMessage": self.receive_message,
            "DeleteMessage": self.delete_message,
            "DeleteMessageBatch": self.delete_message_batch,
            "ChangeMessageVisibility": self.change_message_visibility,
            "ChangeMessageVisibilityBatch": self.change_message_visibility_batch,
        }

    async def get_queue_url(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The address by name."""
        return {"QueueUrl": self._base_url + self._by_name(asked["QueueName"]).name}

    async def get_queue_attributes(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Counts, ARN, visibility and redrive policy; only the names that were asked for."""
        queue = self._queue(asked)
        visible, in_flight, delayed = queue.counts(time.monotonic())
        every = {
            "ApproximateNumberOfMessages": str(visible),
            "ApproximateNumberOfMessagesNotVisible": str(in_flight),
            "ApproximateNumberOfMessagesDelayed": str(delayed),
            "VisibilityTimeout": f"{queue.visibility:g}",
            "QueueArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue.name}",
        }
        wanted = asked.get("AttributeNames", [])
        if unknown := set(wanted) - {*every, "All", "RedrivePolicy"}:
            raise SqsError("InvalidAttributeName", f"Unknown Attribute {sorted(unknown)[0]}.")
        return {"Attributes": {k: v for k, v in every.items() if "All" in wanted or k in wanted}}

    async def send_message(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One message."""
        return await self._send(self._queue(asked), asked)

    async def send_message_batch(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Up to ten messages, each of which succeeds or fails by itself."""
        queue = self._queue(asked)
        return await _each(asked, lambda entry: self._send(queue, entry))

    async def receive_message(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Up to ten messages; waits up to `WaitTimeSeconds` for the first."""
        queue = self._queue(asked)
        count, wait = asked.get("MaxNumberOfMessages", 1), asked.get("WaitTimeSeconds", 0)
        if not 1 <= count <= _BATCH:
            raise SqsError("InvalidParameterValue", f"MaxNumberOfMessages {count} is not in 1 to 10")
        if not 0 <= wait <= 20:
            raise SqsError("InvalidParameterValue", f"WaitTimeSeconds {wait} is not in 0 to 20")
        deadline = time.monotonic() + wait
        while True:
            twice = self.faults.active("duplicate")
            got = queue.receive(count, time.monotonic(), asked.get("VisibilityTimeout"), twice=twice)
            left = deadline - time.monotonic()
            if got or left <= 0:
                break
            await self._wait_for_arrival(min(left, 0.1))
        if got:
            self.faults.meets("duplicate")
        return {"Messages": [_delivery(message, asked) for message in got]} if got else {}

    async def delete_message(self, asked: dict[str, Any]) -> dict[str, Any]:
        """By receipt handle."""
        return await self._delete(self._queue(asked), asked)

    async def delete_message_batch(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Up to ten."""
        queue = self._queue(asked)
        return await _each(asked, lambda entry: self._delete(queue, entry))

    async def change_message_visibility(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Hide for `VisibilityTimeout` seconds from now."""
        return await self._change(self._queue(asked), asked)

    async def change_message_visibility_batch(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Up to ten."""
        queue = self._queue(asked)
        return await _each(asked, lambda entry: self._change(queue, entry))

    def _queue(self, asked: dict[str, Any]) -> Queue:
        return self._by_name(str(asked.get("QueueUrl", "")).rpartition("/")[2])

    def _by_name(self, name: str) -> Queue:
        if name not in self.queues:
            raise SqsError("QueueDoesNotExist", "The specified queue does not exist.")
        return self.queues[name]

    async def _send(self, queue: Queue, entry: dict[str, Any]) -> dict[str, Any]:
        body = entry.get("MessageBody", "")
        if not body or len(body.encode()) > _MAX_BODY_BYTES:
            raise SqsError("InvalidParameterValue", f"a body has 1 to {_MAX_BODY_BYTES} bytes")
        attributes = entry.get("MessageAttributes") or {}
        late = self.faults.delay if self.faults.meets("late") else 0.0
        message = queue.send(body, attributes, time.monotonic(), entry.get("DelaySeconds", 0) + late)
        async with self._arrived:
            self._arrived.notify_all()
        answer = {"MessageId": message.id, "MD5OfMessageBody": message.md5}
        return answer | ({"MD5OfMessageAttributes": attributes_md5(attributes)} if attributes else {})

    async def _delete(self, queue: Queue, entry: dict[str, Any]) -> dict[str, Any]:
        try:
            queue.delete(entry["ReceiptHandle"])
        except UnknownReceipt as error:
            raise SqsError("ReceiptHandleIsInvalid", f"The receipt handle {error} is not valid.") from None
        return {}

    async def _change(self, queue: Queue, entry: dict[str, Any]) -> dict[str, Any]:
        seconds = entry["VisibilityTimeout"]
        if not 0 <= seconds <= _MAX_VISIBILITY:
            raise SqsError("InvalidParameterValue", f"VisibilityTimeout {seconds} is not in 0 to 43200")
        try:
            queue.change_visibility(entry["ReceiptHandle"], seconds, time.monotonic())
        except UnknownReceipt as error:
            raise SqsError("ReceiptHandleIsInvalid", f"The receipt handle {error} is not valid.") from None
        except NotInFlight:
            raise SqsError("MessageNotInflight", "The message is not in flight.") from None
        return {}

    async def _wait_for_arrival(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds), self._arrived:
                await self._arrived.wait()
        except TimeoutError:
            return


async def _each(
    asked: dict[str, Any], operation: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    entries = asked.get("Entries") or []
    if not entries:
        raise SqsError("EmptyBatchRequest", "The batch has no entry.")
    if len(entries) > _BATCH:
        raise SqsError("TooManyEntriesInBatchRequest", f"{len(entries)} entries, {_BATCH} are allowed")
    if len({entry["Id"] for entry in entries}) < len(entries):
        raise SqsError("BatchEntryIdsNotDistinct", "Two entries have the same Id.")
    answer: dict[str, Any] = {"Successful": [], "Failed": []}
    for entry in entries:
        try:
            answer["Successful"].append({"Id": entry["Id"]} | await operation(entry))
        except SqsError as error:
            failed = {"Id": entry["Id"], "Code": error.code, "Message": str(error), "SenderFault": True}
            answer["Failed"].append(failed)
    return answer


def _delivery(message: Message, asked: dict[str, Any]) -> dict[str, Any]:
    system = {
        "ApproximateReceiveCount": str(message.receive_count),
        "SentTimestamp": str(_epoch_ms(message.sent_at)),
        "ApproximateFirstReceiveTimestamp": str(_epoch_ms(message.first_received_at)),
        "SenderId": ACCOUNT,
    }
    wanted = {*asked.get("AttributeNames", ()), *asked.get("MessageSystemAttributeNames", ())}
    names = set(asked.get("MessageAttributeNames", ()))
    every = bool(names & {"All", ".*"})
    attributes = {k: v for k, v in message.attributes.items() if every or k in names}
    answer: dict[str, Any] = {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "MD5OfBody": message.md5,
        "Body": message.body,
    }
    if chosen := {k: v for k, v in system.items() if "All" in wanted or k in wanted}:
        answer["Attributes"] = chosen
    if attributes:
        answer |= {"MessageAttributes": attributes, "MD5OfMessageAttributes": attributes_md5(attributes)}
    return answer


def _epoch_ms(monotonic: float) -> int:
    return int((time.time() - time.monotonic() + monotonic) * 1000)


def attributes_md5(attributes: dict[str, Any]) -> str:
    """MD5OfMessageAttributes of string attributes, by the algorithm of the SQS developer guide."""
    digest = hashlib.md5(usedforsecurity=False)
    for name in sorted(attributes):
        value = attributes[name]
        for text in (name, value["DataType"]):
            digest.update(struct.pack("!I", len(text.encode())) + text.encode())
        content = value["StringValue"].encode()
        digest.update(b"\x01" + struct.pack("!I", len(content)) + content)
    return digest.hexdigest()
