"""Events of ECS as EventBridge carries them: task state, deployment state, service actions."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from launchbook.local.plane import Host
from launchbook.local.planes.ecs.model import Container, Task
from launchbook.local.planes.ecs.service import Deployment, Service

log = logging.getLogger(__name__)


def stamp(moment: datetime | None) -> str | None:
    """A moment as event details write it."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def task_changed(host: Host, task: Task) -> None:
    """Send "ECS Task State Change"; the version counts these events."""
    _send(host, task.region, "ECS Task State Change", task_detail(task), task.task_arn)
    task.version += 1


def task_detail(task: Task) -> dict[str, Any]:
    """The ``detail`` of a task's event."""
    return _without_none(
        {
            "attachments": [{**item, "type": "eni"} for item in task.attachments],
            "attributes": task.attributes,
            "availabilityZone": task.availability_zone,
            "capacityProviderName": task.capacity_provider_name,
            "clusterArn": task.cluster_arn,
            "connectivity": task.connectivity,
            "connectivityAt": stamp(task.connectivity_at),
            "containers": [_container_detail(container) for container in task.containers],
            "cpu": task.cpu,
            "createdAt": stamp(task.created_at),
            "desiredStatus": task.desired_status,
            "enableExecuteCommand": task.enable_execute_command,
            "ephemeralStorage": task.ephemeral_storage,
            "executionStoppedAt": stamp(task.execution_stopped_at),
            "group": task.group,
            "healthStatus": task.health_status,
            "lastStatus": task.last_status,
            "launchType": task.launch_type,
            "memory": task.memory,
            "overrides": task.overrides
            or {"containerOverrides": [{"name": c.name} for c in task.containers]},
            "platformVersion": task.platform_version,
            "pullStartedAt": stamp(task.pull_started_at),
            "pullStoppedAt": stamp(task.pull_stopped_at),
            "startedAt": stamp(task.started_at),
            "startedBy": task.started_by or None,
            "stopCode": task.stop_code,
            "stoppedAt": stamp(task.stopped_at),
            "stoppedReason": task.stopped_reason,
            "stoppingAt": stamp(task.stopping_at),
            "taskArn": task.task_arn,
            "taskDefinitionArn": task.task_definition_arn,
            "updatedAt": stamp(datetime.now(UTC)),
            "version": task.version,
        }
    )


def _container_detail(container: Container) -> dict[str, Any]:
    return _without_none(
        {
            "containerArn": container.container_arn,
            "cpu": container.cpu,
            "exitCode": container.exit_code,
            "healthStatus": container.health_status if container.definition.get("healthCheck") else None,
            "image": container.image,
            "imageDigest": container.image_digest,
            "lastStatus": container.last_status,
            "memory": container.memory,
            "name": container.name,
            "networkInterfaces": container.network_interfaces,
            "reason": container.reason,
            "runtimeId": container.runtime_id,
            "taskArn": container.task_arn,
        }
    )


def deployment_changed(host: Host, service: Service, deployment: Deployment) -> None:
    """Send "ECS Deployment State Change"."""
    failed = deployment.rollout_state == "FAILED"
    _send(
        host,
        service.region_name,
        "ECS Deployment State Change",
        {
            "eventType": "ERROR" if failed else "INFO",
            "eventName": f"SERVICE_DEPLOYMENT_{deployment.rollout_state}",
            "deploymentId": deployment.id,
            "updatedAt": stamp(deployment.updated_at),
            "reason": deployment.rollout_state_reason,
        },
        service.arn,
    )


def service_acted(
    host: Host, service: Service, name: str, kind: str = "INFO", reason: str | None = None
) -> None:
    """Send "ECS Service Action", such as SERVICE_STEADY_STATE."""
    detail = {
        "eventType": kind,
        "eventName": name,
        "clusterArn": service.cluster_arn,
        "createdAt": stamp(datetime.now(UTC)),
        "reason": reason,
    }
    _send(host, service.region_name, "ECS Service Action", _without_none(detail), service.arn)


def _send(host: Host, region: str, kind: str, detail: Mapping[str, Any], resource: str) -> None:
    """Put an event; that it can't be delivered must not hold a task up."""
    try:
        host.event(region, "aws.ecs", kind, detail, [resource])
    except Exception:
        log.exception("%s of %s was not delivered", kind, resource)


def _without_none(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value is not None}
