"""Services and their deployments: what the API answers, and what the scheduler remembers."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.ecs import models

from launchbook.local.planes.ecs.model import Task, now
from launchbook.local.planes.ecs.rollout import Limits

IN_PROGRESS, COMPLETED, FAILED = "IN_PROGRESS", "COMPLETED", "FAILED"
_EVENTS_SHOWN = 100
_HISTORY = 100
_DEFAULTS: Mapping[str, Any] = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
}


@dataclass(eq=False)
class Deployment:
    """One deployment of a service."""

    task_definition: str
    desired_count: int
    launch_type: str | None = None
    capacity_provider_strategy: list[dict[str, Any]] | None = None
    platform_version: str | None = None
    platform_family: str | None = None
    network_configuration: dict[str, Any] | None = None
    id: str = field(default_factory=lambda: f"ecs-svc/{random.randint(10**18, 10**19 - 1)}")  # noqa: S311 - a name
    status: str = "PRIMARY"
    running_count: int = 0
    pending_count: int = 0
    failed_tasks: int = 0
    rollout_state: str = IN_PROGRESS
    rollout_state_reason: str = ""
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)

    #: Image name -> digest: what the tags meant when its first task was started.
    pinned: dict[str, str] = field(default_factory=dict)
    #: Why its first failed task stopped.
    first_cause: str = ""
    #: Monotonic seconds: no start before; when it failed.
    not_before: float = 0.0
    failed_at: float | None = None
    #: Tasks that failed in a row since one last served (what back-off and circuit breaker go by).
    in_a_row: int = 0
    impaired: bool = False
    #: An alarm rang already when it began: then alarms don't count for it, as on AWS.
    deaf: bool = False
    finished_at: datetime | None = None
    rolled_back_to: Deployment | None = None

    def __post_init__(self) -> None:
        self.rollout_state_reason = f"ECS deployment {self.id} in progress."

    def turn(self, state: str, reason: str) -> None:
        """Enter a rollout state."""
        self.rollout_state, self.rollout_state_reason, self.updated_at = state, reason, now()
        if self.finished_at is None and state != IN_PROGRESS:
            self.finished_at = self.updated_at


class Service(models.Service):
    """One service; moto's class gives its ARN and its CloudFormation side, everything else is ours."""

    capacity_provider_strategy: list[dict[str, Any]]
    platform_family: str | None
    enable_execute_command: bool
    health_check_grace_period_seconds: int | None
    deployment_configuration: dict[str, Any]

    def __init__(
        self,
        cluster: models.Cluster,
        service_name: str,
        desired_count: int,
        backend: models.EC2ContainerServiceBackend,
        given: Mapping[str, Any],
    ) -> None:
        self.cluster_name, self.cluster_arn, self.name = cluster.name, cluster.arn, service_name
        self.region_name, self._account_id, self._backend = cluster.region_name, backend.account_id, backend
        self.status = "ACTIVE"
        self.desired_count = desired_count
        self.running_count = self.pending_count = 0
        self.task_sets: list[models.TaskSet] = []
        self.created_at = now()
        self.events: list[dict[str, Any]] = []
        self.service_deployments: list[Deployment] = []
        #: Every deployment it had, newest first: what ListServiceDeployments shows.
        self.history: list[Deployment] = []
        #: What a rollback goes back to: the deployment that last completed.
        self.last_good: Deployment | None = None
        self.steady = False
        self.apply(given)
        self.deployment_controller = given.get("deployment_controller") or {"type": "ECS"}
        self.scheduling_strategy: Any = given.get("scheduling_strategy") or "REPLICA"
        self.role_arn = given.get("role_arn")
        self.tags = list(given.get("tags") or ())

    def apply(self, given: Mapping[str, Any]) -> None:
        """Take the settings that create-service and update-service share; None leaves what is there."""
        defaults: dict[str, Any] = {
            "task_definition": None, "launch_type": None, "capacity_provider_strategy": [], "platform_version": None,
            "platform_family": None, "network_configuration": {}, "load_balancers": [], "service_registries": [],
            "health_check_grace_period_seconds": None, "availability_zone_rebalancing": "DISABLED",
            "placement_constraints": [], "placement_strategy": [], "enable_ecs_managed_tags": False,
            "enable_execute_command": False, "propagate_tags": "NONE", "deployment_configuration": {},
        }  # fmt: skip
        for name, default in defaults.items():
            value = given.get(name)
            if value is not None or not hasattr(self, name):
                setattr(self, name, default if value is None else value)
        self.deployment_configuration = {**_DEFAULTS, **self.deployment_configuration}
        if self.load_balancers and self.health_check_grace_period_seconds is None:
            self.health_check_grace_period_seconds = 0

    @property
    def deployments(self) -> list[Deployment]:  # type: ignore[override]
        """As AWS lists them: the primary one first."""
        return sorted(
            self.service_deployments, key=lambda d: (d.status != "PRIMARY", -d.created_at.timestamp())
        )

    @property
    def primary(self) -> Deployment | None:
        """The deployment that new tasks belong to."""
        return next((d for d in self.service_deployments if d.status == "PRIMARY"), None)

    @property
    def limits(self) -> Limits:
        """How many tasks there should be, and how far a deployment may go."""
        configuration = self.deployment_configuration
        low, high = configuration.get("minimumHealthyPercent"), configuration.get("maximumPercent")
        return Limits(
            self.desired_count, int(100 if low is None else low), int(200 if high is None else high)
        )

    @property
    def breaker(self) -> Mapping[str, bool]:
        """The settings of the circuit breaker."""
        found: Mapping[str, bool] = self.deployment_configuration.get("deploymentCircuitBreaker") or {}
        return found

    def deploy(self) -> Deployment:
        """Begin a deployment with the present settings; the one before becomes ACTIVE and drains."""
        for earlier in self.service_deployments:
            earlier.status = "ACTIVE"
        made = Deployment(
            task_definition=str(self.task_definition),
            desired_count=self.desired_count,
            launch_type=self.launch_type,
            capacity_provider_strategy=self.capacity_provider_strategy or None,
            platform_version=self.platform_version,
            platform_family=self.platform_family,
            network_configuration=self.network_configuration or None,
        )
        self.service_deployments.append(made)
        self.history = [made, *self.history][:_HISTORY]
        self.steady = False
        return made

    def roll_back_to(self, earlier: Deployment, failed: Deployment, why: str) -> None:
        """Make an earlier deployment the primary one again; its tasks that still run are kept."""
        failed.rolled_back_to = earlier
        failed.status, earlier.status = "ACTIVE", "PRIMARY"
        earlier.turn(IN_PROGRESS, f"ECS deployment {why}: rolling back to deploymentId {earlier.id}.")
        earlier.in_a_row, earlier.not_before = 0, 0.0
        if earlier not in self.service_deployments:
            self.service_deployments.append(earlier)
        self.task_definition = earlier.task_definition
        self.network_configuration = earlier.network_configuration or {}
        self.platform_version, self.launch_type = earlier.platform_version, earlier.launch_type
        self.steady = False

    def say(self, message: str) -> None:
        """Add a service event, newest first; an event that repeats the newest is not added again."""
        text = f"(service {self.name}) {message}"
        if not self.events or self.events[0]["message"] != text:
            # A new list each time: an API call may be writing out the old one.
            self.events = [{"id": str(uuid.uuid4()), "createdAt": now(), "message": text}, *self.events][
                :_EVENTS_SHOWN
            ]

    def count(self, tasks: list[Task]) -> None:
        """Set what the API shows of counts from the tasks that are there."""
        self.running_count = sum(task.last_status == "RUNNING" for task in tasks)
        self.pending_count = sum(
            task.last_status in ("PROVISIONING", "PENDING", "ACTIVATING") for task in tasks
        )
        for deployment in self.service_deployments:
            mine = [task for task in tasks if task.deployment == deployment.id]
            deployment.running_count = sum(task.last_status == "RUNNING" for task in mine)
            deployment.pending_count = sum(
                task.last_status in ("PROVISIONING", "PENDING", "ACTIVATING") for task in mine
            )
            primary = deployment.status == "PRIMARY"
            deployment.desired_count = (
                self.desired_count if primary else sum(not task.leaving for task in mine)
            )
