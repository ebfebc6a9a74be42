"""Injected faults, the log of requests and the loopback guard, on an embedded AWS of their own."""

import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError

from launchbook.errors import LocalAwsError
from launchbook.local import control
from tests.aws.conftest import client_factory
from tests.support.embedded import embedded as embedded_aws


@pytest.fixture(scope="module")
def host():
    with embedded_aws() as started:
        yield started


@pytest.fixture
def call(host):
    yield client_factory(host.endpoint)
    control.ask(host, "faults", method="DELETE")


def inject(host, kind, operation, **more):
    return control.ask(host, "faults", body={"kind": kind, "operation": operation, **more})


def code(raised):
    return raised.value.response["Error"]["Code"]


@pytest.mark.parametrize(
    ("service", "operation", "throttling", "denial"),
    [
        ("sqs", "list_queues", "ThrottlingException", "AccessDenied"),
        ("ecs", "list_clusters", "ThrottlingException", "AccessDeniedException"),
        ("sns", "list_topics", "Throttling", "AccessDenied"),
        ("ec2", "describe_vpcs", "RequestLimitExceeded", "UnauthorizedOperation"),
        ("s3", "list_buckets", "SlowDown", "AccessDenied"),
        ("sesv2", "get_account", "TooManyRequestsException", "AccessDeniedException"),
    ],
)
def test_throttled_and_denied_as_each_service_says_it(host, call, service, operation, throttling, denial):
    for kind, expected in (("throttle", throttling), ("deny", denial)):
        inject(host, kind, f"{service}:*", times=1)
        with pytest.raises(ClientError) as raised:
            getattr(call(service), operation)()
        assert code(raised) == expected
        getattr(call(service), operation)()
        control.ask(host, "faults", method="DELETE")


def test_delayed(host, call):
    call("sqs").list_queues()
    inject(host, "delay", "sqs:ListQueues", seconds=0.4, times=1)
    started = time.monotonic()
    call("sqs").list_queues()
    assert 0.4 <= time.monotonic() - started < 10


def test_reset_and_truncated(host, call):
    inject(host, "reset", "sqs:*")
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        call("sqs").list_queues()
    control.ask(host, "faults", method="DELETE")
    inject(host, "truncate", "sts:GetCallerIdentity")
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        call("sts").get_caller_identity()


def test_a_rate_is_a_rate(host, call):
    inject(host, "throttle", "sqs:ListQueues", rate=0.3)
    failed = 0
    for _ in range(200):
        try:
            call("sqs").list_queues()
        except ClientError:
            failed += 1
    assert 35 <= failed <= 85
    (rule,) = control.ask(host, "faults")
    assert rule["happened"] == failed


def test_a_fault_that_makes_no_sense_is_refused(host):
    for wrong in ({"kind": "explode"}, {"operation": "everything"}, {"rate": 0}):
        with pytest.raises(LocalAwsError):
            inject(host, **{"kind": "deny", "operation": "sqs:*", **wrong})


def test_the_log_names_the_call_its_caller_and_its_end(host, call):
    key = (
        call("iam").create_user(UserName="ann") and call("iam").create_access_key(UserName="ann")["AccessKey"]
    )
    mine = client_factory(host.endpoint)
    with pytest.raises(ClientError):
        mine("s3", key=key["AccessKeyId"]).head_bucket(Bucket="none")
    row = control.ask(host, "requests", {"limit": 1})[0]
    assert (row["service"], row["operation"], row["status"]) == ("s3", "HeadBucket", 404)
    assert row["caller"] == "arn:aws:iam::123456789012:user/ann"
    assert row["agent"].startswith("Boto3/")
    assert control.ask(host, "requests", {"after": row["serial"]}) == []


def test_nothing_is_delivered_to_another_host(host, call):
    # 192.0.2.0/24 is reserved for documentation: nobody is there.
    topic = call("sns").create_topic(Name="t")["TopicArn"]
    call("sns").subscribe(TopicArn=topic, Protocol="http", Endpoint="http://192.0.2.1/hook")
    call("sns").publish(TopicArn=topic, Message="x")
    status = control.ask(host, "status")
    said = status["refused"] + [row for row in status["resources"] if "refused" in str(row)]
    assert "192.0.2.1" in str(said)
