"""Rules that match and deliver, on a running embedded AWS."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

from launchbook.local import control
from tests.support.eventually import eventually

ACCOUNT, REGION = "123456789012", "eu-west-1"


@pytest.fixture
def name():
    return f"rule-{uuid4()}"


@pytest.fixture
def events(aws):
    return aws("events")


def queue(aws, name, *services):
    """A queue that admits these services: (ARN, what has arrived so far)."""
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    if services:
        statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sqs:SendMessage"}
        policy = {"Version": "2012-10-17", "Statement": [statement | {"Resource": arn}]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    got = []

    def arrived():
        asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
        for message in sqs.receive_message(**asked).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            got.append(message)
        return got

    return arn, arrived


def rule(events, name, pattern, *targets, state="ENABLED"):
    events.put_rule(Name=name, EventPattern=json.dumps(pattern), State=state)
    events.put_targets(Rule=name, Targets=[{"Id": str(i), **target} for i, target in enumerate(targets)])


def put(events, name, **detail):
    (entry,) = events.put_events(
        Entries=[
            {"Source": name, "DetailType": "Order", "Detail": json.dumps(detail), "Resources": ["arn:one"]}
        ]
    )["Entries"]
    return entry


def metric(aws, rule_name, metric_name):
    from datetime import UTC, datetime, timedelta

    points = aws("cloudwatch").get_metric_statistics(
        Namespace="AWS/Events",
        MetricName=metric_name,
        Dimensions=[{"Name": "RuleName", "Value": rule_name}],
        StartTime=datetime.now(UTC) - timedelta(minutes=5),
        EndTime=datetime.now(UTC) + timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)


def undelivered(embedded, source):
    rows = control.ask(embedded, "status")["resources"]
    return [row for row in rows if row["type"] == "undelivered" and source in row["from"]]


class Receiver(ThreadingHTTPServer):
    """A loopback endpoint that keeps what it is sent and answers with ``answer``."""

    def __init__(self):
        self.received, self.answer = [], 200
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.received.append((self.path, dict(self.headers), body))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


def test_an_event_reaches_queue_topic_and_log_group(aws, events, name):
    arn, arrived = queue(aws, name, "events.amazonaws.com", "sns.amazonaws.com")
    topic = aws("sns").create_topic(Name=name)["TopicArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    logs = aws("logs")
    group = f"/aws/events/{name}"
    logs.create_log_group(logGroupName=group)
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "logs:*"}
    policy = {"Version": "2012-10-17", "Statement": [statement | {"Resource": "*"}]}
    logs.put_resource_policy(policyName=name, policyDocument=json.dumps(policy))
    rule(
        events,
        name,
        {"source": [name], "detail": {"total": [{"numeric": [">", 100]}]}},
        {"Arn": arn},
        {"Arn": topic, "Input": '"constant"'},
        {"Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"},
    )
    put(events, name, total=99)
    entry = put(events, name, total=101)
    bodies = [json.loads(message["Body"]) for message in eventually(arrived, lambda got: len(got) == 2)]
    event = next(body for body in bodies if "detail" in body)
    assert (event["id"], event["source"], event["detail-type"]) == (entry["EventId"], name, "Order")
    assert (event["detail"], event["resources"], event["region"]) == ({"total": 101}, ["arn:one"], REGION)
    assert next(body for body in bodies if "Message" in body)["Message"] == '"constant"'
    (line,) = logs.filter_log_events(logGroupName=group)["events"]
    assert json.loads(line["message"])["detail"] == {"total": 101}
    assert metric(aws, name, "TriggeredRules") == 1
    assert metric(aws, name, "Invocations") == 3
    assert metric(aws, name, "FailedInvocations") == 0


def test_a_template_decides_what_is_delivered(aws, events, name):
    arn, arrived = queue(aws, name, "events.amazonaws.com")
    transformer = {"InputPathsMap": {"id": "$.detail.id"}, "InputTemplate": '{"order": "<id>"}'}
    rule(events, name, {"source": [name]}, {"Arn": arn, "InputTransformer": transformer})
    put(events, name, id="o-7")
    (message,) = eventually(arrived)
    assert json.loads(message["Body"]) == {"order": "o-7"}


def test_a_disabled_rule_is_silent(aws, events, name):
    arn, arrived = queue(aws, name, "events.amazonaws.com")
    rule(events, name, {"source": [name]}, {"Arn": arn}, state="DISABLED")
    put(events, name, number=1)
    events.enable_rule(Name=name)
    put(events, name, number=2)
    events.disable_rule(Name=name)
    put(events, name, number=3)
    messages = eventually(arrived)
    assert [json.loads(message["Body"])["detail"]["number"] for message in messages] == [2]
    assert arrived() == messages


def test_a_queue_that_admits_nobody_fails_the_invocation_into_the_dead_letter_queue(
    aws, events, name, embedded
):
    closed, arrived = queue(aws, name)
    dead, buried = queue(aws, f"{name}-dead", "events.amazonaws.com")
    rule(events, name, {"source": [name]}, {"Arn": closed, "DeadLetterConfig": {"Arn": dead}})
    put(events, name, number=1)
    (message,) = eventually(buried)
    attributes = {key: value["StringValue"] for key, value in message["MessageAttributes"].items()}
    assert attributes["ERROR_CODE"] == "NO_PERMISSIONS"
    assert attributes["TARGET_ARN"] == closed
    assert attributes["RULE_ARN"].endswith(name)
    assert json.loads(message["Body"])["detail"] == {"number": 1}
    assert arrived() == []
    assert metric(aws, name, "FailedInvocations") == 1
    assert metric(aws, name, "InvocationsSentToDlq") == 1
    assert undelivered(embedded, name)


def test_a_dead_letter_queue_that_admits_nobody_gets_nothing(aws, events, name):
    closed, _ = queue(aws, name)
    dead, buried = queue(aws, f"{name}-dead")
    rule(events, name, {"source": [name]}, {"Arn": closed, "DeadLetterConfig": {"Arn": dead}})
    put(events, name, number=1)
    assert metric(aws, name, "InvocationsFailedToBeSentToDlq") == 1
    assert buried() == []


def test_targets_without_a_delivery_are_said_and_not_counted_as_failures(aws, events, name, embedded):
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    rule(events, name, {"source": [name]}, {"Arn": arn})
    put(events, name, number=1)
    (row,) = undelivered(embedded, name)
    assert (row["id"], row["state"]) == (arn, "the embedded AWS delivers no events to lambda")
    assert metric(aws, name, "FailedInvocations") == 0


def test_api_destinations_on_loopback_and_nowhere_else(aws, events, name, receiver, embedded):
    connection = events.create_connection(
        Name=name[:60],
        AuthorizationType="API_KEY",
        AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "k"}},
    )["ConnectionArn"]
    for number, url in enumerate([receiver.url, "https://hooks.example.com/x"]):
        destination = events.create_api_destination(
            Name=f"{name[:50]}-{number}", ConnectionArn=connection, InvocationEndpoint=url, HttpMethod="POST"
        )["ApiDestinationArn"]
        rule(
            events,
            f"{name}-{number}",
            {"source": [name]},
            {"Arn": destination, "RoleArn": "arn:aws:iam::1:role/x"},
        )
    put(events, name, number=1)
    path, headers, body = eventually(lambda: receiver.received)[0]
    assert (path, headers["x-key"]) == ("/hook", "k")
    assert json.loads(body)["detail"] == {"number": 1}
    (row,) = undelivered(embedded, f"{name}-1")
    assert "loopback" in row["state"]
    assert metric(aws, f"{name}-1", "FailedInvocations") == 1


def test_a_second_bus_gets_what_a_rule_sends_it(aws, events, name):
    arn, arrived = queue(aws, name, "events.amazonaws.com")
    bus = events.create_event_bus(Name=name)["EventBusArn"]
    rule(events, name, {"source": [name]}, {"Arn": bus})
    events.put_rule(Name=f"{name}-2", EventBusName=name, EventPattern=json.dumps({"detail": {"n": [1]}}))
    events.put_targets(Rule=f"{name}-2", EventBusName=name, Targets=[{"Id": "q", "Arn": arn}])
    put(events, name, n=1)
    (message,) = eventually(arrived)
    assert json.loads(message["Body"])["source"] == name


def test_bad_entries_are_refused_one_by_one(events, name):
    good = {"Source": name, "DetailType": "Order", "Detail": "{}"}
    bad = [good | {"Detail": "{"}, good | {"Detail": "[]"}, good | {"Source": "aws.ecs"}]
    answer = events.put_events(Entries=[*bad, good])
    codes = [entry.get("ErrorCode") for entry in answer["Entries"]]
    assert codes == ["MalformedDetail", "MalformedDetail", "NotAuthorizedForSourceException", None]
    assert answer["FailedEntryCount"] == 3


def test_schedules_fire(hurried_aws, name):
    arn, arrived = queue(hurried_aws, name, "events.amazonaws.com")
    events = hurried_aws("events")
    events.put_rule(Name=name, ScheduleExpression="rate(1 minute)")
    events.put_targets(Rule=name, Targets=[{"Id": "q", "Arn": arn}])
    messages = eventually(arrived, lambda got: len(got) >= 2)
    assert json.loads(messages[0]["Body"])["detail-type"] == "Scheduled Event"
    events.disable_rule(Name=name)


def test_an_alarm_that_changes_state_is_an_event(aws, events, name):
    arn, arrived = queue(aws, name, "events.amazonaws.com")
    rule(events, name, {"source": ["aws.cloudwatch"], "detail": {"alarmName": [name]}}, {"Arn": arn})
    aws("cloudwatch").put_metric_alarm(
        AlarmName=name, Namespace="Shop", MetricName="Errors", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    aws("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="drill")
    event = json.loads(eventually(arrived)[0]["Body"])
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["detail"]["state"]["value"] == "ALARM"
    assert event["detail"]["previousState"]["value"] == "INSUFFICIENT_DATA"


def test_patterns_can_be_tried(events):
    event = {"id": "1", "source": "shop", "detail-type": "Order", "account": "1", "region": "r", "resources": [],
             "time": "2026-01-01T00:00:00Z", "detail": {"total": 5}}  # fmt: skip

    def tried(pattern):
        return events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(event))["Result"]

    assert tried({"detail": {"total": [{"numeric": [">", 4]}]}}) is True
    assert tried({"source": ["else"]}) is False
