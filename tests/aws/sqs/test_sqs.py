"""SQS as its clients see it, over HTTP, through boto3."""

import json
import threading
import time

import pytest
from botocore.exceptions import ClientError

from tests.aws.sqs.asking import arn, code, counts, receive


def test_a_message_comes_with_its_attributes_and_digests(sqs, make):
    url = make()
    attributes = {
        "kind": {"DataType": "String", "StringValue": "order"},
        "raw": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
    }
    sent = sqs.send_message(QueueUrl=url, MessageBody="grüße <&>", MessageAttributes=attributes)
    (got,) = receive(sqs, url, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"])
    assert got["Body"] == "grüße <&>"
    assert got["MessageAttributes"] == attributes
    assert got["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert got["Attributes"]["ApproximateReceiveCount"] == "1"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=got["ReceiptHandle"])
    assert counts(sqs, url) == (0, 0, 0)


def test_counts_follow_a_message_through_its_states(sqs, make):
    url = make(VisibilityTimeout="1")
    sqs.send_message(QueueUrl=url, MessageBody="now")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=1)
    assert counts(sqs, url) == (1, 0, 1)
    receive(sqs, url)
    assert counts(sqs, url) == (0, 1, 1)
    time.sleep(1.1)
    assert counts(sqs, url) == (2, 0, 0)


def test_long_poll_returns_when_a_message_comes(sqs, aws, make):
    url = make()
    timer = threading.Timer(0.3, lambda: aws("sqs").send_message(QueueUrl=url, MessageBody="x"))
    timer.start()
    started = time.monotonic()
    assert [m["Body"] for m in receive(sqs, url, WaitTimeSeconds=5)] == ["x"]
    assert 0.2 < time.monotonic() - started < 4.5


def test_long_poll_sees_a_message_become_visible_again(sqs, make):
    url = make(VisibilityTimeout="1")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    receive(sqs, url)
    started = time.monotonic()
    (again,) = receive(sqs, url, WaitTimeSeconds=5, MessageSystemAttributeNames=["ApproximateReceiveCount"])
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    assert time.monotonic() - started < 4.5


def test_open_long_polls_hold_nobody_up(sqs, aws, make):
    url = make()
    aws("sts").get_caller_identity()  # loads the service
    polls = [
        threading.Thread(target=lambda: aws("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20))
        for _ in range(9)
    ]
    for poll in polls:
        poll.start()
    time.sleep(0.2)
    started = time.monotonic()
    aws("sts").get_caller_identity()
    assert time.monotonic() - started < 10
    for _ in polls:
        sqs.send_message(QueueUrl=url, MessageBody="enough")
    for poll in polls:
        poll.join()


def test_visibility_can_be_changed_while_in_flight_only(sqs, make):
    url = make()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (got,) = receive(sqs, url)
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=got["ReceiptHandle"], VisibilityTimeout=0)
    with pytest.raises(ClientError) as refused:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=got["ReceiptHandle"], VisibilityTimeout=5)
    assert code(refused) == "InvalidParameterValue"
    assert counts(sqs, url) == (1, 0, 0)


def test_an_outdated_receipt_deletes_nothing(sqs, make):
    url = make(VisibilityTimeout="0")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (first,) = receive(sqs, url)
    (second,) = receive(sqs, url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    assert counts(sqs, url)[0] == 1
    sqs.delete_message(QueueUrl=url, ReceiptHandle=second["ReceiptHandle"])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=second["ReceiptHandle"])
    assert counts(sqs, url) == (0, 0, 0)
    with pytest.raises(ClientError) as refused:
        sqs.delete_message(QueueUrl=url, ReceiptHandle="nonsense")
    assert code(refused) == "ReceiptHandleIsInvalid"


def test_what_is_received_too_often_becomes_a_dead_letter(sqs, make):
    dead = make()
    redrive = json.dumps({"deadLetterTargetArn": arn(sqs, dead), "maxReceiveCount": "2"})
    url = make(RedrivePolicy=redrive, VisibilityTimeout="0")
    sent = sqs.send_message(QueueUrl=url, MessageBody="poison")
    assert len(receive(sqs, url)) == 1
    assert len(receive(sqs, url)) == 1
    assert receive(sqs, url) == []
    (got,) = receive(sqs, dead, MessageSystemAttributeNames=["All"])
    assert got["MessageId"] == sent["MessageId"]
    assert got["Attributes"]["DeadLetterQueueSourceArn"] == arn(sqs, url)
    policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"][
        "RedrivePolicy"
    ]
    assert policy == '{"deadLetterTargetArn":"' + arn(sqs, dead) + '","maxReceiveCount":2}'
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]


def test_a_dead_letter_queue_may_refuse_a_source(sqs, make):
    dead = make(RedriveAllowPolicy=json.dumps({"redrivePermission": "denyAll"}))
    redrive = json.dumps({"deadLetterTargetArn": arn(sqs, dead), "maxReceiveCount": 1})
    with pytest.raises(ClientError) as refused:
        make(RedrivePolicy=redrive)
    assert code(refused) == "InvalidParameterValue"
    sqs.set_queue_attributes(QueueUrl=dead, Attributes={"RedriveAllowPolicy": ""})
    url = make(RedrivePolicy=redrive, VisibilityTimeout="0")
    sqs.set_queue_attributes(
        QueueUrl=dead, Attributes={"RedriveAllowPolicy": json.dumps({"redrivePermission": "denyAll"})}
    )
    sqs.send_message(QueueUrl=url, MessageBody="stays")
    for _ in range(3):
        assert len(receive(sqs, url)) == 1
    assert counts(sqs, dead) == (0, 0, 0)


def test_dead_letters_are_moved_back(sqs, make):
    dead = make()
    redrive = json.dumps({"deadLetterTargetArn": arn(sqs, dead), "maxReceiveCount": 1})
    url = make(RedrivePolicy=redrive, VisibilityTimeout="0")
    for number in range(5):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    receive(sqs, url)
    assert receive(sqs, url) == []
    assert counts(sqs, dead)[0] == 5
    sqs.start_message_move_task(SourceArn=arn(sqs, dead))
    deadline = time.monotonic() + 3
    while counts(sqs, url)[0] < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert counts(sqs, url)[0] == 5
    (task,) = sqs.list_message_move_tasks(SourceArn=arn(sqs, dead))["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 5)


def test_batches_succeed_and_fail_by_entry(sqs, make):
    url = make()
    result = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "good", "MessageBody": "x"},
            {"Id": "late", "MessageBody": "x", "DelaySeconds": 901},
            {"Id": "bad", "MessageBody": "\x01"},
        ],
    )
    assert [entry["Id"] for entry in result["Successful"]] == ["good"]
    assert {entry["Id"]: entry["Code"] for entry in result["Failed"]} == {
        "late": "InvalidParameterValue",
        "bad": "InvalidMessageContents",
    }
    with pytest.raises(ClientError) as refused:
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "x"}] * 2)
    assert code(refused) == "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"


def test_settings_are_checked_and_answered(sqs, make):
    url = make(Policy='{"Version":"2012-10-17","Statement":[]}', KmsMasterKeyId="alias/aws/sqs")
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert found["SqsManagedSseEnabled"] == "false"
    assert found["VisibilityTimeout"] == "30"
    assert "RedrivePolicy" not in found
    for wrong, expected in (
        ({"VisibilityTimeout": "43201"}, "InvalidAttributeValue"),
        ({"ApproximateAgeOfOldestMessage": "1"}, "InvalidAttributeName"),
        ({"Policy": "{"}, "InvalidAttributeValue"),
    ):
        with pytest.raises(ClientError) as refused:
            sqs.set_queue_attributes(QueueUrl=url, Attributes=wrong)
        assert code(refused) == expected
    with pytest.raises(ClientError) as refused:
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateAgeOfOldestMessage"])
    assert code(refused) == "InvalidAttributeName"


def test_making_a_queue_again(sqs, make):
    url = make(VisibilityTimeout="7")
    name = url.rpartition("/")[2]
    assert sqs.create_queue(QueueName=name)["QueueUrl"] == url
    with pytest.raises(sqs.exceptions.QueueNameExists):
        sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "8"})


def test_purge_tags_and_listing(sqs, make):
    url = make()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.purge_queue(QueueUrl=url)
    assert counts(sqs, url) == (0, 0, 0)
    with pytest.raises(sqs.exceptions.PurgeQueueInProgress):
        sqs.purge_queue(QueueUrl=url)
    sqs.tag_queue(QueueUrl=url, Tags={"a": "1", "b": "2"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["a"])
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"b": "2"}
    others = [make() for _ in range(3)]
    pages = list(sqs.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2}))
    listed = [each for page in pages for each in page.get("QueueUrls", [])]
    assert {url, *others} <= set(listed)
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
