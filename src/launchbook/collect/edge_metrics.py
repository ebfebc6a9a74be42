"""Which distributions emit the metrics that CloudFront gives only when asked."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector

_CONFIG = "MonitoringSubscription.RealtimeMetricsSubscriptionConfig"


@collector(
    "aws_cloudfront_monitoring_subscription",
    Call("cloudfront", "ListDistributions", each="DistributionList.Items", keep=["Id"]),
    Call(
        "cloudfront",
        "GetMonitoringSubscription",
        given={"DistributionId": "$ListDistributions.Id"},
        take={"realtime_metrics": f"{_CONFIG}.RealtimeMetricsSubscriptionStatus"},
        none_codes=("NoSuchMonitoringSubscription",),
    ),
    scope="global",
)
def monitoring_subscriptions(row: Row) -> Seen | None:
    """Whether a distribution emits its additional metrics; nothing where it never was subscribed."""
    operation = "GetMonitoringSubscription"
    if operation not in row.answers and operation not in row.failed:
        return None
    seen = row.seen(id="none", name="none")
    name = str(row.get("ListDistributions", "Id"))
    return Seen(f"{name}/monitoring-subscription", name, seen.attributes)
