"""Deployments of a service after the fact: a rollback takes a failed one out of describe-services, not out of here."""

from __future__ import annotations

from typing import Any

from launchbook.local.planes.ecs.rollout import breaker_threshold
from launchbook.local.planes.ecs.service import COMPLETED, FAILED, IN_PROGRESS, Deployment, Service


def arn(service: Service, deployment: Deployment) -> str:
    """The ARN of a deployment of a service."""
    return f"{service.arn.replace(':service/', ':service-deployment/')}/{deployment.id.rpartition('/')[2]}"


def find(backend: Any, wanted: str) -> tuple[Service, Deployment] | None:
    """The service and the deployment of an ARN."""
    for service in list(backend.services.values()):
        for deployment in service.history:
            if arn(service, deployment) == wanted:
                return service, deployment
    return None


def status(service: Service, deployment: Deployment) -> str:
    """Its status in the words of this part of the API."""
    back = deployment.rolled_back_to
    if back is not None:
        return "ROLLBACK_IN_PROGRESS" if back.rollout_state == IN_PROGRESS else "ROLLBACK_SUCCESSFUL"
    if deployment.rollout_state == FAILED:
        return "STOPPED"
    if deployment.finished_at is not None or deployment.rollout_state == COMPLETED:
        return "SUCCESSFUL"
    return "IN_PROGRESS" if service.primary is deployment else "STOPPED"


def brief(service: Service, deployment: Deployment) -> dict[str, Any]:
    """A line of ListServiceDeployments."""
    return {
        "serviceDeploymentArn": arn(service, deployment),
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "createdAt": deployment.created_at,
        "startedAt": deployment.created_at,
        "finishedAt": deployment.finished_at,
        "targetServiceRevisionArn": _revision(service, deployment),
        "status": status(service, deployment),
        "statusReason": _reason(deployment),
    }


def full(service: Service, deployment: Deployment) -> dict[str, Any]:
    """An entry of DescribeServiceDeployments."""
    shown = brief(service, deployment)
    revision = {
        "arn": shown.pop("targetServiceRevisionArn"),
        "requestedTaskCount": deployment.desired_count,
        "runningTaskCount": deployment.running_count,
        "pendingTaskCount": deployment.pending_count,
    }
    breaker = {
        "status": _breaker(service, deployment),
        "failureCount": deployment.failed_tasks,
        "threshold": breaker_threshold(service.desired_count),
    }
    back = deployment.rolled_back_to
    return {
        **shown,
        "updatedAt": deployment.updated_at,
        "targetServiceRevision": revision,
        "deploymentConfiguration": service.deployment_configuration,
        "deploymentCircuitBreaker": breaker,
        "rollback": {"reason": _reason(deployment), "serviceRevisionArn": _revision(service, back)}
        if back
        else None,
    }


def _reason(deployment: Deployment) -> str | None:
    if deployment.rollout_state != FAILED:
        return None
    return (
        f"{deployment.rollout_state_reason} First cause: {deployment.first_cause}"
        if deployment.first_cause
        else (deployment.rollout_state_reason)
    )


def _breaker(service: Service, deployment: Deployment) -> str:
    if not service.breaker.get("enable"):
        return "DISABLED"
    if deployment.rollout_state == FAILED:
        return "TRIGGERED"
    return "MONITORING" if deployment.finished_at is None else "MONITORING_COMPLETE"


def _revision(service: Service, deployment: Deployment) -> str:
    number = deployment.id.rpartition("/")[2]
    return f"{service.arn.replace(':service/', ':service-revision/')}/{number}"
