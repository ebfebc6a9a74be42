"""Who a topic or queue policy lets in, as data."""

import json

import pytest

from launchbook.local.planes.sns.policy import admits

TOPIC = "arn:aws:sns:eu-west-1:123456789012:pager"
ALARM = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:high"
DEFAULT = {
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": ["SNS:Publish", "SNS:Subscribe"],
    "Resource": TOPIC,
    "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}},
}


def allow(service, **more):
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Resource": TOPIC,
    } | more


@pytest.mark.parametrize(
    ("statements", "service", "admitted"),
    [
        ([DEFAULT], "cloudwatch.amazonaws.com", True),
        ([DEFAULT], "events.amazonaws.com", True),
        ([allow("cloudwatch.amazonaws.com")], "cloudwatch.amazonaws.com", True),
        ([allow("cloudwatch.amazonaws.com")], "events.amazonaws.com", False),
        ([allow("events.amazonaws.com")], "cloudwatch.amazonaws.com", False),
        ([allow(["events.amazonaws.com", "cloudwatch.amazonaws.com"])], "cloudwatch.amazonaws.com", True),
        ([allow("cloudwatch.amazonaws.com", Action="sns:Subscribe")], "cloudwatch.amazonaws.com", False),
        ([allow("cloudwatch.amazonaws.com", Action="sns:*")], "cloudwatch.amazonaws.com", True),
        ([allow("cloudwatch.amazonaws.com", Resource=TOPIC + "-other")], "cloudwatch.amazonaws.com", False),
        (
            [allow("cloudwatch.amazonaws.com"), allow("cloudwatch.amazonaws.com", Effect="Deny")],
            "cloudwatch.amazonaws.com",
            False,
        ),
        (
            [
                allow(
                    "cloudwatch.amazonaws.com",
                    Condition={"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*"}},
                )
            ],
            "cloudwatch.amazonaws.com",
            True,
        ),
        (
            [allow("cloudwatch.amazonaws.com", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:events:*"}})],
            "cloudwatch.amazonaws.com",
            False,
        ),
        (
            [
                allow(
                    "cloudwatch.amazonaws.com",
                    Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}},
                )
            ],
            "cloudwatch.amazonaws.com",
            True,
        ),
        (
            [
                allow(
                    "cloudwatch.amazonaws.com",
                    Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}},
                )
            ],
            "cloudwatch.amazonaws.com",
            False,
        ),
        (
            [allow("cloudwatch.amazonaws.com", Condition={"Bool": {"aws:SecureTransport": "true"}})],
            "cloudwatch.amazonaws.com",
            False,
        ),
        (
            [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
            "events.amazonaws.com",
            True,
        ),
        (
            [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                    "Action": "sns:Publish",
                    "Resource": TOPIC,
                }
            ],
            "events.amazonaws.com",
            False,
        ),
        ([], "cloudwatch.amazonaws.com", False),
    ],
)
def test_a_policy_that_admits_one_service_shuts_the_others_out(statements, service, admitted):
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found = admits(
        policy,
        service=service,
        action="sns:Publish",
        resource=TOPIC,
        source_arn=ALARM,
        account="123456789012",
    )
    assert found is admitted


@pytest.mark.parametrize("policy", [None, "", "not json", "[]", "{}"])
def test_no_policy_admits_nobody(policy):
    assert not admits(policy, service="events.amazonaws.com", action="sqs:SendMessage", resource=TOPIC)
