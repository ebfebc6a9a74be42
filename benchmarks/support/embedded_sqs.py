"""SQS in six cases: one by one, in batches, through; on an empty queue and on one of 10,000 messages."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.support.embedded import Call, Server, per_second

LENGTHS = (0, 10_000)
_POLLS = 32
_BODY = json.dumps({"eventId": "0" * 32, "type": "OrderAccepted", "orderId": "1" * 32, "amount": "12.50"})


def measure(server: Server, directory: Path, seconds: int) -> dict[str, float]:
    """Messages a second by case, such as ``send at 10000``."""
    figures = {}
    for length in LENGTHS:
        for name, batch in (("send", 1), ("send in batches", 10)):
            url = _queue(server, f"{name.replace(' ', '-')}-{length}", length)
            calls = [_send(url, batch)]
            figures[f"{name} at {length}"] = batch * per_second(server, calls, directory, seconds=seconds)
        url = _queue(server, f"through-{length}", length)
        calls = [_send(url, 1), _receive(url)]
        # Send, receive, delete: three requests for one message.
        requests = per_second(server, calls, directory, seconds=seconds, queue=url)
        figures[f"send, receive, delete at {length}"] = requests / 3
    url = _queue(server, "beside-polls", 0)
    with _long_polls(server):
        figures[f"send beside {_POLLS} long polls"] = per_second(
            server, [_send(url, 1)], directory, seconds=seconds
        )
    return {name: round(value) for name, value in figures.items()}


def latency_beside_polls(server: Server) -> float:
    """Milliseconds of an STS call (median of 20) while 32 long polls are open."""
    sts = server.client("sts")
    sts.get_caller_identity()
    took = []
    with _long_polls(server):
        for _ in range(20):
            began = time.monotonic()
            sts.get_caller_identity()
            took.append(time.monotonic() - began)
    return round(sorted(took)[10] * 1000, 1)


def _queue(server: Server, name: str, length: int) -> str:
    sqs = server.client("sqs")
    url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    for _ in range(length // 10):
        sqs.send_message_batch(
            QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": _BODY} for n in range(10)]
        )
    return url


def _send(url: str, batch: int) -> Call:
    if batch == 1:
        return Call("sqs", "AmazonSQS.SendMessage", {"QueueUrl": url, "MessageBody": _BODY})
    entries = [{"Id": str(n), "MessageBody": _BODY} for n in range(batch)]
    return Call("sqs", "AmazonSQS.SendMessageBatch", {"QueueUrl": url, "Entries": entries})


def _receive(url: str) -> Call:
    return Call("sqs", "AmazonSQS.ReceiveMessage", {"QueueUrl": url, "MaxNumberOfMessages": 1})


@contextmanager
def _long_polls(server: Server) -> Iterator[None]:
    url = _queue(server, "polled", 0)
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
