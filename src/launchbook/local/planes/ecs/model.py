"""Tasks and containers: what the API answers (its attributes, in snake case) and what runs for it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from launchbook.local.plane import ACCOUNT, Child

#: Statuses of a task in the order of its life.
PROVISIONING, PENDING, ACTIVATING, RUNNING = "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"
DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED = "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"
STARTING = frozenset({PROVISIONING, PENDING, ACTIVATING})


def now() -> datetime:
    """The present, in UTC, to the millisecond that the API shows."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@dataclass(frozen=True)
class Program:
    """What a container runs: everything found out before it starts."""

    argv: list[str]
    environment: dict[str, str]
    workdir: Path
    stop_signal: str
    digest: str | None
    #: The folder of the image's files.
    root: Path


@dataclass(eq=False)
class Container:
    """One container of a task. ``definition`` is its part of the task definition, overrides applied."""

    definition: dict[str, Any]
    task_arn: str
    container_arn: str
    last_status: str = PENDING
    exit_code: int | None = None
    reason: str | None = None
    health_status: str = "UNKNOWN"
    image_digest: str | None = None
    runtime_id: str | None = None
    network_interfaces: list[dict[str, str]] = field(default_factory=list)

    program: Program | None = None
    child: Child | None = None
    log: Path | None = None
    #: When its process started (monotonic seconds).
    started: float = 0.0
    #: When SIGTERM was sent (monotonic seconds), and whether SIGKILL followed.
    asked_to_stop: float | None = None
    killed: bool = False

    @property
    def name(self) -> str:
        """Its name in the task definition."""
        return str(self.definition["name"])

    @property
    def image(self) -> str:
        """The image as the task definition names it."""
        return str(self.definition["image"])

    @property
    def cpu(self) -> str:
        """CPU units, as the API writes them."""
        return str(self.definition.get("cpu", 0))

    @property
    def memory(self) -> str | None:
        """MiB, as the API writes them."""
        found = self.definition.get("memory")
        return None if found is None else str(found)

    @property
    def essential(self) -> bool:
        """Whether the task ends with it."""
        return bool(self.definition.get("essential", True))

    @property
    def stop_timeout(self) -> float:
        """Seconds between SIGTERM and SIGKILL."""
        return float(self.definition.get("stopTimeout") or 30)

    @property
    def ports(self) -> list[int]:
        """The ports that its task definition maps."""
        return [int(mapping["containerPort"]) for mapping in self.definition.get("portMappings") or ()]


@dataclass(eq=False)
class Task:
    """One task. ``deployment`` is the id of the deployment it belongs to, empty for a one-off task."""

    id: str
    region: str
    task_arn: str
    cluster_arn: str
    cluster_name: str
    task_definition_arn: str
    definition: Any
    group: str
    launch_type: str | None
    containers: list[Container]
    started_by: str = ""
    capacity_provider_name: str | None = None
    platform_version: str | None = None
    platform_family: str | None = None
    cpu: str | None = None
    memory: str | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    tags: list[dict[str, str]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    attributes: list[dict[str, str]] = field(default_factory=list)
    availability_zone: str | None = None
    enable_execute_command: bool = False
    ephemeral_storage: dict[str, int] | None = None
    network_configuration: dict[str, Any] = field(default_factory=dict)
    load_balancers: list[dict[str, Any]] = field(default_factory=list)
    last_status: str = PROVISIONING
    desired_status: str = RUNNING
    connectivity: str | None = None
    connectivity_at: datetime | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    created_at: datetime = field(default_factory=now)
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    started_at: datetime | None = None
    stopping_at: datetime | None = None
    execution_stopped_at: datetime | None = None
    stopped_at: datetime | None = None
    version: int = 1

    deployment: str = ""
    #: Image name -> digest that its deployment began with.
    pinned: dict[str, str] = field(default_factory=dict)
    address: str = ""
    folder: Path | None = None
    preparing: Future[dict[str, Program]] | None = None
    #: (target group, port) of each place it was given, and whether it has been taken out again.
    registered: list[tuple[str, int]] = field(default_factory=list)
    deregistered: bool = False
    running_since: float = 0.0
    #: It once ran with its health checks passing, so that its end is no failure to start.
    served: bool = False
    counted: bool = False
    access_key: Any = None

    @property
    def health_status(self) -> str:
        """The worst of its essential containers that have a health check."""
        states = [c.health_status for c in self.containers if c.essential and c.definition.get("healthCheck")]
        if "UNHEALTHY" in states:
            return "UNHEALTHY"
        return "HEALTHY" if states and set(states) == {"HEALTHY"} else "UNKNOWN"

    @property
    def container_instance_arn(self) -> str | None:
        """None: no container instance is behind a task here."""
        return None

    @property
    def leaving(self) -> bool:
        """Whether it is on its way out."""
        return self.desired_status == STOPPED

    def ask_to_stop(self, reason: str, code: str) -> None:
        """Begin its end; the first reason stays."""
        if not self.leaving:
            self.desired_status = STOPPED
            self.stopped_reason, self.stop_code = reason, code
            self.stopping_at = now()


def make_containers(
    task_definition: Any, task_id: str, cluster: str, overrides: Mapping[str, Any]
) -> list[Container]:
    """The containers of a new task, with the overrides of run-task applied."""
    region = task_definition.arn.split(":")[3]
    prefix = f"arn:aws:ecs:{region}:{ACCOUNT}"
    changed = {item.get("name"): item for item in overrides.get("containerOverrides") or ()}
    return [
        Container(
            definition=_overridden(definition, changed.get(definition["name"], {})),
            task_arn=f"{prefix}:task/{cluster}/{task_id}",
            container_arn=f"{prefix}:container/{cluster}/{task_id}/{uuid.uuid4()}",
        )
        for definition in task_definition.container_definitions
    ]


def _overridden(definition: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    made = {
        **definition,
        **{k: v for k, v in changes.items() if k in ("command", "cpu", "memory") and v is not None},
    }
    environment = {pair["name"]: pair for pair in definition.get("environment") or ()}
    environment |= {pair["name"]: pair for pair in changes.get("environment") or ()}
    made["environment"] = list(environment.values())
    return made
