"""Metrics that somebody emits: an alarm on any other is silent for ever."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._shapes import field, known, listed, pick, some
from launchbook.checks.alarms import watched
from launchbook.model import Evidence, Fact, Facts, NotKnown, Value, Verdict, verdict
from launchbook.model.aws import Alarm

#: What CloudFront emits only where a monitoring subscription is made for the distribution.
_CLOUDFRONT_EXTRA = {
    "CacheHitRate",
    "OriginLatency",
    "401ErrorRate",
    "403ErrorRate",
    "404ErrorRate",
    "502ErrorRate",
}
_CLOUDFRONT_EXTRA |= {"503ErrorRate", "504ErrorRate"}


@check(
    "alarm-metric-not-emitted",
    "Every alarm watches a metric that somebody emits",
    of=Alarm,
    severity="high",
    fix="Switch on what emits the metric (Container Insights, additional metrics, a metric filter), or watch another.",
)
def metric_not_emitted(alarm: Alarm, facts: Facts) -> Verdict | None:
    """A metric that nobody emits has no data, and an alarm on it never rings."""
    seen: list[Evidence] = []
    for namespace, name, dimensions, _ in watched(alarm):
        place = "metric_name" if alarm.metric_name else "metric_query"
        if namespace == "ECS/ContainerInsights":
            failed = _without_insights(alarm, place, dimensions, facts)
        elif namespace == "AWS/CloudFront" and name in _CLOUDFRONT_EXTRA:
            failed = _without_additional(alarm, place, name, facts)
        elif not namespace.startswith(("AWS/", "ECS/", "CWAgent", "LambdaInsights", "ContainerInsights")):
            failed = _without_filter(alarm, place, namespace, name, facts)
        else:
            failed = None
        if failed is not None:
            return failed
        seen.append(alarm.at(place))
    return verdict(True, "its metric is emitted", at=seen) if seen else None


def _without_insights(alarm: Alarm, place: str, dimensions: dict[str, Value], facts: Facts) -> Verdict | None:
    cluster = next(
        (
            one
            for one in facts.seen("aws_ecs_cluster")
            if one.name == dimensions.get("ClusterName") or facts.find(dimensions.get("ClusterName")) is one
        ),
        None,
    )
    if cluster is None:
        raise NotKnown("whether Container Insights is on", "the cluster was not read", "ecs:DescribeClusters")
    if some(listed(cluster.get("setting")), _switches_insights_on):
        return None
    ends = [alarm.at(place), cluster.at("setting")]
    return verdict(False, f"Container Insights is off on {cluster.name}: the metric has no data", at=ends)


def _switches_insights_on(setting: Value) -> bool:
    if known(field(setting, "name"), "a setting of the cluster") != "containerInsights":
        return False
    return known(field(setting, "value"), "Container Insights") in ("enabled", "enhanced")


def _without_additional(alarm: Alarm, place: str, name: str, facts: Facts) -> Verdict | None:
    if some(facts.seen("aws_cloudfront_monitoring_subscription"), _subscribes):
        return None
    absent(facts, alarm, "aws_cloudfront_monitoring_subscription")
    ends = [alarm.at(place), *(one.at() for one in facts.seen("aws_cloudfront_distribution")[:1])]
    return verdict(
        False,
        f"{name} is an additional metric of CloudFront, and no monitoring subscription is made",
        at=ends,
    )


def _subscribes(fact: Fact) -> bool:
    for name, value in fact.attributes.items():
        if "Enabled" in str(value):
            return True
        known(value, f"{name} of {fact.name}")
    return False


def _without_filter(alarm: Alarm, place: str, namespace: str, name: str, facts: Facts) -> Verdict | None:
    """A metric of one's own: a metric filter, or code that puts it; where it has data, somebody does."""
    named = [(one.get("namespace"), one.get("metric_name")) for one in facts.seen("cloudwatch_data")]
    if (namespace, name) in named:
        return None
    filters = facts.seen("aws_cloudwatch_log_metric_filter")
    making = pick(filters, lambda one: _makes(one, namespace, name))
    if making.found:
        return None
    making.settled()
    unhidden(facts, alarm, "aws_cloudwatch_log_metric_filter", "sdk_call")
    puts = [one for one in facts.seen("sdk_call") if one.get("operation") == "PutMetricData"]
    if puts:
        raise NotKnown(
            f"whether {namespace} {name} is emitted", "code puts metrics of its own, under names not read"
        )
    if not alarm.declared and not facts.none_exists("aws_cloudwatch_log_metric_filter"):
        raise NotKnown(
            f"whether {namespace} {name} is emitted", "only its data could tell", "cloudwatch:ListMetrics"
        )
    ends = [
        alarm.at("namespace" if place == "metric_name" else place),
        *(one.at("pattern") for one in filters[:1]),
    ]
    return verdict(False, f"no metric filter and no code emits {namespace} {name}", at=ends)


def _makes(one: Fact, namespace: str, name: str) -> bool:
    """Whether a metric filter makes a metric."""
    return some(
        listed(one.get("metric_transformation")),
        lambda made: (
            known(field(made, "name"), f"the metric of {one.name}") == name
            and known(field(made, "namespace"), f"the namespace of {one.name}") == namespace
        ),
    )
