"""ECS in CloudFormation templates: moto's handlers pass a task definition four properties and a service three."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from moto.core.utils import camelcase_to_underscores, pascal_to_camelcase
from moto.ecs import models

_DELETE_SECONDS = 60.0
#: Properties whose keys are data and must stay as they are written.
_DATA = ("DockerLabels", "DriverOpts", "Labels", "Options")


def install() -> None:
    """Put our handlers into moto's classes, which CloudFormation holds on to."""
    for kind, create, update in (
        (models.Service, _create_service, _update_service),
        (models.TaskDefinition, _create_task_definition, _update_task_definition),
    ):
        kind.create_from_cloudformation_json = classmethod(create)  # type: ignore[assignment,method-assign]
        kind.update_from_cloudformation_json = classmethod(update)  # type: ignore[assignment,method-assign]
    models.Service.delete = _delete_service  # type: ignore[attr-defined]
    models.TaskDefinition.delete = _delete_task_definition  # type: ignore[attr-defined]
    models.Cluster.delete = _delete_cluster  # type: ignore[attr-defined]


def _delete_service(service: Any, account_id: str, region_name: str) -> None:
    """Delete a stack's service, whatever it is scaled to, and wait for its tasks as CloudFormation does."""
    if service.status == "ACTIVE":
        models.ecs_backends[account_id][region_name].delete_service(service.cluster_name, service.name, True)
    deadline = time.monotonic() + _DELETE_SECONDS
    while service.status != "INACTIVE" and time.monotonic() < deadline:
        time.sleep(0.05)


def _delete_task_definition(definition: Any, account_id: str, region_name: str) -> None:
    models.ecs_backends[account_id][region_name].deregister_task_definition(definition.arn)


def _delete_cluster(cluster: Any, account_id: str, region_name: str) -> None:
    models.ecs_backends[account_id][region_name].delete_cluster(cluster.arn)


def _create_task_definition(
    _cls: Any, /, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
) -> Any:
    given = camel(cloudformation_json["Properties"])
    backend = models.ecs_backends[account_id][region_name]
    return backend.register_task_definition(
        family=given.get("family") or resource_name,
        container_definitions=given.get("containerDefinitions") or [],
        volumes=given.get("volumes"),
        network_mode=given.get("networkMode"),
        tags=given.get("tags"),
        placement_constraints=given.get("placementConstraints"),
        requires_compatibilities=given.get("requiresCompatibilities"),
        cpu=_text(given.get("cpu")),
        memory=_text(given.get("memory")),
        task_role_arn=given.get("taskRoleArn"),
        execution_role_arn=given.get("executionRoleArn"),
        runtime_platform=given.get("runtimePlatform"),
        ephemeral_storage=given.get("ephemeralStorage"),
    )


def _update_task_definition(
    _cls: Any, /, original_resource: Any, new_resource_name: str, cloudformation_json: Any, account_id: str,
    region_name: str,
) -> Any:  # fmt: skip
    """A new revision; services of the old one roll onto it, and the old one is deregistered."""
    made = _create_task_definition(_cls, new_resource_name, cloudformation_json, account_id, region_name)
    backend: Any = models.ecs_backends[account_id][region_name]
    for service in list(backend.services.values()):
        if service.status == "ACTIVE" and service.task_definition == original_resource.arn:
            change = {"cluster": service.cluster_name, "service": service.name, "task_definition": made.arn}
            backend.update_service(change)
    backend.deregister_task_definition(original_resource.arn)
    return made


def _create_service(
    _cls: Any, /, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
) -> Any:
    given = _service(cloudformation_json["Properties"])
    backend: Any = models.ecs_backends[account_id][region_name]
    name = given.pop("service_name", None) or resource_name
    count = given.pop("desired_count", None)
    return backend.create_service(
        given.pop("cluster", None) or "default",
        name,
        1 if count is None else int(count),
        given.pop("task_definition", None),
        **given,
    )


def _update_service(
    _cls: Any, /, original_resource: Any, new_resource_name: str, cloudformation_json: Any, account_id: str,
    region_name: str,
) -> Any:  # fmt: skip
    del new_resource_name
    given = _service(cloudformation_json["Properties"])
    backend: Any = models.ecs_backends[account_id][region_name]
    for fixed in (
        "service_name",
        "cluster",
        "tags",
        "launch_type",
        "scheduling_strategy",
        "deployment_controller",
    ):
        given.pop(fixed, None)
    if given.get("desired_count") is not None:
        given["desired_count"] = int(given["desired_count"])
    return backend.update_service(
        {**given, "cluster": original_resource.cluster_name, "service": original_resource.name}
    )


def _service(properties: Mapping[str, Any]) -> dict[str, Any]:
    given = {camelcase_to_underscores(key): value for key, value in camel(properties).items()}
    given["role_arn"] = given.pop("role", None)
    network = (given.get("network_configuration") or {}).pop("awsvpcConfiguration", None)
    if network:
        given["network_configuration"] = {"awsvpcConfiguration": network}
    for name in ("cluster", "task_definition"):
        held = given.get(name)
        if held is not None and not isinstance(held, str):  # a reference to a resource of the same template
            given[name] = held.arn
    return given


def camel(properties: Any) -> Any:
    """Properties with their keys as the API writes them (``awsvpcConfiguration``), maps of data left alone."""
    if isinstance(properties, dict):
        return {pascal_to_camelcase(k): v if k in _DATA else camel(v) for k, v in properties.items()}
    if isinstance(properties, list):
        return [camel(item) for item in properties]
    if properties in ("true", "false"):
        return properties == "true"
    return properties


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
