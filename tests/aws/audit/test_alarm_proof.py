"""Alarms at work on an embedded AWS: what their history and their metrics' data say, and what it costs to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from launchbook.check import evaluate
from launchbook.checks import checks
from launchbook.collect import Asked, Reader, Target, collect, collectors
from launchbook.local import control
from launchbook.local.instance import Instance
from launchbook.model import Facts
from tests.aws.conftest import client_factory
from tests.support.embedded import embedded

REGION = "eu-west-1"
NAMES = ("alarms", "alarm_history", "metrics_of_alarms", "metrics_of_expressions")
READS = [collectors()[name] for name in NAMES]
SERVICES = ("api", "worker", "relay", "gone")


@pytest.fixture(scope="module")
def there() -> Iterator[Instance]:
    with embedded() as started:
        aws = client_factory(started.endpoint)
        cloudwatch, topic = aws("cloudwatch"), aws("sns").create_topic(Name="ops")["TopicArn"]
        for name in SERVICES:
            dimensions = [{"Name": "ServiceName", "Value": name}]
            for metric in ("CPUUtilization", "MemoryUtilization"):
                alarm(cloudwatch, f"{name}-{metric}", topic, metric, dimensions)
                if name != "gone":
                    sample = {"MetricName": metric, "Dimensions": dimensions, "Value": 1.0}
                    cloudwatch.put_metric_data(Namespace="AWS/ECS", MetricData=[sample])
        alarm(cloudwatch, "lost", f"{topic}-that-is-not-there", "CPUUtilization", [])
        for name in ("api-CPUUtilization", "lost"):
            cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="drill")
        part = {"Namespace": "AWS/ECS", "MetricName": "CPUReservation", "Dimensions": []}
        cloudwatch.put_metric_alarm(
            AlarmName="computed",
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            Metrics=[
                {"Id": "a", "MetricStat": {"Metric": part, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
                {"Id": "e", "Expression": "a * 2"},
            ],
        )
        yield started


def alarm(cloudwatch: Any, name: str, topic: str, metric: str, dimensions: list[dict[str, str]]) -> None:
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        AlarmActions=[topic],
        Namespace="AWS/ECS",
        MetricName=metric,
        Dimensions=dimensions,
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=80,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )


def read(there: Instance, monkeypatch: pytest.MonkeyPatch) -> Facts:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    asked = Asked("123456789012", "emulated", datetime.now(UTC))
    return collect(Reader(Target(endpoint=there.endpoint), READS), READS, [REGION], asked)


def judged(facts: Facts, check: str) -> dict[str, str]:
    findings = evaluate([checks()[check]], facts, today=facts.today)
    return {one.subject.rpartition(":")[2]: one.status for one in findings}


def later(facts: Facts) -> Facts:
    """The same, a day on: what is new now is none then."""
    return Facts(
        facts.all, facts.gaps, facts.relations, facts.complete, today=facts.today + timedelta(days=1)
    )


def test_an_alarm_whose_action_failed_fails_and_one_that_never_rang_is_no_proof(
    there: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = judged(read(there, monkeypatch), "alarm-action-failed")
    assert told["lost"] == "FAIL"
    assert told["api-CPUUtilization"] == "PASS"
    assert told["worker-CPUUtilization"] == "NOT_APPLICABLE"


def test_an_alarm_on_a_metric_without_data_fails_once_it_is_not_new(
    there: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = read(there, monkeypatch)
    assert judged(facts, "alarm-metric-without-data")["gone-CPUUtilization"] == "UNKNOWN"
    told = judged(later(facts), "alarm-metric-without-data")
    failed = {name for name, status in told.items() if status == "FAIL"}
    assert failed == {"gone-CPUUtilization", "gone-MemoryUtilization", "lost", "computed"}
    assert told["api-CPUUtilization"] == told["relay-MemoryUtilization"] == "PASS"


def test_however_many_alarms_there_are_each_name_is_asked_for_once(
    there: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(control.ask(there, "requests"))
    read(there, monkeypatch)
    asked = Counter(one["operation"] for one in control.ask(there, "requests")[before:])
    # CPUUtilization, MemoryUtilization, and the one that is computed with.
    assert asked == {"DescribeAlarms": 1, "DescribeAlarmHistory": 1, "ListMetrics": 3}
