"""The operations on messages: sent, received, hidden, deleted, one or ten at a time."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from typing import Any

from launchbook.local.ids import unique
from launchbook.local.planes.sqs.attributes import MAXIMUM_SIZE
from launchbook.local.planes.sqs.errors import SqsError, invalid
from launchbook.local.planes.sqs.manage import Operation, Parameters
from launchbook.local.planes.sqs.message import Message, check_attributes, check_body
from launchbook.local.planes.sqs.queue import Queue
from launchbook.local.planes.sqs.store import Store

#: Sender ids and trace headers as AWS has them; one account, one sender.
_SENDER = "AIDALOCALSENDER000000"
_WRONG_TYPE = "The request include parameter that is not valid for this queue type."
_BATCH_ID = re.compile(r"[\w-]{1,80}")


def send_message(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """SendMessage."""
    queue = store.find(region, given.get("QueueUrl"))
    return _sent(store, queue, given)


def send_message_batch(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """SendMessageBatch: each entry succeeds or fails by itself."""
    queue = store.find(region, given.get("QueueUrl"))
    entries = _entries(given, "SendMessage")
    total = sum(len(str(entry.get("MessageBody", "")).encode()) for entry in entries)
    if total > MAXIMUM_SIZE:
        raise SqsError(
            "BatchRequestTooLong",
            f"Batch requests cannot be longer than {MAXIMUM_SIZE} bytes. You have sent {total} bytes.",
        )
    return _each(entries, lambda entry: _sent(store, queue, entry))


def receive_message(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """ReceiveMessage, without waiting."""
    queue = store.find(region, given.get("QueueUrl"))
    most = _number(given, "MaxNumberOfMessages", 1, 10, 1)
    hiding = _number(given, "VisibilityTimeout", 0, 43_200, int(queue.attributes["VisibilityTimeout"]))
    with store.lock:
        got = [(m, queue.receipt(m)) for m in queue.receive(most, time.time(), hiding)]
    if not got:
        return {}
    system = set(given.get("AttributeNames") or []) | set(given.get("MessageSystemAttributeNames") or [])
    wanted = given.get("MessageAttributeNames") or []
    return {"Messages": [_shown(queue, message, receipt, system, wanted) for message, receipt in got]}


def wait_of(store: Store, region: str, given: Parameters) -> tuple[Queue, float]:
    """The queue that a ReceiveMessage asks and how many seconds it may wait."""
    queue = store.find(region, given.get("QueueUrl"))
    return queue, _number(
        given, "WaitTimeSeconds", 0, 20, int(queue.attributes["ReceiveMessageWaitTimeSeconds"])
    )


def delete_message(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """DeleteMessage."""
    queue = store.find(region, given.get("QueueUrl"))
    with store.lock:
        queue.advance(time.time())
        queue.delete(given.get("ReceiptHandle", ""))
    return {}


def delete_message_batch(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """DeleteMessageBatch."""
    url = given.get("QueueUrl")
    store.find(region, url)
    return _each(
        _entries(given, "DeleteMessage"),
        lambda entry: delete_message(store, region, {**entry, "QueueUrl": url}),
    )


def change_message_visibility(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """ChangeMessageVisibility."""
    queue = store.find(region, given.get("QueueUrl"))
    if given.get("VisibilityTimeout") is None:
        raise SqsError("MissingParameter", "The request must contain the parameter VisibilityTimeout.")
    seconds = _number(given, "VisibilityTimeout", 0, 43_200, 0)
    with store.lock:
        queue.hide(given.get("ReceiptHandle", ""), seconds, time.time())
    return {}


def change_message_visibility_batch(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """ChangeMessageVisibilityBatch."""
    url = given.get("QueueUrl")
    store.find(region, url)
    return _each(
        _entries(given, "ChangeMessageVisibility"),
        lambda entry: change_message_visibility(store, region, {**entry, "QueueUrl": url}),
    )


def made(queue: Queue, given: Parameters) -> Message:
    """A message from the parameters of SendMessage, checked as the queue demands."""
    body = given.get("MessageBody")
    custom = given.get("MessageAttributes") or {}
    if custom:
        check_attributes(custom)
    if not isinstance(body, str):
        raise SqsError("MissingParameter", "The request must contain the parameter MessageBody.")
    message = Message(unique(), body, custom, given.get("MessageSystemAttributes") or {}, time.time())
    check_body(body, int(queue.attributes["MaximumMessageSize"]), message.size)
    message.group = given.get("MessageGroupId") or ""
    if queue.fifo:
        if not message.group:
            raise SqsError("MissingParameter", "The request must contain the parameter MessageGroupId.")
        message.dedup = _deduplication_id(queue, given, body)
    elif given.get("MessageDeduplicationId"):
        raise invalid(given["MessageDeduplicationId"], "MessageDeduplicationId", _WRONG_TYPE)
    return message


def _deduplication_id(queue: Queue, given: Parameters, body: str) -> str:
    named: str | None = given.get("MessageDeduplicationId")
    if named:
        return named
    if queue.attributes.get("ContentBasedDeduplication") != "true":
        raise SqsError(
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
            "explicitly",
        )
    return hashlib.sha256(body.encode()).hexdigest()


def _sent(store: Store, queue: Queue, given: Parameters) -> dict[str, Any]:
    delay = given.get("DelaySeconds")
    if delay is not None and queue.fifo and int(delay):
        raise invalid(delay, "DelaySeconds", _WRONG_TYPE)
    wait = None if delay is None or queue.fifo else float(_number(given, "DelaySeconds", 0, 900, 0))
    message = store.put(queue, made(queue, given), wait)
    result = {"MessageId": message.id, "MD5OfMessageBody": message.md5}
    if message.md5_attributes:
        result["MD5OfMessageAttributes"] = message.md5_attributes
    if queue.fifo:
        result["SequenceNumber"] = f"{message.serial:020d}"
    return result


def _shown(
    queue: Queue, message: Message, receipt: str, system: set[str], wanted: list[str]
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "MessageId": message.id,
        "ReceiptHandle": receipt,
        "MD5OfBody": message.md5,
        "Body": message.body,
    }
    if system:
        every = _system(queue, message)
        shown["Attributes"] = {k: v for k, v in every.items() if v and (k in system or "All" in system)}
    if wanted and message.attributes:
        prefixes = tuple(name[:-2] for name in wanted if name.endswith(".*"))
        everything = "All" in wanted
        chosen = {
            name: value
            for name, value in message.attributes.items()
            if everything or name in wanted or (prefixes and name.startswith(prefixes))
        }
        if chosen:
            shown["MessageAttributes"] = chosen
            shown["MD5OfMessageAttributes"] = message.md5_attributes
    return shown


def _system(queue: Queue, message: Message) -> dict[str, str]:
    trace = message.system.get("AWSTraceHeader") or {}
    return {
        "SenderId": _SENDER,
        "SentTimestamp": str(int(message.sent * 1000)),
        "ApproximateReceiveCount": str(message.receives),
        "ApproximateFirstReceiveTimestamp": str(int(message.first_received * 1000)),
        "MessageGroupId": message.group,
        "MessageDeduplicationId": message.dedup,
        "SequenceNumber": f"{message.serial:020d}" if queue.fifo else "",
        "AWSTraceHeader": trace.get("StringValue", ""),
        "DeadLetterQueueSourceArn": message.origin,
    }


def _entries(given: Parameters, action: str) -> list[Parameters]:
    entries = given.get("Entries") or []
    if not entries:
        raise SqsError(
            "EmptyBatchRequest", f"There should be at least one {action}BatchRequestEntry in the request."
        )
    if len(entries) > 10:
        raise SqsError(
            "TooManyEntriesInBatchRequest",
            f"Maximum number of entries per request are 10. You have sent {len(entries)}.",
        )
    seen: set[str] = set()
    for entry in entries:
        name = str(entry.get("Id", ""))
        if not _BATCH_ID.fullmatch(name):
            raise SqsError(
                "InvalidBatchEntryId",
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at "
                "most 80 letters long.",
            )
        if name in seen:
            raise SqsError("BatchEntryIdsNotDistinct", f"Id {name} repeated.")
        seen.add(name)
    return list(entries)


def _each(entries: list[Parameters], act: Callable[[Parameters], dict[str, Any]]) -> dict[str, Any]:
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for entry in entries:
        try:
            done.append({"Id": entry["Id"], **act(entry)})
        except SqsError as error:
            failed.append(
                {"Id": entry["Id"], "SenderFault": True, "Code": error.code, "Message": error.message}
            )
    return {"Successful": done, "Failed": failed} if failed else {"Successful": done}


def _number(given: Parameters, name: str, low: int, high: int, default: int) -> int:
    value = given.get(name)
    if value is None:
        return default
    try:
        number = int(value)
    except ValueError:
        raise invalid(value, name, "Must be a number.") from None
    if not low <= number <= high:
        raise invalid(value, name, f"Must be between {low} and {high}, if provided.")
    return number


OPERATIONS: dict[str, Operation] = {
    "ChangeMessageVisibility": change_message_visibility,
    "ChangeMessageVisibilityBatch": change_message_visibility_batch,
    "DeleteMessage": delete_message,
    "DeleteMessageBatch": delete_message_batch,
    "ReceiveMessage": receive_message,
    "SendMessage": send_message,
    "SendMessageBatch": send_message_batch,
}
