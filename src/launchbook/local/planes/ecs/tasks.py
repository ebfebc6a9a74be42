"""ECS's clusters, task definitions and tasks with moto's gaps closed; listings leave out what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from moto.core.resource_tagging import TaggedResource
from moto.ecs import models, urls
from moto.ecs.exceptions import (
    EcsClientException,
    ECSException,
    InvalidParameterException,
    TaskDefinitionNotFoundException,
)

from launchbook.local.planes.ecs import fargate
from launchbook.local.planes.ecs.engine import Engine
from launchbook.local.planes.ecs.model import STOPPED, Task

_FARGATE = ("FARGATE", "FARGATE_SPOT")


class TaskBackend(models.EC2ContainerServiceBackend):
    """One region's clusters, task definitions and tasks."""

    #: The engine of this embedded AWS, set when the plane is installed.
    engine: ClassVar[Engine]

    @property
    def _url_module(self) -> Any:
        return urls

    # -- clusters -------------------------------------------------------------------------------

    def create_cluster(self, cluster_name: str, *args: Any, **kwargs: Any) -> models.Cluster:
        """As AWS: a cluster that is already there is given back."""
        known = self.clusters.get(cluster_name)
        if known is not None and known.status == "ACTIVE":
            return known
        return super().create_cluster(cluster_name, *args, **kwargs)

    def _get_cluster(self, name: str) -> models.Cluster:
        return super()._get_cluster(name or "default")

    def _active_cluster(self, name: str) -> models.Cluster:
        cluster = self._get_cluster(name)
        if cluster.status != "ACTIVE":
            raise ECSException("ClusterNotFoundException", "The referenced cluster was inactive.")
        return cluster

    def list_clusters(self) -> list[str]:
        """Deleted clusters can be described for a while, but are no longer listed."""
        return [cluster.arn for cluster in self.clusters.values() if cluster.status == "ACTIVE"]

    def delete_cluster(self, cluster_str: str) -> models.Cluster:
        """Refused while services or tasks are there."""
        with self.engine.lock:
            name = self._get_cluster(cluster_str).name
            if any(s.cluster_name == name and s.status != "INACTIVE" for s in self.services.values()):
                raise ECSException(
                    "ClusterContainsServicesException",
                    "The Cluster cannot be deleted while Services are active.",
                )
            if any(task.last_status != STOPPED for task in self.tasks.get(name, {}).values()):
                raise ECSException(
                    "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active."
                )
            return super().delete_cluster(cluster_str)

    # -- task definitions -----------------------------------------------------------------------

    def register_task_definition(self, *args: Any, **given: Any) -> models.TaskDefinition:
        """A new revision, of a size that its launch type has."""
        fargate.check(given.get("requires_compatibilities"), given.get("cpu"), given.get("memory"))
        return super().register_task_definition(*args, **given)

    def _get_last_task_definition_revision_id(self, family: str) -> int:
        known = self.task_definitions.get(family, {})
        active = [revision for revision, each in known.items() if each.status == "ACTIVE"]
        return max(active or known, default=0)

    def list_task_definition_families(
        self, family_prefix: str | None = None, status: str = "ACTIVE"
    ) -> Iterator[str]:
        """Families with a revision of that status."""
        for family, revisions in sorted(self.task_definitions.items()):
            shown = status == "ALL" or any(each.status == status for each in revisions.values())
            if shown and family.startswith(family_prefix or ""):
                yield family

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Everything with tags that still exists, as of one moment."""
        with self.engine.lock:
            gone = {
                service.physical_resource_id
                for service in self.services.values()
                if service.status != "ACTIVE"
            }
            gone |= {cluster.arn for cluster in self.clusters.values() if cluster.status != "ACTIVE"}
            for tasks in self.tasks.values():
                gone |= {task.task_arn for task in tasks.values() if task.last_status == "STOPPED"}
            for revisions in self.task_definitions.values():
                gone |= {each.arn for each in revisions.values() if each.status != "ACTIVE"}
            found = [each for each in super().iter_tagged_resources() if each.arn not in gone]
        yield from found

    # -- tasks ----------------------------------------------------------------------------------

    def run_task(
        self,
        cluster_str: str,
        task_definition_str: str,
        count: int,
        overrides: dict[str, Any] | None,
        started_by: str,
        tags: list[dict[str, str]] | None,
        launch_type: str | None,
        networking_configuration: dict[str, Any] | None = None,
        group: str | None = None,
        platform_version: str | None = None,
        capacity_provider_strategy: list[dict[str, Any]] | None = None,
        **more: Any,
    ) -> list[Any]:
        """Start one-off tasks; this machine stands for the capacity of every launch type."""
        _check_run(count, launch_type, capacity_provider_strategy)
        with self.engine.lock:
            cluster = self._active_cluster(cluster_str)
            definition = self._runnable(task_definition_str, networking_configuration)
            default = cluster.default_capacity_provider_strategy
            strategy = capacity_provider_strategy or (None if launch_type else default)
            propagated = definition.tags if more.get("propagate_tags") == "TASK_DEFINITION" else ()
            settings = {
                "group": group or f"family:{definition.family}",
                "launch_type": launch_type or launch_type_of(strategy),
                "capacity_provider_name": strategy[0]["capacityProvider"] if strategy else None,
                "started_by": started_by or "",
                "overrides": overrides or {},
                "tags": list(tags or propagated),
                "network_configuration": networking_configuration or {},
                "enable_execute_command": bool(more.get("enable_execute_command")),
            }
            made = [self.engine.new_task(cluster, definition, **settings) for _ in range(count)]
            for task in made:
                self.engine.begin(self, task)
            return made

    def start_task(
        self, cluster_str: str, task_definition_str: str, container_instances: list[str], overrides: dict[str, Any],
        started_by: str, tags: list[dict[str, str]] | None = None, group: str | None = None,
    ) -> list[Any]:  # fmt: skip
        """A task for each instance that is named; it runs on this machine like every other."""
        return self.run_task(
            cluster_str,
            task_definition_str,
            len(container_instances),
            overrides,
            started_by,
            tags,
            "EC2",
            group=group,
        )

    def _runnable(self, name: str, network: dict[str, Any] | None) -> models.TaskDefinition:
        try:
            definition = self.describe_task_definition(name)
        except TaskDefinitionNotFoundException as error:  # describing it and running it differ in their words
            raise EcsClientException("TaskDefinition not found.") from error
        if definition.status != "ACTIVE":
            raise EcsClientException("TaskDefinition is inactive")
        if definition.network_mode == "awsvpc" and not network:
            raise InvalidParameterException(
                "Network Configuration must be provided when networkMode 'awsvpc' is specified."
            )
        if network:
            self._check_network(network)
        return definition

    def _check_network(self, network: dict[str, Any]) -> None:
        """Subnets and security groups must exist."""
        settings = network["awsvpcConfiguration"]
        ec2 = self.engine.host.backend("ec2", self.region_name)
        for subnet in settings.get("subnets") or ():
            if not any(subnet in zone for zone in ec2.subnets.values()):
                raise InvalidParameterException(
                    f"Error retrieving subnet information for [{subnet}]: The subnet ID '{subnet}' does not exist "
                    "(ErrorCode: InvalidSubnetID.NotFound)"
                )
        for group in settings.get("securityGroups") or ():
            if ec2.get_security_group_from_id(group) is None:
                raise InvalidParameterException(
                    f"Error retrieving security group information for [{group}]: The security group '{group}' "
                    "does not exist (ErrorCode: InvalidGroup.NotFound)"
                )

    def describe_tasks(self, cluster_str: str, tasks: list[str]) -> list[Any]:
        """The tasks that are there, by ARN or id; describing them changes nothing."""
        cluster = self._get_cluster(cluster_str)
        if not tasks:
            raise InvalidParameterException("Tasks cannot be empty.")
        held = {task.id: task for task in self._all(cluster.name)}
        names = [name.rpartition("/")[2] for name in tasks]
        return [held[name] for name in names if name in held]

    def _all(self, cluster: str) -> list[Task]:
        found: Any = list(self.tasks.get(cluster, {}).values())
        return list(found)

    def list_tasks(
        self, cluster_str: str | None = None, container_instance: str | None = None, family: str | None = None,
        started_by: str | None = None, service_name: str | None = None, desiredStatus: str | None = None,
        launch_type: str | None = None,
    ) -> list[Any]:  # fmt: skip
        """Every filter counts; without a desired status only tasks that are to run."""
        cluster = self._get_cluster(cluster_str or "default")
        if service_name:
            self._get_service(cluster.name, service_name)
        return [
            task
            for task in self._all(cluster.name)
            if task.desired_status == (desiredStatus or "RUNNING")
            and (not service_name or task.group == f"service:{service_name.rpartition('/')[2]}")
            and (not family or task.definition.family == family)
            and (not started_by or task.started_by == started_by)
            and (not launch_type or task.launch_type == launch_type)
            and not container_instance
        ]

    def stop_task(self, cluster_str: str, task_str: str, reason: str) -> Any:
        """Ask a task to stop."""
        with self.engine.lock:
            found = self.describe_tasks(cluster_str, [task_str])
            if not found:
                raise InvalidParameterException("The referenced task was not found.")
            found[0].ask_to_stop(reason or "Task stopped by user", "UserInitiated")
            return found[0]


def _check_run(count: int, launch_type: str | None, strategy: Any) -> None:
    if launch_type and strategy:
        raise InvalidParameterException(
            "Specify either Launch Type or Capacity Provider Strategy, but not both."
        )
    if launch_type and launch_type not in ("EC2", "FARGATE", "EXTERNAL"):
        raise InvalidParameterException("launch type should be one of [EC2,FARGATE,EXTERNAL]")
    if not 1 <= count <= 10:
        raise InvalidParameterException("count should be between 1 and 10.")


def launch_type_of(strategy: Any) -> str:
    """The launch type that a capacity provider strategy stands for."""
    return "FARGATE" if strategy and strategy[0]["capacityProvider"] in _FARGATE else "EC2"
