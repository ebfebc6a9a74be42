"""Reading and setting what is scaled (the desired count of ECS services), and the activities that tell of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from launchbook.local.plane import Host

_ECS = "ecs:service:DesiredCount"


def current(host: Host, region: str, dimension: str, resource: str) -> int | None:
    """The capacity asked for at present; None for what does not exist or can't be scaled here."""
    service = _service(host, region, dimension, resource)
    return None if service is None else int(service.desired_count)


def change(host: Host, region: str, target: Any, wanted: int, activity: dict[str, Any]) -> None:
    """Set a capacity; an error ends the activity as Failed."""
    _, cluster, service = target.resource_id.split("/")
    try:
        host.backend("ecs", region).update_service(
            {"cluster": cluster, "service": service, "desired_count": wanted}
        )
    except Exception as error:
        activity["StatusCode"], activity["StatusMessage"] = "Failed", f"Failed to set desired count: {error}"
        activity["EndTime"] = datetime.now(UTC).timestamp()


def settle(host: Host, region: str, activity: dict[str, Any]) -> None:
    """Close an activity once as many run as were asked for, or another activity has asked for more or less."""
    service = _service(host, region, activity["ScalableDimension"], activity["ResourceId"])
    wanted = activity["_wanted"]
    if service is None:
        activity["StatusCode"], activity["StatusMessage"] = "Failed", "The service is gone."
    elif int(service.desired_count) != wanted:
        activity["StatusCode"], activity["StatusMessage"] = "Overridden", "Another change came after it."
    elif int(service.running_count) == wanted:
        message = f"Successfully set desired count to {wanted}. Change successfully fulfilled by ecs."
        activity["StatusCode"], activity["StatusMessage"] = "Successful", message
    else:
        return
    activity["EndTime"] = datetime.now(UTC).timestamp()


def activity(target: Any, wanted: int, cause: str) -> dict[str, Any]:
    """A new scaling activity, in progress."""
    return {
        "ActivityId": str(uuid4()),
        "ServiceNamespace": target.service_namespace,
        "ResourceId": target.resource_id,
        "ScalableDimension": target.scalable_dimension,
        "Description": f"Setting desired count to {wanted}.",
        "Cause": cause,
        "StartTime": datetime.now(UTC).timestamp(),
        "StatusCode": "InProgress",
        "StatusMessage": f"Successfully set desired count to {wanted}. Waiting for change to be fulfilled by ecs.",
        "_wanted": wanted,
    }


def _service(host: Host, region: str, dimension: str, resource: str) -> Any:
    if dimension != _ECS or resource.count("/") != 2:
        return None
    _, cluster, name = resource.split("/")
    service = host.backend("ecs", region).services.get(f"{cluster}:{name}")
    return service if service is not None and service.status == "ACTIVE" else None
