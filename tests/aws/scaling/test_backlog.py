"""From one task to five and back to one: driven by a real backlog, through alarms, with tasks that really work."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.aws.ecs.conftest import Fleet
from tests.support.eventually import eventually

DIMENSION = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}

#: Takes ten messages, works on them for half a second, deletes them.
WORKER = """
import json, os, time, urllib.request
def call(operation, **body):
    headers = {
        "X-Amz-Target": "AmazonSQS." + operation,
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/sqs/aws4_request",
    }
    body["QueueUrl"] = os.environ["QUEUE_URL"]
    request = urllib.request.Request(os.environ["ENDPOINT"], json.dumps(body).encode(), headers)
    return json.loads(urllib.request.urlopen(request, timeout=30).read() or b"{}")
while True:
    for message in call("ReceiveMessage", MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
        time.sleep(0.05)
        call("DeleteMessage", ReceiptHandle=message["ReceiptHandle"])
"""


@pytest.fixture
def fleet(hurried_aws, tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(hurried_aws, tmp_path)
    yield made
    made.close()


def policy(scaling, resource, name, **step):
    return scaling.put_scaling_policy(
        PolicyName=name,
        ResourceId=resource,
        PolicyType="StepScaling",
        **DIMENSION,
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "Cooldown": 30,
            "MetricAggregationType": "Maximum",
            "StepAdjustments": [step],
        },
    )["PolicyARN"]


def scale_on_backlog(aws, resource, queue):
    """Two tasks more while 50 messages wait, two fewer while there are under five."""
    scaling, cloudwatch = aws("application-autoscaling"), aws("cloudwatch")
    scaling.register_scalable_target(ResourceId=resource, MinCapacity=1, MaxCapacity=5, **DIMENSION)
    out = policy(scaling, resource, "out", MetricIntervalLowerBound=0, ScalingAdjustment=2)
    back = policy(scaling, resource, "in", MetricIntervalUpperBound=0, ScalingAdjustment=-2)
    for action, threshold, comparison in (
        (out, 50, "GreaterThanOrEqualToThreshold"),
        (back, 5, "LessThanThreshold"),
    ):
        cloudwatch.put_metric_alarm(
            AlarmName=f"{queue}-{threshold}",
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            Dimensions=[{"Name": "QueueName", "Value": queue}],
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=2,
            Threshold=threshold,
            ComparisonOperator=comparison,
            AlarmActions=[action],
        )


def left(sqs, url):
    """Messages that wait or are being worked on."""
    wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
    return sum(int(value) for value in found.values())


@pytest.mark.slow
def test_a_backlog_is_worked_off_by_five_and_then_one_is_left(fleet, hurried, hurried_aws):
    sqs, name = hurried_aws("sqs"), f"backlog-{uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    environment = [{"name": "QUEUE_URL", "value": url}, {"name": "ENDPOINT", "value": hurried.endpoint}]
    fleet.serve(fleet.define(fleet.image("1", WORKER), environment=environment, port=0))
    fleet.steady()
    resource = f"service/{fleet.name}/web"
    scale_on_backlog(hurried_aws, resource, name)
    for start in range(0, 800, 10):
        entries = [{"Id": str(n), "MessageBody": str(start + n)} for n in range(10)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)

    eventually(lambda: fleet.service()["runningCount"], lambda count: count == 5, 30)
    assert len(fleet.tasks()) == 5
    eventually(lambda: left(sqs, url), lambda count: count == 0, 60)
    eventually(lambda: fleet.service()["runningCount"], lambda count: count == 1, 30)

    def activities():
        asked = {"ServiceNamespace": "ecs", "ResourceId": resource}
        return hurried_aws("application-autoscaling").describe_scaling_activities(**asked)[
            "ScalingActivities"
        ]

    assert [activity["Description"] for activity in reversed(activities())] == [
        f"Setting desired count to {count}." for count in (3, 5, 3, 1)
    ]
    eventually(lambda: activities()[0]["StatusCode"], lambda status: status == "Successful")
