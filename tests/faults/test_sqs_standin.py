"""The stand-in behaves as SQS where the order platform relies on it, judged through boto3."""

import contextlib
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.queue import QueueStandIn

#: Long enough for a busy machine to delete or extend in time what it has just received.
_VISIBILITY = 1.5


@pytest.fixture
def stand_in() -> Iterator[QueueStandIn]:
    with QueueStandIn(visibility=_VISIBILITY, max_receive_count=2) as queue:
        yield queue


@pytest.fixture
def sqs(stand_in: QueueStandIn):
    return client(stand_in)


def client(stand_in: QueueStandIn, *, read_timeout: float = 25):
    return boto3.client(
        "sqs", endpoint_url=stand_in.endpoint, region_name="us-east-1",
        aws_access_key_id="test", aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 0}, read_timeout=read_timeout, connect_timeout=10),
    )  # fmt: skip


def receive(sqs, url: str, **options):
    answer = sqs.receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"], **options
    )
    return answer.get("Messages", [])


def test_a_message_travels_whole_and_is_gone_after_its_deletion(stand_in, sqs):
    attributes = {"correlationId": {"DataType": "String", "StringValue": "c-1"}}
    sent = sqs.send_message(QueueUrl=stand_in.url, MessageBody="hello", MessageAttributes=attributes)
    (got,) = receive(sqs, stand_in.url)
    assert (got["MessageId"], got["Body"]) == (sent["MessageId"], "hello")
    assert got["MessageAttributes"]["correlationId"]["StringValue"] == "c-1"
    assert got["Attributes"]["ApproximateReceiveCount"] == "1"
    sqs.delete_message(QueueUrl=stand_in.url, ReceiptHandle=got["ReceiptHandle"])
    time.sleep(_VISIBILITY * 1.2)
    assert receive(sqs, stand_in.url) == []


def test_an_undeleted_message_comes_back_and_then_goes_to_the_dead_letter_queue(stand_in, sqs):
    sqs.send_message(QueueUrl=stand_in.url, MessageBody="poison")
    receipts = set()
    for _ in range(2):
        (got,) = receive(sqs, stand_in.url, WaitTimeSeconds=10)
        receipts.add(got["ReceiptHandle"])
    assert len(receipts) == 2
    time.sleep(_VISIBILITY * 1.2)
    assert receive(sqs, stand_in.url) == []
    (dead,) = receive(sqs, stand_in.dead_letter_url)
    assert dead["Body"] == "poison"


@pytest.mark.parametrize(("share", "left"), [(0.0, 1), (1.0, 0)])
def test_an_outdated_receipt_keeps_nothing_hidden_and_may_or_may_not_delete(share, left):
    with QueueStandIn(visibility=_VISIBILITY, outdated_deletes=share) as stand_in:
        sqs = client(stand_in)
        sqs.send_message(QueueUrl=stand_in.url, MessageBody="x")
        (first,) = receive(sqs, stand_in.url)
        assert len(receive(sqs, stand_in.url, WaitTimeSeconds=10)) == 1
        outdated = {"QueueUrl": stand_in.url, "ReceiptHandle": first["ReceiptHandle"]}
        with pytest.raises(ClientError, match="MessageNotInflight"):
            sqs.change_message_visibility(**outdated, VisibilityTimeout=5)
        sqs.delete_message(**outdated)
        assert stand_in.state()["queues"]["orders"]["in_flight"] == left


def test_a_longer_visibility_holds_and_zero_gives_the_message_back(stand_in, sqs):
    sqs.send_message(QueueUrl=stand_in.url, MessageBody="x")
    (got,) = receive(sqs, stand_in.url)
    handle = {"QueueUrl": stand_in.url, "ReceiptHandle": got["ReceiptHandle"]}
    sqs.change_message_visibility(**handle, VisibilityTimeout=10)
    time.sleep(_VISIBILITY * 1.2)
    assert receive(sqs, stand_in.url) == []
    sqs.change_message_visibility(**handle, VisibilityTimeout=0)
    assert len(receive(sqs, stand_in.url)) == 1


def test_batches_answer_for_each_entry(stand_in, sqs):
    entries = [{"Id": str(n), "MessageBody": f"m{n}"} for n in range(10)]
    assert len(sqs.send_message_batch(QueueUrl=stand_in.url, Entries=entries)["Successful"]) == 10
    got = receive(sqs, stand_in.url, MaxNumberOfMessages=10)
    assert sorted(m["Body"] for m in got) == sorted(f"m{n}" for n in range(10))
    handles = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(got)]
    handles[0]["ReceiptHandle"] = "never given"
    answer = sqs.delete_message_batch(QueueUrl=stand_in.url, Entries=handles)
    assert len(answer["Successful"]) == 9
    assert answer["Failed"][0]["Code"] == "ReceiptHandleIsInvalid"


def test_a_long_poll_ends_when_a_message_arrives(stand_in, sqs):
    began = time.monotonic()
    request = stand_in.send_later(0.3, "late riser")
    (got,) = receive(sqs, stand_in.url, WaitTimeSeconds=20)
    request.join()
    assert got["Body"] == "late riser"
    assert 0.25 < time.monotonic() - began < 15


@pytest.mark.parametrize("kind", ["refuse", "hang", "error", "lost"])
def test_each_outage_fails_the_request_and_ends_by_itself(stand_in, sqs, kind):
    impatient = client(stand_in, read_timeout=1)
    stand_in.fault(kind, 2)
    with pytest.raises((ClientError, BotoCoreError)):
        impatient.send_message(QueueUrl=stand_in.url, MessageBody="x")
    time.sleep(2.2)
    sqs.send_message(QueueUrl=stand_in.url, MessageBody="y")
    bodies = stand_in.state()["queues"]["orders"]["bodies"]
    assert bodies == (["x", "y"] if kind == "lost" else ["y"])


def test_a_refusing_queue_drops_open_long_polls_at_once(stand_in):
    poll = client(stand_in, read_timeout=25)
    polling = threading.Thread(target=lambda: suppressed(receive, poll, stand_in.url, WaitTimeSeconds=20))
    polling.start()
    time.sleep(0.3)
    began = time.monotonic()
    stand_in.fault("refuse", 0.5)
    polling.join()
    assert time.monotonic() - began < 18


def suppressed(call, *arguments, **options):
    with contextlib.suppress(ClientError, BotoCoreError):
        call(*arguments, **options)


def test_duplicate_delivers_the_same_message_twice_and_late_holds_it_back(stand_in, sqs):
    sqs.send_message(QueueUrl=stand_in.url, MessageBody="x")
    stand_in.fault("duplicate", 2)
    (first,) = receive(sqs, stand_in.url)
    (second,) = receive(sqs, stand_in.url)
    assert first["MessageId"] == second["MessageId"]
    assert first["ReceiptHandle"] != second["ReceiptHandle"]
    for message in (first, second):
        sqs.delete_message(QueueUrl=stand_in.url, ReceiptHandle=message["ReceiptHandle"])
    time.sleep(2.2)
    stand_in.fault("late", 2, delay=3)
    sqs.send_message(QueueUrl=stand_in.url, MessageBody="slow")
    assert [m["Body"] for m in receive(sqs, stand_in.url) if m["Body"] == "slow"] == []
    assert any(m["Body"] == "slow" for m in receive(sqs, stand_in.url, WaitTimeSeconds=10))


def test_an_unsigned_or_unknown_request_is_refused(stand_in):
    for headers in ({"X-Amz-Target": "AmazonSQS.SendMessage"}, {}):
        request = urllib.request.Request(stand_in.endpoint, b"{}", headers, method="POST")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=2)
        assert json.load(refused.value)["__type"].startswith("com.amazonaws.sqs#")
