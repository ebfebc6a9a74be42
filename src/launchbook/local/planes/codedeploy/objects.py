"""The deletion of applications and their groups, which moto lacks; a group without a load balancer tells none."""

from __future__ import annotations

from typing import Any

from moto.codedeploy.responses import CodeDeployResponse
from moto.core.responses import ActionResult, EmptyResult

_get_deployment_group = CodeDeployResponse.get_deployment_group


def get_deployment_group(self: Any) -> ActionResult:
    """A group; an empty load balancer is none."""
    answer = _get_deployment_group(self)
    told: Any = answer.result
    if not told["deploymentGroupInfo"].get("loadBalancerInfo"):
        told["deploymentGroupInfo"].pop("loadBalancerInfo", None)
    return answer


def delete_deployment_group(self: Any) -> ActionResult:
    """Delete a group; nothing was installed, so nothing is left to clean."""
    groups = self.codedeploy_backend.deployment_groups.get(self._get_param("applicationName"), {})
    groups.pop(self._get_param("deploymentGroupName"), None)
    return ActionResult({"hooksNotCleanedUp": []})


def delete_application(self: Any) -> ActionResult:
    """Delete an application with its groups."""
    name = self._get_param("applicationName")
    self.codedeploy_backend.applications.pop(name, None)
    self.codedeploy_backend.deployment_groups.pop(name, None)
    return EmptyResult()


def install() -> None:
    """Put these in moto's place."""
    response: Any = CodeDeployResponse
    response.get_deployment_group = get_deployment_group
    response.delete_application = delete_application
    response.delete_deployment_group = delete_deployment_group
