"""Topics and their subscribers, on a running embedded AWS."""

import json
import urllib.request
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from launchbook.local import control
from tests.aws.events.test_rules import queue, receiver
from tests.support.eventually import eventually

__all__ = ["receiver"]


@pytest.fixture
def sns(aws):
    return aws("sns")


@pytest.fixture
def topic(sns):
    return sns.create_topic(Name=f"topic-{uuid4()}")["TopicArn"]


def subscriptions(sns, topic):
    return sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]


def test_a_queue_gets_the_envelope_or_the_bare_message(aws, sns, topic):
    plain, wrapped = queue(aws, f"q-{uuid4()}", "sns.amazonaws.com")
    raw, bare = queue(aws, f"q-{uuid4()}", "sns.amazonaws.com")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=plain)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=raw, Attributes={"RawMessageDelivery": "true"})
    attributes = {"kind": {"DataType": "String", "StringValue": "x"}}
    sns.publish(TopicArn=topic, Message="hello", Subject="greeting", MessageAttributes=attributes)
    envelope = json.loads(eventually(wrapped)[0]["Body"])
    assert (envelope["Type"], envelope["Message"], envelope["Subject"]) == (
        "Notification",
        "hello",
        "greeting",
    )
    assert envelope["MessageAttributes"] == {"kind": {"Type": "String", "Value": "x"}}
    message = eventually(bare)[0]
    assert message["Body"] == "hello"
    assert message["MessageAttributes"]["kind"]["StringValue"] == "x"


def test_a_queue_whose_policy_does_not_admit_the_topic_gets_nothing(aws, sns, topic, embedded):
    closed, arrived = queue(aws, f"q-{uuid4()}")
    dead, buried = queue(aws, f"q-{uuid4()}", "sns.amazonaws.com")
    redrive = json.dumps({"deadLetterTargetArn": dead})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=closed, Attributes={"RedrivePolicy": redrive})
    sns.publish(TopicArn=topic, Message="hello")
    assert json.loads(eventually(buried)[0]["Body"])["Message"] == "hello"
    assert arrived() == []
    rows = control.ask(embedded, "status")["resources"]
    assert [row["id"] for row in rows if row.get("from") == topic] == [closed]


def test_filters_hold_messages_back(aws, sns, topic):
    arn, arrived = queue(aws, f"q-{uuid4()}", "sns.amazonaws.com")
    wanted = {"FilterPolicy": json.dumps({"kind": ["order"]}), "RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=wanted)
    for kind in ("invoice", "order"):
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        sns.publish(TopicArn=topic, Message=kind, MessageAttributes=attributes)
    assert [message["Body"] for message in eventually(arrived)] == ["order"]


def test_mail_waits_for_a_confirmation_that_never_comes(sns, topic):
    answer = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="oncall@example.com")
    assert answer["SubscriptionArn"] == "pending confirmation"
    assert [row["SubscriptionArn"] for row in subscriptions(sns, topic)] == ["PendingConfirmation"]
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (attributes["SubscriptionsPending"], attributes["SubscriptionsConfirmed"]) == ("1", "0")


def test_an_http_endpoint_confirms_and_is_then_told(sns, topic, receiver):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
    _, headers, body = eventually(lambda: receiver.received)[0]
    request = json.loads(body)
    assert headers["x-amz-sns-message-type"] == request["Type"] == "SubscriptionConfirmation"
    sns.publish(TopicArn=topic, Message="too early")
    with pytest.raises(ClientError, match="Token"):
        sns.confirm_subscription(TopicArn=topic, Token="wrong")
    with urllib.request.urlopen(request["SubscribeURL"], timeout=5) as answer:
        assert answer.status == 200
    assert subscriptions(sns, topic)[0]["SubscriptionArn"].startswith(topic)
    sns.publish(TopicArn=topic, Message="now")
    received = eventually(lambda: receiver.received, lambda got: len(got) == 2)
    assert json.loads(received[1][2])["Message"] == "now"


def test_other_hosts_are_refused_and_recorded(sns, topic, embedded):
    for endpoint in ("https://hooks.example.com/x", "http://192.0.2.7/x", "http://127.0.0.1.example.com/"):
        protocol = endpoint.split(":")[0]
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    rows = control.ask(embedded, "status")["resources"]
    mine = [row for row in rows if row.get("from") == topic]
    assert len(mine) == 3
    assert all("loopback" in row["state"] for row in mine)
    assert {row["SubscriptionArn"] for row in subscriptions(sns, topic)} == {"PendingConfirmation"}
