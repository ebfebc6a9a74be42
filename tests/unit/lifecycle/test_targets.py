"""A service whose tasks run and whose targets are sick says how they are, why, and what they are asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from launchbook.lifecycle.asking import Aws
from launchbook.lifecycle.states import explain

GROUP = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/1"
KILLED = {
    "taskArn": "arn:aws:ecs:eu-west-1:1:task/c/1a", "taskDefinitionArn": "web:1",
    "stopCode": "ServiceSchedulerInitiated", "startedBy": "ecs-svc/1",
    "stoppedReason": f"Task failed ELB health checks in (target-group {GROUP})",
    "stoppedAt": datetime(2026, 3, 1, tzinfo=UTC), "containers": [],
}  # fmt: skip


class Answers(Aws):
    """An account as data."""

    def __init__(self, target: Any, state: dict[str, str]) -> None:
        super().__init__(target)
        service = {
            "status": "ACTIVE", "runningCount": 1, "desiredCount": 1, "deployments": [{"id": "ecs-svc/1"}],
            "loadBalancers": [{"targetGroupArn": GROUP}],
        }  # fmt: skip
        self.answers: dict[str, Any] = {
            "describe_services": {"services": [service]},
            "describe_target_health": {"TargetHealthDescriptions": [{"TargetHealth": state}]},
            "describe_target_groups": {"TargetGroups": [{"HealthCheckPath": "/nope"}]},
            "list_tasks": {"taskArns": ["1a"]},
            "describe_tasks": {"tasks": [KILLED]},
            "describe_task_definition": {"taskDefinition": {"containerDefinitions": []}},
        }

    def read(self, service: str, operation: str, /, **_: Any) -> Any:
        return self.answers[operation]


def test_a_sick_target_is_the_cause_and_what_it_stopped_is_said(target: Any) -> None:
    why = {"State": "unhealthy", "Description": "Health checks failed with these codes: [404]"}
    found = explain(Answers(target, why), "c", "web")
    assert not found.well
    assert (
        "web: 1 of 1 unhealthy (Health checks failed with these codes: [404]); asked is /nope" in found.text
    )
    assert "stopped before: task 1a stopped at 2026-03-01T00:00:00.000Z: Task failed ELB health" in found.text


def test_a_healthy_target_is_well(target: Any) -> None:
    assert explain(Answers(target, {"State": "healthy"}), "c", "web").well
