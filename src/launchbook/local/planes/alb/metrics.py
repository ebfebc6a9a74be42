"""What CloudWatch shows of a load balancer, from what passed through its proxy (AWS/ApplicationELB)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from launchbook.local.plane import Host
from launchbook.local.planes.alb.accesses import Tally

_UNITS = {"ProcessedBytes": "Bytes"}


def dimension(arn: str) -> str:
    """The value of a dimension: ``app/NAME/ID`` of a balancer, ``targetgroup/NAME/ID`` of a group."""
    return arn.rsplit(":", 1)[-1].removeprefix("loadbalancer/")


def traffic(host: Host, region: str, arn: str, tally: Tally, groups: Mapping[str, Any]) -> None:
    """Record a second's counts, of the balancer and of each group, and the sampled response times.

    A count is one sample that holds the number, so Sum is the statistic that means something, as on AWS.
    """
    if not tally.counts:
        return
    balancer = {"LoadBalancer": dimension(arn)}
    totals: dict[str, float] = {}
    count: float
    for (key, name), count in tally.counts.items():
        totals[name] = totals.get(name, 0) + count
        if group := groups.get(key):
            both = {**balancer, "TargetGroup": dimension(group.arn)}
            _record(host, region, name, count, both)
            if name == "RequestCount":
                each = count / max(1, len(group.targets))
                _record(host, region, "RequestCountPerTarget", each, both)
                _record(host, region, "RequestCountPerTarget", each, {"TargetGroup": both["TargetGroup"]})
    for name, count in totals.items():
        _record(host, region, name, count, balancer)
    for key, seconds in tally.samples():
        _record(host, region, "TargetResponseTime", seconds, balancer, "Seconds")
        if group := groups.get(key):
            both = {**balancer, "TargetGroup": dimension(group.arn)}
            _record(host, region, "TargetResponseTime", seconds, both, "Seconds")


def hosts(host: Host, region: str, arn: str, groups: Mapping[str, Any]) -> None:
    """Record how many targets of each group are healthy and how many are not."""
    namespace = "AWS/NetworkELB" if "/net/" in arn else "AWS/ApplicationELB"
    for group in groups.values():
        if group is None:
            continue
        states = list(group.launchbook_health.values())
        both = {"LoadBalancer": dimension(arn), "TargetGroup": dimension(group.arn)}
        for name, wanted in (("HealthyHostCount", "healthy"), ("UnHealthyHostCount", "unhealthy")):
            host.metric(region, namespace, name, states.count(wanted), dimensions=both, unit="Count")


def _record(
    host: Host, region: str, name: str, value: float, dimensions: Mapping[str, str], unit: str = ""
) -> None:
    unit = unit or _UNITS.get(name, "Count")
    host.metric(region, "AWS/ApplicationELB", name, value, dimensions=dimensions, unit=unit)
