"""What ECS describes of a service says how a deployment of it ended; by its own id, never by its task definition."""

from __future__ import annotations

from typing import Any

import pytest

from launchbook.lifecycle.rollout import Deployment, how_it_ended

OURS = Deployment("cluster", "web", "ecs-svc/2")


def deployment(number: int, state: str, status: str = "PRIMARY", **more: Any) -> dict[str, Any]:
    return {"id": f"ecs-svc/{number}", "status": status, "rolloutState": state, **more}


def service(*deployments: dict[str, Any], running: int = 1, desired: int = 1) -> dict[str, Any]:
    return {
        "serviceName": "web", "runningCount": running, "desiredCount": desired, "deployments": list(deployments),
    }  # fmt: skip


@pytest.mark.parametrize(
    "described",
    [
        service(deployment(2, "IN_PROGRESS"), deployment(1, "COMPLETED", "ACTIVE")),
        service(deployment(2, "COMPLETED"), deployment(1, "COMPLETED", "ACTIVE"), running=2),
        service(deployment(2, "COMPLETED"), running=0),
        service(deployment(2, "COMPLETED"), running=2),
    ],
)
def test_it_goes_on(described: dict[str, Any]) -> None:
    assert how_it_ended(OURS, described) is None


def test_it_ended_well() -> None:
    ended = how_it_ended(OURS, service(deployment(2, "COMPLETED")))
    assert ended is not None
    assert (ended.well, ended.why) == (True, "1 of 1 run, rollout COMPLETED")


@pytest.mark.parametrize(
    ("described", "why"),
    [
        (
            service(
                deployment(2, "FAILED", rolloutStateReason="circuit breaker"),
                deployment(1, "COMPLETED", "ACTIVE"),
            ),
            "circuit breaker",
        ),
        (service(deployment(2, "FAILED", "ACTIVE"), deployment(3, "IN_PROGRESS")), "its rollout failed"),
        (service(deployment(3, "COMPLETED")), "ECS rolled it back"),
        (service(), "the service has no deployment"),
    ],
)
def test_it_ended_badly(described: dict[str, Any], why: str) -> None:
    ended = how_it_ended(OURS, described)
    assert ended is not None
    assert (ended.well, ended.why) == (False, why)
