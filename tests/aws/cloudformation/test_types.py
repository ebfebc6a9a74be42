"""Templates with the types that moto lacks: made, changed and ended through the same API that everybody calls."""

import json
from uuid import uuid4

import pytest

from launchbook.local.planes.cloudformation.shapes import parameters

ACCOUNT, REGION = "123456789012", "eu-west-1"


def statement(service, action, resource):
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": action, "Resource": resource}


def messaging():
    """A topic that CloudWatch may publish to, and a queue that gets what it publishes."""
    queue = {"Fn::GetAtt": ["Queue", "Arn"]}
    topic_policy = {"Statement": [statement("cloudwatch.amazonaws.com", "sns:Publish", {"Ref": "Topic"})]}
    queue_policy = {"Statement": [statement("sns.amazonaws.com", "sqs:SendMessage", queue)]}
    subscription = {
        "TopicArn": {"Ref": "Topic"},
        "Protocol": "sqs",
        "Endpoint": queue,
        "RawMessageDelivery": True,
    }
    return {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "TopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [{"Ref": "Topic"}], "PolicyDocument": topic_policy},
        },
        "Queue": {"Type": "AWS::SQS::Queue"},
        "QueuePolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": queue_policy},
        },
        "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": subscription},
    }


def watching(threshold):
    """An alarm with numbers as templates often have them, a composite alarm, and a metric filter."""
    alarm = {
        "Namespace": "Shop",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "Period": "60",
        "EvaluationPeriods": 1,
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanThreshold",
        "ActionsEnabled": "true",
        "Dimensions": [{"Name": "Service", "Value": "api"}],
        "AlarmActions": [{"Ref": "Topic"}],
    }
    transformation = {"MetricName": "Errors", "MetricNamespace": "Shop", "MetricValue": "1"}
    counted = {
        "LogGroupName": {"Ref": "Group"},
        "FilterPattern": "ERROR",
        "MetricTransformations": [transformation],
    }
    rule = {"AlarmRule": {"Fn::Sub": "ALARM(${High})"}}
    return {
        "High": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
        "Down": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": rule},
        "Group": {"Type": "AWS::Logs::LogGroup"},
        "Filter": {"Type": "AWS::Logs::MetricFilter", "Properties": counted},
    }


def template(threshold="5"):
    outputs = {"Alarm": {"Value": {"Fn::GetAtt": ["High", "Arn"]}}, "Queue": {"Value": {"Ref": "Queue"}}}
    return json.dumps({"Resources": messaging() | watching(threshold), "Outputs": outputs})


@pytest.fixture
def stack(aws):
    name = f"stack-{uuid4().hex[:8]}"
    aws("cloudformation").create_stack(StackName=name, TemplateBody=template())
    yield name
    standing = aws("cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE", "UPDATE_COMPLETE"])
    if name in [each["StackName"] for each in standing["StackSummaries"]]:
        aws("cloudformation").delete_stack(StackName=name)


def alarms(aws, stack):
    found = aws("cloudwatch").describe_alarms(
        AlarmNamePrefix=stack, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return found["MetricAlarms"], found["CompositeAlarms"]


def test_a_stack_is_made_and_works(aws, stack):
    (described,) = aws("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    assert described["StackStatus"] == "CREATE_COMPLETE"
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}
    ((alarm,), (composite,)) = alarms(aws, stack)
    assert outputs["Alarm"] == alarm["AlarmArn"]
    assert (alarm["Period"], alarm["Threshold"], alarm["ActionsEnabled"]) == (60, 5, True)
    assert composite["AlarmRule"] == f"ALARM({alarm['AlarmName']})"
    (metric_filter,) = [
        each
        for each in aws("logs").describe_metric_filters()["metricFilters"]
        if each["filterName"].startswith(stack)
    ]
    assert metric_filter["metricTransformations"][0]["metricName"] == "Errors"
    aws("cloudwatch").set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="drill")
    (message,) = aws("sqs").receive_message(QueueUrl=outputs["Queue"], WaitTimeSeconds=5)["Messages"]
    assert json.loads(message["Body"])["NewStateReason"] == "drill"


def test_a_change_updates_in_place_and_deletion_leaves_nothing(aws, stack):
    aws("cloudformation").update_stack(StackName=stack, TemplateBody=template("9"))
    ((alarm,), _) = alarms(aws, stack)
    assert alarm["Threshold"] == 9
    aws("cloudformation").delete_stack(StackName=stack)
    assert alarms(aws, stack) == ([], [])
    filters = aws("logs").describe_metric_filters()["metricFilters"]
    assert [each for each in filters if each["filterName"].startswith(stack)] == []


def test_properties_take_the_types_of_the_api(aws):
    shape = aws("cloudwatch").meta.service_model.operation_model("PutMetricAlarm").input_shape
    given = {"alarmName": "a", "Period": "60", "Threshold": "1.5", "ActionsEnabled": "false", "Unknown": 1}
    assert parameters(shape, given) == {
        "AlarmName": "a",
        "Period": 60,
        "Threshold": 1.5,
        "ActionsEnabled": False,
    }
    scaling = (
        aws("application-autoscaling")
        .meta.service_model.operation_model("RegisterScalableTarget")
        .input_shape
    )
    assert parameters(scaling, {"Tags": [{"Key": "a", "Value": "b"}]}) == {"Tags": {"a": "b"}}
