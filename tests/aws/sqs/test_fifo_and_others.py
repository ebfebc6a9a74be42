"""FIFO queues, the older protocol, clients that leave, and what other services send."""

import http.client
import json
import time
import urllib.parse
import urllib.request
import uuid

import pytest
from botocore.exceptions import ClientError

from tests.aws.sqs.asking import arn, code, counts, receive

SIGNED = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=x"
)


def test_fifo_keeps_order_within_a_group_and_closes_it(sqs, make):
    url = make(".fifo", FifoQueue="true", VisibilityTimeout="1")
    for number in range(3):
        for group in "ab":
            sqs.send_message(
                QueueUrl=url, MessageBody=f"{group}{number}", MessageGroupId=group,
                MessageDeduplicationId=f"{group}{number}",
            )  # fmt: skip
    first = receive(sqs, url, 1)
    assert [m["Body"] for m in first] == ["a0"]
    second = receive(sqs, url, 10)
    assert [m["Body"] for m in second] == ["b0", "b1", "b2"]
    assert receive(sqs, url, 10) == []
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first[0]["ReceiptHandle"])
    assert [m["Body"] for m in receive(sqs, url, 10)] == ["a1", "a2"]
    time.sleep(1.1)
    assert [m["Body"] for m in receive(sqs, url, 10) if m["Body"][0] == "b"] == ["b0", "b1", "b2"]


def test_fifo_stores_the_same_message_once(sqs, make):
    url = make(".fifo", FifoQueue="true", ContentBasedDeduplication="true")
    sent = [sqs.send_message(QueueUrl=url, MessageBody="same", MessageGroupId="g") for _ in range(3)]
    assert len({each["SequenceNumber"] for each in sent}) == 1
    assert len({each["MessageId"] for each in sent}) == 1
    (got,) = receive(sqs, url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=got["ReceiptHandle"])
    sqs.send_message(QueueUrl=url, MessageBody="same", MessageGroupId="g")
    assert counts(sqs, url) == (0, 0, 0)
    with pytest.raises(ClientError) as refused:
        sqs.send_message(QueueUrl=url, MessageBody="x")
    assert code(refused) == "MissingParameter"


def test_the_query_protocol_of_older_clients(embedded):
    def call(action, path="/", **given):
        body = urllib.parse.urlencode({"Action": action, "Version": "2012-11-05", **given}).encode()
        request = urllib.request.Request(embedded.endpoint + path, body, {"Authorization": SIGNED})
        return urllib.request.urlopen(request, timeout=5).read().decode()

    name = f"old-{uuid.uuid4().hex[:8]}"
    made = call(
        "CreateQueue", QueueName=name, **{"Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": "5"}
    )
    assert f"/123456789012/{name}</QueueUrl>" in made
    path = f"/123456789012/{name}"
    call("SendMessageBatch", path, **{
        "SendMessageBatchRequestEntry.1.Id": "a", "SendMessageBatchRequestEntry.1.MessageBody": "x<y",
    })  # fmt: skip
    assert "<Name>VisibilityTimeout</Name><Value>5</Value>" in call(
        "GetQueueAttributes", path, **{"AttributeName.1": "All"}
    )
    received = call("ReceiveMessage", path)
    assert "<Body>x&lt;y</Body>" in received
    with pytest.raises(urllib.error.HTTPError) as refused:
        call("DeleteMessage", path, ReceiptHandle="nonsense")
    assert "<Code>ReceiptHandleIsInvalid</Code>" in refused.value.read().decode()
    call("DeleteQueue", path)


def test_a_client_that_left_gets_no_message(sqs, make, embedded):
    url = make()
    connection = http.client.HTTPConnection("127.0.0.1", embedded.port)
    connection.request("POST", "/", json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20}), {
        "X-Amz-Target": "AmazonSQS.ReceiveMessage", "Content-Type": "application/x-amz-json-1.0",
        "Authorization": SIGNED,
    })  # fmt: skip
    time.sleep(0.2)
    connection.close()
    time.sleep(0.1)
    sqs.send_message(QueueUrl=url, MessageBody="for the living")
    assert counts(sqs, url) == (1, 0, 0)


def test_notifications_reach_a_queue(sqs, aws, make):
    url = make()
    topic = aws("sns").create_topic(Name=f"t-{uuid.uuid4().hex[:8]}")["TopicArn"]
    queue = arn(sqs, url)
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
              "Action": "sqs:SendMessage", "Resource": queue}]}  # fmt: skip
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    aws("sns").publish(TopicArn=topic, Message="hello")
    (got,) = receive(sqs, url, WaitTimeSeconds=3)
    assert json.loads(got["Body"])["Message"] == "hello"


def test_a_message_without_a_group_is_refused_for_that_first(sqs, make):
    url = make(".fifo", FifoQueue="true")
    with pytest.raises(ClientError, match="MessageGroupId") as refused:
        sqs.send_message(QueueUrl=url, MessageBody="alone")
    assert refused.value.response["Error"]["Code"] == "MissingParameter"
