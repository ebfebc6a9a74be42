"""Sets of dimensions under which AWS publishes nothing, though each of them exists.

As the CloudWatch pages of each service list them: a metric is found only under a set that was published.
"""

from __future__ import annotations

from collections.abc import Iterable

from launchbook.checks._absence import unhidden
from launchbook.checks._pointing import among
from launchbook.checks._shapes import known, pick
from launchbook.model import Fact, Facts, NotKnown, Ref, Value

#: Namespace and metric (empty: every one) -> the dimensions that every published set of it has.
_NEEDED = {
    **{
        (space, metric): ("TargetGroup", "LoadBalancer")
        for space in ("AWS/ApplicationELB", "AWS/NetworkELB")
        for metric in ("HealthyHostCount", "UnHealthyHostCount")
    },
    ("AWS/ECS", ""): ("ClusterName",),
    ("ECS/ContainerInsights", ""): ("ClusterName",),
}
#: What each node of a cache publishes of itself, and a replication group alone does not.
_OF_NODES = (
    *("CPUUtilization", "EngineCPUUtilization", "DatabaseMemoryUsagePercentage", "FreeableMemory"),
    *("Evictions", "CurrConnections", "SwapUsage", "BytesUsedForCache", "ReplicationLag"),
)


def never_published(namespace: str, metric: str, names: Iterable[str]) -> str:
    """Why AWS publishes no such metric under just these dimensions; empty where it may."""
    given = set(names)
    for wanted in ((namespace, metric), (namespace, "")):
        missing = [one for one in _NEEDED.get(wanted, ()) if one not in given]
        if missing and given:
            held = " and ".join(sorted(given))
            return f"AWS publishes {metric} with {' and '.join(missing)}, never with {held} alone"
    if namespace == "AWS/ElastiCache" and metric in _OF_NODES and given == {"ReplicationGroupId"}:
        return (
            f"AWS publishes {metric} of each node, with CacheClusterId, never with ReplicationGroupId alone"
        )
    return ""


#: Types whose ``id`` is an address or an ARN, while their metrics carry the name.
_IDS = ("aws_sqs_queue", "aws_sns_topic", "aws_ecs_service")


def named_otherwise(value: Value, kind: str, facts: Facts) -> bool:
    """Whether a dimension is given the ``id`` of a thing of a kind where that is an ARN or a URL: a cluster's is so in
    Terraform, and its name in CloudFormation. Raises NotKnown where the thing was not read."""
    if not isinstance(value, Ref) or value.attribute != "id" or kind not in (*_IDS, "aws_ecs_cluster"):
        return False
    target = facts.find(value)
    if target is None:
        raise NotKnown("what a dimension is given", f"{value.to} was not read")
    in_terraform = target.where.file.endswith((".tf", ".tf.json", ".tofu"))
    return in_terraform or (
        kind in _IDS and target.where.file.endswith((".yaml", ".yml", ".json", ".template"))
    )


def lacks_alias(resource: Value, facts: Facts, alarm: Fact) -> bool:
    """Whether ``Resource`` names a version of a function, ``FUNCTION:ALIAS``, under an alias that it has not.

    Raises NotKnown where it has no alias at all in files: whatever rolls it out may make one.
    """
    function, _, alias = str(known(resource, f"Resource of {alarm.name}")).rpartition(":")
    if not function or alias.isdigit() or alias == "$LATEST":
        return False
    owner = [one for one in facts.seen("aws_lambda_function") if one.name == function]
    if not owner or known(owner[0].attributes.get("auto_publish_alias"), f"an alias of {function}") == alias:
        return False
    held = pick(
        facts.seen("aws_lambda_alias"),
        lambda one: among(facts, one.attributes.get("function_name"), owner[0]),
    )
    names = [known(one.get("name"), f"an alias of {function}") for one in held.found]
    if alias in names:
        return False
    held.settled()
    unhidden(facts, alarm, "aws_lambda_alias")
    if not names:
        raise NotKnown(
            f"whether {function} has the alias {alias}",
            "no file makes it",
            f"aws lambda list-aliases --function-name {function}",
        )
    return True
