"""SQS in six cases: one by one, in batches, through; on an empty queue and on one of 10,000 messages."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.support.embedded import Call, Server, per_second

LENGTHS = (0, 10_000)
_POLLS = 32
#: A server that stores less in this time is measured with what it has by then: that can only flatter it.
_FILL_SECONDS = 60
_BODY = json.dumps({"eventId": "0" * 32, "type": "OrderAccepted", "orderId": "1" * 32, "amount": "12.50"})


def measure(server: Server, directory: Path, seconds: int) -> dict[str, float]:
    """Messages a second by case, such as ``send at 10000``."""
    figures: dict[str, float] = {}
    for length in LENGTHS:
        url = _filled(server, f"work-{length}", length, directory)
        figures[f"stored of {length}"] = _length(server.client("sqs"), url)
        # Send, receive, delete: three requests for one message.
        through = [_send(url, 1), _receive(url)]
        figures[f"send, receive, delete at {length}"] = (
            per_second(server, through, directory, seconds=seconds, queue=url) / 3
        )
        _idle(server)
        for name, batch in (("send", 1), ("send in batches", 10)):
            figures[f"{name} at {length}"] = batch * per_second(
                server, [_send(url, batch)], directory, seconds=seconds
            )
            _idle(server)
    url = _filled(server, "beside-polls", 0, directory)
    with _long_polls(server, directory):
        figures[f"send beside {_POLLS} long polls"] = per_second(
            server, [_send(url, 1)], directory, seconds=seconds
        )
    return {name: round(value, 1) for name, value in figures.items()}


def latency_beside_polls(server: Server, directory: Path) -> float:
    """Milliseconds of an STS call (median of at most 20, in at most 10 s) while 32 long polls are open."""
    sts = server.client("sts")
    sts.get_caller_identity()
    took: list[float] = []
    with _long_polls(server, directory):
        until = time.monotonic() + 10
        while len(took) < 20 and time.monotonic() < until:
            began = time.monotonic()
            sts.get_caller_identity()
            took.append(time.monotonic() - began)
    return round(sorted(took)[len(took) // 2] * 1000, 1)


def _filled(server: Server, name: str, length: int, directory: Path) -> str:
    sqs = server.client("sqs")
    url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    until = time.monotonic() + _FILL_SECONDS
    while _length(sqs, url) < length and time.monotonic() < until:
        per_second(server, [_send(url, 10)], directory, seconds=1)
    return url


def _length(sqs: Any, url: str) -> int:
    names = ["ApproximateNumberOfMessages"]
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"][names[0]])


def _idle(server: Server) -> None:
    """Wait until the server has done what wrk left behind when its time was over."""
    sts = server.client("sts")
    for _ in range(60):
        began = time.monotonic()
        sts.get_caller_identity()
        if time.monotonic() - began < 0.1:
            return


def _send(url: str, batch: int) -> Call:
    if batch == 1:
        return Call("sqs", "AmazonSQS.SendMessage", {"QueueUrl": url, "MessageBody": _BODY})
    entries = [{"Id": str(n), "MessageBody": _BODY} for n in range(batch)]
    return Call("sqs", "AmazonSQS.SendMessageBatch", {"QueueUrl": url, "Entries": entries})


def _receive(url: str) -> Call:
    return Call("sqs", "AmazonSQS.ReceiveMessage", {"QueueUrl": url, "MaxNumberOfMessages": 1})


@contextmanager
def _long_polls(server: Server, directory: Path) -> Iterator[None]:
    url = _filled(server, "polled", 0, directory)
    host = urlsplit(server.endpoint)
    open_polls = []
    for _ in range(_POLLS):
        connection = http.client.HTTPConnection(str(host.hostname), host.port, timeout=60)
        connection.request(
            "POST", "/", json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20}),
            {
                "X-Amz-Target": "AmazonSQS.ReceiveMessage", "Content-Type": "application/x-amz-json-1.0",
                "Authorization": "AWS4-HMAC-SHA256 Credential=t/20260101/us-east-1/sqs/aws4_request, SignedHeaders=h, "
                "Signature=s",
            },
        )  # fmt: skip
        open_polls.append(connection)
    yield
    for connection in open_polls:
        connection.close()
