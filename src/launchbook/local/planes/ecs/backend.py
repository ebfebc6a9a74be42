"""ECS's services: created, changed, deleted; the scheduler does the rest."""

from __future__ import annotations

from typing import Any

from moto.ecs import models
from moto.ecs.exceptions import (
    EcsClientException,
    ECSException,
    InvalidParameterException,
    ServiceNotFoundException,
)

from launchbook.local.planes.ecs.service import Service
from launchbook.local.planes.ecs.tasks import TaskBackend, launch_type_of


class Backend(TaskBackend):
    """One region's ECS."""

    def create_service(
        self, cluster_str: str, service_name: str, desired_count: int, task_definition_str: str | None = None,
        load_balancers: list[dict[str, Any]] | None = None, scheduling_strategy: Any = None,
        tags: list[dict[str, str]] | None = None, deployment_controller: dict[str, str] | None = None,
        launch_type: str | None = None, service_registries: list[dict[str, Any]] | None = None,
        platform_version: str | None = None, propagate_tags: str = "NONE",
        network_configuration: dict[str, dict[str, list[str]]] | None = None, role_arn: str | None = None,
        **more: Any,
    ) -> Any:  # fmt: skip
        """Create a service and begin its first deployment. ``more`` are the settings that moto has no name for."""
        with self.engine.lock:
            cluster = self._active_cluster(cluster_str)
            known: Any = self.services.get(f"{cluster.name}:{service_name}")
            if known is not None and known.status == "DRAINING":
                raise InvalidParameterException("Unable to Start a service that is still Draining.")
            if known is not None and known.status == "ACTIVE":
                raise InvalidParameterException("Creation of service was not idempotent.")
            given = {
                **more, "load_balancers": load_balancers, "scheduling_strategy": scheduling_strategy, "tags": tags,
                "deployment_controller": deployment_controller, "service_registries": service_registries,
                "propagate_tags": propagate_tags, "network_configuration": network_configuration,
                "role_arn": role_arn,
                **self._capacity(cluster, launch_type, more.get("capacity_provider_strategy"), platform_version),
            }  # fmt: skip
            external = (deployment_controller or {}).get("type") == "EXTERNAL"
            if task_definition_str:
                given["task_definition"] = self._runnable(task_definition_str, network_configuration).arn
            elif not external:
                raise InvalidParameterException("TaskDefinition can not be blank.")
            count = 1 if scheduling_strategy == "DAEMON" else desired_count or 0
            service = Service(cluster, service_name, count, self, given)  # type: ignore[abstract]
            self.services[f"{cluster.name}:{service_name}"] = service
            if not external:
                self.engine.deploy(service)
            return service

    @staticmethod
    def _capacity(
        cluster: models.Cluster, launch_type: str | None, strategy: Any, platform_version: str | None
    ) -> dict[str, Any]:
        if launch_type and launch_type not in ("EC2", "FARGATE", "EXTERNAL"):
            raise EcsClientException("launch type should be one of [EC2,FARGATE,EXTERNAL]")
        strategy = strategy or (None if launch_type else cluster.default_capacity_provider_strategy)
        kind = launch_type or launch_type_of(strategy)
        fargate = kind == "FARGATE"
        return {
            "capacity_provider_strategy": strategy,
            "launch_type": None if strategy else kind,
            "platform_version": platform_version or ("LATEST" if fargate else None),
            "platform_family": "Linux" if fargate else None,
        }

    def _get_service(self, cluster_str: str, service_str: str) -> Any:
        cluster = self._get_cluster(cluster_str)
        found = self.services.get(f"{cluster.name}:{service_str.rpartition('/')[2]}")
        if found is None:
            raise ServiceNotFoundException
        return found

    def list_services(
        self, cluster_str: str, scheduling_strategy: str | None = None, launch_type: str | None = None
    ) -> list[str]:
        """Only active ones: what is deleted is no longer listed, though still described for a while."""
        listed = set(super().list_services(cluster_str, scheduling_strategy, launch_type))
        name = self._get_cluster(cluster_str).name
        return sorted(
            s.arn
            for s in self.services.values()
            if s.cluster_name == name and s.status == "ACTIVE" and s.arn in listed
        )

    def update_service(self, service_properties: dict[str, Any]) -> Any:
        """Change a service; what changes how its tasks run begins a deployment, a new count does not."""
        given = dict(service_properties)
        with self.engine.lock:
            service = self._get_service(given.pop("cluster", None) or "default", given.pop("service"))
            if service.status != "ACTIVE":
                raise ECSException("ServiceNotActiveException", "Service was not ACTIVE.")
            if given.get("task_definition"):
                network = given.get("network_configuration") or service.network_configuration
                given["task_definition"] = self._runnable(given["task_definition"], network).arn
            rolls = bool(given.pop("force_new_deployment", False)) or any(
                given.get(name) is not None and given[name] != getattr(service, name, None)
                for name in _ROLLING
            )
            if given.get("desired_count") is not None and service.desired_count != given["desired_count"]:
                service.desired_count, service.steady = given["desired_count"], False
            service.apply(given)
            if given.get("capacity_provider_strategy"):
                service.launch_type = None
            if rolls and service.primary is not None:
                self.engine.deploy(service)
            return service

    def delete_service(self, cluster_name: str, service_name: str, force: bool) -> Any:
        """Drain a service: it is no longer listed, and INACTIVE once its tasks have stopped."""
        with self.engine.lock:
            service = self._get_service(cluster_name, service_name)
            if service.status == "INACTIVE":
                raise ECSException("ServiceNotActiveException", "Service was not ACTIVE.")
            if service.desired_count > 0 and not force and service.scheduling_strategy != "DAEMON":
                raise InvalidParameterException("The service cannot be stopped while it is scaled above 0.")
            service.status, service.desired_count = "DRAINING", 0
            return service


_ROLLING = (
    "task_definition", "network_configuration", "platform_version", "load_balancers", "service_registries",
    "capacity_provider_strategy", "enable_execute_command", "enable_ecs_managed_tags", "propagate_tags",
    "placement_constraints", "placement_strategy",
)  # fmt: skip
