"""ECS's API where moto drops parameters: those of services, tasks and listings."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ecs.responses import EC2ContainerServiceResponse

from launchbook.local.planes.ecs import history
from launchbook.local.planes.ecs.backend import Backend

#: Parameters of create-service that moto's model has no place for.
_MORE = (
    "deploymentConfiguration", "healthCheckGracePeriodSeconds", "capacityProviderStrategy",
    "availabilityZoneRebalancing", "placementConstraints", "placementStrategy", "enableExecuteCommand",
)  # fmt: skip


class Response(EC2ContainerServiceResponse):
    """moto's operations, with ours in their place."""

    @property
    def ecs_backend(self) -> Backend:
        """The state of the region that is asked."""
        found = super().ecs_backend
        assert isinstance(found, Backend)  # noqa: S101 - for the type checker; the plane put it there
        return found

    def create_service(self) -> ActionResult:
        """CreateService with every parameter kept."""
        more: dict[str, Any] = {camelcase_to_underscores(name): self._get_param(name) for name in _MORE}
        service = self.ecs_backend.create_service(
            self._get_param("cluster", "default"),
            self._get_param("serviceName"),
            self._get_int_param("desiredCount"),
            self._get_param("taskDefinition"),
            self._get_param("loadBalancers"),
            self._get_param("schedulingStrategy"),
            self._get_param("tags"),
            self._get_param("deploymentController"),
            self._get_param("launchType"),
            service_registries=self._get_param("serviceRegistries"),
            platform_version=self._get_param("platformVersion"),
            propagate_tags=self._get_param("propagateTags") or "NONE",
            network_configuration=self._get_param("networkConfiguration"),
            role_arn=self._get_param("role"),
            enable_ecs_managed_tags=self._get_param("enableECSManagedTags"),
            **more,
        )
        return ActionResult({"service": service})

    def update_service(self) -> ActionResult:
        """UpdateService."""
        given = {camelcase_to_underscores(name): value for name, value in self._get_params().items()}
        given["enable_ecs_managed_tags"] = self._get_param("enableECSManagedTags")
        return ActionResult({"service": self.ecs_backend.update_service(given)})

    def run_task(self) -> ActionResult:
        """RunTask with every parameter kept."""
        tasks = self.ecs_backend.run_task(
            self._get_param("cluster", "default"),
            self._get_param("taskDefinition"),
            self._get_int_param("count", 1),
            self._get_param("overrides"),
            self._get_param("startedBy"),
            self._get_param("tags"),
            self._get_param("launchType"),
            self._get_param("networkConfiguration"),
            self._get_param("group"),
            self._get_param("platformVersion"),
            self._get_param("capacityProviderStrategy"),
            propagate_tags=self._get_param("propagateTags"),
            enable_execute_command=self._get_param("enableExecuteCommand"),
        )
        return ActionResult({"tasks": tasks, "failures": []})

    def list_tasks(self) -> ActionResult:
        """ListTasks: every filter counts."""
        tasks = self.ecs_backend.list_tasks(
            self._get_param("cluster", "default"),
            self._get_param("containerInstance"),
            self._get_param("family"),
            self._get_param("startedBy"),
            self._get_param("serviceName"),
            self._get_param("desiredStatus"),
            launch_type=self._get_param("launchType"),
        )
        return ActionResult({"taskArns": [task.task_arn for task in tasks]})

    def describe_tasks(self) -> ActionResult:
        """DescribeTasks: what isn't there is a failure, not silence."""
        asked: list[str] = self._get_param("tasks", [])
        cluster = self._get_param("cluster", "default")
        tasks = self.ecs_backend.describe_tasks(cluster, asked)
        found = {task.id for task in tasks}
        region, account = self.region, self.current_account
        failures = [
            {
                "arn": name if name.startswith("arn:") else f"arn:aws:ecs:{region}:{account}:task/{name}",
                "reason": "MISSING",
            }
            for name in asked
            if name.rpartition("/")[2] not in found
        ]
        if "TAGS" in self._get_param("include", []):
            self._include_in_response("DescribeTasksResponse.tasks.Task.tags")
        else:
            self._exclude_from_response("DescribeTasksResponse.tasks.Task.tags")
        return ActionResult({"tasks": tasks, "failures": failures})

    def list_task_definition_families(self) -> ActionResult:
        """ListTaskDefinitionFamilies with its status filter (ACTIVE unless given)."""
        status = self._get_param("status", "ACTIVE")
        families = self.ecs_backend.list_task_definition_families(self._get_param("familyPrefix"), status)
        return ActionResult({"families": list(families)})

    def list_service_deployments(self) -> ActionResult:
        """ListServiceDeployments, newest first."""
        given = self._get_params()
        service = self.ecs_backend._get_service(given.get("cluster") or "default", given["service"])
        shown = [history.brief(service, deployment) for deployment in service.history]
        wanted = given.get("status")
        return ActionResult({"serviceDeployments": [s for s in shown if not wanted or s["status"] in wanted]})

    def describe_service_deployments(self) -> ActionResult:
        """DescribeServiceDeployments."""
        found, failures = [], []
        for arn in self._get_param("serviceDeploymentArns", []):
            known = history.find(self.ecs_backend, arn)
            if known:
                found.append(history.full(*known))
            else:
                failures.append({"arn": arn, "reason": "MISSING"})
        return ActionResult({"serviceDeployments": found, "failures": failures})
