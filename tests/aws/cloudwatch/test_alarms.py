"""Alarms that are evaluated, change state and act. A minute takes a second here."""

import json
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.support.eventually import eventually

ACCOUNT = "123456789012"


@pytest.fixture
def cloudwatch(hurried_aws):
    return hurried_aws("cloudwatch")


@pytest.fixture
def name():
    return f"alarm-{uuid4()}"


@pytest.fixture
def inbox(hurried_aws, name):
    """A topic whose messages arrive in a queue: (topic ARN, what has arrived so far)."""
    sns, sqs = hurried_aws("sns"), hurried_aws("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:{name}"
    admits = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:*",
        "Resource": arn,
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": [admits]})})
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    got = []

    def arrived():
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            got.append(json.loads(message["Body"]))
        return got

    return topic, arrived


def make(cloudwatch, name, **more):
    given = {
        "Namespace": "Shop",
        "MetricName": name,
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold",
    } | more
    cloudwatch.put_metric_alarm(AlarmName=name, **given)


def report(cloudwatch, name, value, **more):
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": name, "Value": value, **more}])


def described(cloudwatch, name):
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return alarm


def reaches(cloudwatch, name, state, publish=None):
    def look():
        if publish:
            publish()
        return described(cloudwatch, name)["StateValue"]

    return eventually(look, lambda seen: seen == state)


def test_a_new_alarm_knows_nothing(cloudwatch, name):
    make(cloudwatch, name)
    alarm = described(cloudwatch, name)
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
    assert alarm["StateReason"] == "Unchecked: Initial alarm creation"


def test_it_rings_tells_its_topic_and_recovers(cloudwatch, name, inbox):
    topic, arrived = inbox
    make(cloudwatch, name, AlarmActions=[topic], OKActions=[topic], TreatMissingData="notBreaching")
    reaches(cloudwatch, name, "OK")
    reaches(cloudwatch, name, "ALARM", lambda: report(cloudwatch, name, 9))
    told = eventually(arrived, lambda got: any(m["NewStateValue"] == "ALARM" for m in got))
    alarm = next(message for message in told if message["NewStateValue"] == "ALARM")
    assert (alarm["AlarmName"], alarm["OldStateValue"]) == (name, "OK")
    assert alarm["NewStateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints [")
    assert alarm["Trigger"]["MetricName"] == name
    reaches(cloudwatch, name, "OK")
    eventually(arrived, lambda got: [m["NewStateValue"] for m in got][-2:] == ["ALARM", "OK"])


def test_history_tells_changes_and_actions(cloudwatch, name, inbox):
    make(cloudwatch, name, AlarmActions=[inbox[0], "arn:aws:ssm:eu-west-1:123456789012:opsitem:1"])
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="drill")
    items = cloudwatch.describe_alarm_history(AlarmName=name, ScanBy="TimestampAscending")[
        "AlarmHistoryItems"
    ]
    summaries = [item["HistorySummary"] for item in items][:4]
    assert summaries[0] == f'Alarm "{name}" created'
    assert summaries[1] == "Alarm updated from INSUFFICIENT_DATA to ALARM"
    assert summaries[2] == f"Successfully executed action {inbox[0]}"
    assert summaries[3].startswith("Failed to execute action arn:aws:ssm")
    updates = cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="StateUpdate")
    assert {item["HistoryItemType"] for item in updates["AlarmHistoryItems"]} == {"StateUpdate"}


def test_disabled_actions_stay_silent(cloudwatch, name, inbox):
    topic, arrived = inbox
    make(cloudwatch, name, AlarmActions=[topic], ActionsEnabled=False)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="drill")
    cloudwatch.enable_alarm_actions(AlarmNames=[name])
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="drill")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="second drill")
    assert [m["NewStateReason"] for m in eventually(arrived)] == ["second drill"]


def test_a_topic_policy_that_admits_only_events_shuts_cloudwatch_out(cloudwatch, hurried_aws, name, inbox):
    topic, arrived = inbox
    statement = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    for service in ("events.amazonaws.com", "cloudwatch.amazonaws.com"):
        policy = {"Version": "2012-10-17", "Statement": [statement | {"Principal": {"Service": service}}]}
        hurried_aws("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy)
        )
        make(cloudwatch, f"{name}-{service}", AlarmActions=[topic])
        cloudwatch.set_alarm_state(AlarmName=f"{name}-{service}", StateValue="ALARM", StateReason=service)
    assert [m["NewStateReason"] for m in eventually(arrived)] == ["cloudwatch.amazonaws.com"]
    (failed,) = cloudwatch.describe_alarm_history(
        AlarmName=f"{name}-events.amazonaws.com", HistoryItemType="Action"
    )["AlarmHistoryItems"]
    assert "doesn't admit cloudwatch.amazonaws.com" in failed["HistorySummary"]


@pytest.mark.parametrize(
    ("treatment", "state"),
    [("missing", "INSUFFICIENT_DATA"), ("ignore", "OK"), ("breaching", "ALARM"), ("notBreaching", "OK")],
)
def test_when_data_stops(cloudwatch, name, treatment, state):
    make(cloudwatch, name, TreatMissingData=treatment)
    reaches(cloudwatch, name, "OK", lambda: report(cloudwatch, name, 1))
    reaches(cloudwatch, name, state)
    if state == "OK":  # it must also stay there, for longer than the evaluation range
        seen = []
        eventually(lambda: seen.append(described(cloudwatch, name)["StateValue"]) or len(seen) > 45)
        assert set(seen) == {"OK"}


def test_an_update_keeps_state_and_history(cloudwatch, name):
    make(cloudwatch, name, TreatMissingData="ignore")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="drill")
    make(cloudwatch, name, TreatMissingData="ignore", Threshold=7)
    alarm = described(cloudwatch, name)
    assert (alarm["StateValue"], alarm["StateReason"], alarm["Threshold"]) == ("ALARM", "drill", 7)
    assert len(cloudwatch.describe_alarm_history(AlarmName=name)["AlarmHistoryItems"]) == 3


def test_percentile_alarms(cloudwatch, name):
    given = {"MetricName": name, "Namespace": "Shop", "Period": 60, "EvaluationPeriods": 1, "Threshold": 5,
             "ComparisonOperator": "GreaterThanThreshold", "ExtendedStatistic": "p90"}  # fmt: skip
    cloudwatch.put_metric_alarm(AlarmName=name, **given)
    cloudwatch.put_metric_alarm(AlarmName=f"{name}-few", **given, EvaluateLowSampleCountPercentile="ignore")
    data = [{"MetricName": name, "Values": [1.0, 9.0], "Counts": [8, 2]}]
    reaches(cloudwatch, name, "ALARM", lambda: cloudwatch.put_metric_data(Namespace="Shop", MetricData=data))
    assert described(cloudwatch, name)["ExtendedStatistic"] == "p90"
    assert described(cloudwatch, f"{name}-few")["StateValue"] == "INSUFFICIENT_DATA"


def test_metric_math_alarms(cloudwatch, name):
    def stat(metric):
        return {"Metric": {"Namespace": "Shop", "MetricName": metric}, "Period": 60, "Stat": "Sum"}

    cloudwatch.put_metric_alarm(
        AlarmName=name,
        EvaluationPeriods=1,
        Threshold=50,
        ComparisonOperator="GreaterThanThreshold",
        Metrics=[
            {"Id": "rate", "Expression": "bad / all * 100"},
            {"Id": "bad", "MetricStat": stat(f"{name}-bad"), "ReturnData": False},
            {"Id": "all", "MetricStat": stat(f"{name}-all"), "ReturnData": False},
        ],
    )

    def publish():
        report(cloudwatch, f"{name}-bad", 3)
        report(cloudwatch, f"{name}-all", 4)

    reaches(cloudwatch, name, "ALARM", publish)


def test_an_alarm_that_cannot_be_evaluated_says_so(cloudwatch, name):
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        Metrics=[{"Id": "q", "Expression": 'SELECT MAX(Latency) FROM "Shop"', "Period": 60}],
    )
    eventually(lambda: described(cloudwatch, name)["StateReason"], lambda reason: "can't be read" in reason)
    assert described(cloudwatch, name)["StateValue"] == "INSUFFICIENT_DATA"


def test_composite_alarms_follow_their_rule(cloudwatch, name):
    make(cloudwatch, f"{name}-a", TreatMissingData="ignore")
    make(cloudwatch, f"{name}-b", TreatMissingData="ignore")
    rule = f'ALARM("{name}-a") AND NOT ALARM("{name}-b")'
    cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=rule)

    def state():
        found = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
        return found["CompositeAlarms"][0]["StateValue"]

    assert cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"] == []
    eventually(state, lambda seen: seen == "OK")
    cloudwatch.set_alarm_state(AlarmName=f"{name}-a", StateValue="ALARM", StateReason="drill")
    eventually(state, lambda seen: seen == "ALARM")
    cloudwatch.set_alarm_state(AlarmName=f"{name}-b", StateValue="ALARM", StateReason="drill")
    eventually(state, lambda seen: seen == "OK")
    with pytest.raises(ClientError, match="AlarmRule"):
        cloudwatch.put_composite_alarm(AlarmName=f"{name}-bad", AlarmRule="ALARM(")


def test_error_lines_ring_an_alarm(cloudwatch, hurried_aws, name):
    logs = hurried_aws("logs")
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="one")
    for pattern in ("WARN", '{ $.level = "ERROR" }'):  # the second replaces the first
        logs.put_metric_filter(
            logGroupName=name,
            filterName="errors",
            filterPattern=pattern,
            metricTransformations=[
                {"metricName": name, "metricNamespace": "Shop", "metricValue": "$.weight", "defaultValue": 0}
            ],
        )
    (group,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert group["metricFilterCount"] == 1
    make(
        cloudwatch, name, Statistic="Maximum", Threshold=4, ComparisonOperator="GreaterThanOrEqualToThreshold"
    )

    def write(line):
        import time

        logs.put_log_events(
            logGroupName=name,
            logStreamName="one",
            logEvents=[{"timestamp": int(time.time() * 1000), "message": line}],
        )

    reaches(cloudwatch, name, "OK", lambda: write('{"level": "INFO"}'))
    reaches(cloudwatch, name, "ALARM", lambda: write('{"level": "ERROR", "weight": 4}'))
    found = logs.filter_log_events(logGroupName=name, filterPattern="{ $.weight > 3 }")["events"]
    assert found
    assert all("ERROR" in event["message"] for event in found)


def test_filter_patterns_can_be_tried(hurried_aws):
    answer = hurried_aws("logs").test_metric_filter(
        filterPattern="[level, ms > 100]", logEventMessages=["INFO 20", "WARN 200"]
    )
    assert answer["matches"] == [
        {"eventNumber": 2, "eventMessage": "WARN 200", "extractedValues": {"$level": "WARN", "$ms": "200"}}
    ]
    with pytest.raises(ClientError, match="Invalid metric filter pattern"):
        hurried_aws("logs").test_metric_filter(filterPattern="{ $.a }", logEventMessages=["x"])
