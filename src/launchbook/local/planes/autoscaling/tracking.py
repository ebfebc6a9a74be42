"""Target tracking: the alarms it makes and the capacity it asks for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from launchbook.local.planes.autoscaling import steps

#: How far below its target a metric has to be before capacity goes.
_SCALE_IN_AT = 0.9
_HIGH_PERIODS, _LOW_PERIODS = 3, 15
_PERIOD = 60
_DEFAULT_COOLDOWN = 300.0

Metric = Mapping[str, Any]


def alarms(
    namespace: str, resource: str, configuration: Mapping[str, Any], action: str
) -> list[dict[str, Any]]:
    """The alarms AWS would make for a policy, as parameters of ``put_metric_alarm``; none if the metric is unknown."""
    metric = _metric(namespace, resource, configuration)
    if metric is None:
        return []
    target = float(configuration["TargetValue"])
    common = {
        "namespace": "",
        "metric_name": "",
        "statistic": "",
        "dimensions": [],
        "period": None,
        **metric,
        "description": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {action}.",
        "alarm_actions": [action],
    }
    high = {
        **common,
        "name": f"TargetTracking-{resource}-AlarmHigh-{uuid4()}",
        "comparison_operator": "GreaterThanThreshold",
        "threshold": target,
        "evaluation_periods": _HIGH_PERIODS,
    }
    low = {
        **common,
        "name": f"TargetTracking-{resource}-AlarmLow-{uuid4()}",
        "comparison_operator": "LessThanThreshold",
        "threshold": target * _SCALE_IN_AT,
        "evaluation_periods": _LOW_PERIODS,
    }
    return [high] if configuration.get("DisableScaleIn") else [high, low]


def wanted(configuration: Mapping[str, Any], current: int, metric: float) -> tuple[int, float]:
    """The capacity for this metric value, before bounds, and the cooldown of that direction in seconds."""
    target = float(configuration["TargetValue"])
    capacity = steps.tracked(current, metric, target)
    if metric > target:
        return max(capacity, current + 1), _cooldown(configuration, "ScaleOutCooldown")
    if configuration.get("DisableScaleIn"):
        return current, 0.0
    return min(capacity, current), _cooldown(configuration, "ScaleInCooldown")


def _cooldown(configuration: Mapping[str, Any], name: str) -> float:
    given = configuration.get(name)
    return _DEFAULT_COOLDOWN if given is None else float(given)


def _metric(namespace: str, resource: str, configuration: Mapping[str, Any]) -> dict[str, Any] | None:
    custom = configuration.get("CustomizedMetricSpecification")
    if custom:
        return _customized(custom)
    predefined = configuration.get("PredefinedMetricSpecification") or {}
    kind = predefined.get("PredefinedMetricType", "")
    if namespace != "ecs":
        return None
    _, cluster, service = resource.split("/")
    if kind == "ALBRequestCountPerTarget":
        parts = str(predefined.get("ResourceLabel", "")).split("/")
        if len(parts) != 6:
            return None
        balancer, group = "/".join(parts[:3]), "/".join(parts[3:])
        dimensions = {"LoadBalancer": balancer, "TargetGroup": group}
        return _plain("AWS/ApplicationELB", "RequestCountPerTarget", "Sum", dimensions)
    names = {
        "ECSServiceAverageCPUUtilization": "CPUUtilization",
        "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
    }
    if kind not in names:
        return None
    return _plain("AWS/ECS", names[kind], "Average", {"ClusterName": cluster, "ServiceName": service})


def _plain(namespace: str, name: str, statistic: str, dimensions: Mapping[str, str]) -> dict[str, Any]:
    return {
        "namespace": namespace,
        "metric_name": name,
        "statistic": statistic,
        "dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "period": _PERIOD,
    }


def _customized(custom: Mapping[str, Any]) -> dict[str, Any] | None:
    if not custom.get("Metrics"):
        dimensions = {d["Name"]: d["Value"] for d in custom.get("Dimensions") or []}
        plain = _plain(custom["Namespace"], custom["MetricName"], custom["Statistic"], dimensions)
        return plain | ({"unit": custom["Unit"]} if custom.get("Unit") else {})
    return {"metric_data_queries": [_query(query) for query in custom["Metrics"]], "period": None}


def _query(query: Mapping[str, Any]) -> Any:
    from moto.cloudwatch import models

    given = query.get("MetricStat")
    stat = None
    if given:
        metric = given["Metric"]
        dimensions = [models.Dimension(d["Name"], d["Value"]) for d in metric.get("Dimensions") or []]
        stat = models.MetricStat(
            models.Metric(metric["MetricName"], metric["Namespace"], dimensions),
            str(_PERIOD),
            given["Stat"],
            given.get("Unit"),
        )
    return models.MetricDataQuery(
        query["Id"],
        query.get("Label"),  # type: ignore[arg-type]
        str(_PERIOD),
        query.get("ReturnData", True),
        query.get("Expression"),
        stat,
    )
