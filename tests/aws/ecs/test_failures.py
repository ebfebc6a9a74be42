"""Deployments that fail: what is told, what stays, and what a rollback goes back to."""

from collections.abc import Callable
from typing import Any

import pytest

from launchbook.local.instance import Instance
from tests.aws.ecs.conftest import HEALTH, REGION, Fleet, event_queue, received, running, until

Aws = Callable[..., Any]


@pytest.mark.slow
def test_a_broken_image_is_rolled_back_with_its_first_cause(
    fleet: Fleet, aws: Aws, embedded: Instance
) -> None:
    queue = event_queue(fleet, aws, {"detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]}})
    good = fleet.define(fleet.image("1"))
    bad = fleet.define(fleet.image("2"), environment=[{"name": "CRASH", "value": "1"}])
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    fleet.serve(good, 2, deploymentConfiguration=breaker)
    first = fleet.steady()["deployments"][0]["id"]
    pids = {r["pid"] for r in running(embedded, fleet).values()}
    fleet.ecs.update_service(cluster=fleet.name, service="web", taskDefinition=bad)
    failed = until(lambda: [d for d in fleet.service()["deployments"] if d["rolloutState"] == "FAILED"], 60)[
        0
    ]
    assert failed["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    assert failed["failedTasks"] >= 3
    service = fleet.steady()
    assert (service["deployments"][0]["id"], service["taskDefinition"]) == (first, good)
    assert {r["pid"] for r in running(embedded, fleet).values()} == pids
    said = "\n".join(fleet.messages())
    assert f"(deployment {failed['id']}) deployment failed: tasks failed to start." in said
    assert "First cause: Essential container in task exited: container app exited with 3" in said
    assert f"rolling back to deployment {first}." in said
    reasons = [
        e["detail"]["reason"] for e in received(aws, queue) if e["detail"]["deploymentId"] == failed["id"]
    ]
    assert reasons == ["ECS deployment circuit breaker: tasks failed to start."]


def test_without_rollback_it_stays_failed_and_the_old_tasks_stay(fleet: Fleet, embedded: Instance) -> None:
    good = fleet.define(fleet.image("1"))
    bad = fleet.define(fleet.image("2"), environment=[{"name": "HEALTH", "value": "500"}], healthCheck={
        **HEALTH, "retries": 1,
    })  # fmt: skip
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    fleet.serve(good, 1, deploymentConfiguration=breaker)
    fleet.steady()
    fleet.ecs.update_service(cluster=fleet.name, service="web", taskDefinition=bad)
    until(lambda: fleet.service()["deployments"][0]["rolloutState"] == "FAILED", 60)
    assert [r["state"] for r in running(embedded, fleet).values()].count("RUNNING") >= 1
    assert any("failed container health checks" in message for message in fleet.messages())


def test_an_alarm_during_a_deployment_rolls_it_back(fleet: Fleet, aws: Aws) -> None:
    cloudwatch = aws("cloudwatch", REGION)
    cloudwatch.put_metric_alarm(
        AlarmName=fleet.name, Namespace="none", MetricName="none", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore",
    )  # fmt: skip
    alarms = {"alarms": {"alarmNames": [fleet.name], "enable": True, "rollback": True}}
    good = fleet.define(fleet.image("1"))
    fleet.serve(good, deploymentConfiguration=alarms)
    first = fleet.steady()["deployments"][0]["id"]
    slow = {"command": ["CMD-SHELL", "false"], "interval": 30}
    fleet.ecs.update_service(
        cluster=fleet.name, service="web", taskDefinition=fleet.define(fleet.image("1"), healthCheck=slow)
    )
    cloudwatch.set_alarm_state(AlarmName=fleet.name, StateValue="ALARM", StateReason="test")
    failed = until(lambda: [d for d in fleet.service()["deployments"] if d["rolloutState"] == "FAILED"])[0]
    assert failed["rolloutStateReason"] == "ECS deployment alarm(s) detected."
    service = fleet.steady()
    assert (service["deployments"][0]["id"], service["taskDefinition"]) == (first, good)
    assert any(f"First cause: {fleet.name} in ALARM" in message for message in fleet.messages())

    better = fleet.define(fleet.image("2"))
    fleet.ecs.update_service(cluster=fleet.name, service="web", taskDefinition=better)
    service = fleet.steady()
    assert service["taskDefinition"] == better, "an alarm that rang before it began stops no deployment"
