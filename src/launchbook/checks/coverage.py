"""Alarms that should be there: one table of what to watch on which resource, one check a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from launchbook.check import check
from launchbook.checks._shapes import absent, field, listed, points_at, words
from launchbook.checks.alarms import watched
from launchbook.checks.queues import takes_dead_letters
from launchbook.model import Fact, Facts, NotKnown, Severity, Value, Verdict, verdict
from launchbook.model.aws import Alarm, Queue


@dataclass(frozen=True)
class Watch:
    """One row: an alarm that every resource of a type should have. ``metrics`` are alternatives."""

    id: str
    of: str
    what: str
    namespaces: tuple[str, ...]
    metrics: tuple[str, ...]
    dimension: str
    severity: Severity = "medium"
    why: str = ""
    #: Which resources of the type it is for: all, work queues, dead-letter queues, replicas.
    only: Callable[[Fact, Facts], bool] = lambda fact, facts: True


def _is_dead_letter(queue: Fact, facts: Facts) -> bool:
    return isinstance(queue, Queue) and takes_dead_letters(queue, facts)


_ECS = ("AWS/ECS", "ECS/ContainerInsights")
_LB = ("AWS/ApplicationELB", "AWS/NetworkELB")
_DEPTH = "ApproximateNumberOfMessagesVisible"
_AGE = "ApproximateAgeOfOldestMessage"

WATCHES: tuple[Watch, ...] = (
    Watch("ecs-cpu", "aws_ecs_service", "CPU", _ECS, ("CPUUtilization", "CpuUtilized"), "ServiceName"),
    Watch(
        "ecs-memory",
        "aws_ecs_service",
        "memory",
        _ECS,
        ("MemoryUtilization", "MemoryUtilized"),
        "ServiceName",
    ),
    Watch(
        *("ecs-running-tasks", "aws_ecs_service", "fewer running tasks than wanted", _ECS),
        *(("RunningTaskCount",), "ServiceName", "high"),
    ),
    Watch("rds-cpu", "aws_db_instance", "CPU", ("AWS/RDS",), ("CPUUtilization",), "DBInstanceIdentifier"),
    Watch(
        *("rds-storage", "aws_db_instance", "free storage", ("AWS/RDS",), ("FreeStorageSpace",)),
        *("DBInstanceIdentifier", "high"),
    ),
    Watch(
        *("rds-connections", "aws_db_instance", "connections", ("AWS/RDS",), ("DatabaseConnections",)),
        "DBInstanceIdentifier",
    ),
    Watch(
        *("rds-read-latency", "aws_db_instance", "read latency", ("AWS/RDS",), ("ReadLatency",)),
        "DBInstanceIdentifier",
    ),
    Watch(
        *("rds-write-latency", "aws_db_instance", "write latency", ("AWS/RDS",), ("WriteLatency",)),
        "DBInstanceIdentifier",
    ),
    Watch(
        *("rds-replica-lag", "aws_db_instance", "replica lag", ("AWS/RDS",), ("ReplicaLag",)),
        "DBInstanceIdentifier",
        only=lambda fact, facts: bool(fact.attributes.get("replicate_source_db")),
    ),
    Watch(
        *("redis-cpu", "aws_elasticache_replication_group", "CPU", ("AWS/ElastiCache",)),
        *(("EngineCPUUtilization", "CPUUtilization"), "CacheClusterId"),
    ),
    Watch(
        *("redis-memory", "aws_elasticache_replication_group", "memory", ("AWS/ElastiCache",)),
        *(("DatabaseMemoryUsagePercentage", "FreeableMemory", "BytesUsedForCache"), "CacheClusterId"),
    ),
    Watch(
        *("redis-evictions", "aws_elasticache_replication_group", "evictions", ("AWS/ElastiCache",)),
        *(("Evictions",), "CacheClusterId"),
    ),
    Watch(
        *("redis-connections", "aws_elasticache_replication_group", "connections", ("AWS/ElastiCache",)),
        *(("CurrConnections",), "CacheClusterId"),
    ),
    Watch(
        *("queue-age", "aws_sqs_queue", "the age of its oldest message", ("AWS/SQS",), (_AGE,), "QueueName"),
        severity="high",
        only=lambda fact, facts: not _is_dead_letter(fact, facts),
    ),
    Watch(
        *("queue-depth", "aws_sqs_queue", "its depth", ("AWS/SQS",), (_DEPTH,), "QueueName"),
        only=lambda fact, facts: not _is_dead_letter(fact, facts),
    ),
    Watch(
        *(
            "dead-letters",
            "aws_sqs_queue",
            "the first message that arrives",
            ("AWS/SQS",),
            (_DEPTH,),
            "QueueName",
        ),
        severity="high",
        only=_is_dead_letter,
    ),
    Watch(
        "lb-errors", "aws_lb", "its own 5xx answers", _LB, ("HTTPCode_ELB_5XX_Count",), "LoadBalancer", "high"
    ),
    Watch(
        *("lb-target-errors", "aws_lb", "5xx answers of its targets", _LB),
        *(("HTTPCode_Target_5XX_Count",), "LoadBalancer", "high"),
    ),
    Watch("lb-latency", "aws_lb", "latency", _LB, ("TargetResponseTime",), "LoadBalancer"),
    Watch(
        "lb-unhealthy", "aws_lb", "unhealthy targets", _LB, ("UnHealthyHostCount",), "LoadBalancer", "high"
    ),
    Watch(
        *("edge-errors", "aws_cloudfront_distribution", "5xx answers", ("AWS/CloudFront",)),
        *(("5xxErrorRate",), "DistributionId", "high"),
    ),
    Watch(
        *("edge-latency", "aws_cloudfront_distribution", "origin latency", ("AWS/CloudFront",)),
        *(("OriginLatency",), "DistributionId"),
    ),
    Watch(
        *("event-failures", "aws_cloudwatch_event_rule", "failed invocations", ("AWS/Events",)),
        *(("FailedInvocations",), "RuleName"),
    ),
    Watch(
        "lambda-errors", "aws_lambda_function", "errors", ("AWS/Lambda",), ("Errors",), "FunctionName", "high"
    ),
    Watch(
        "lambda-throttles",
        "aws_lambda_function",
        "throttles",
        ("AWS/Lambda",),
        ("Throttles",),
        "FunctionName",
    ),
)


def alarms_on(facts: Facts, watch: Watch, fact: Fact) -> list[Fact]:
    """The alarms that watch one of the row's metrics on this resource."""
    return [one for one in facts.seen(Alarm) if _strong(one) and _watches(facts, one, watch, fact)]


def _strong(alarm: Fact) -> bool:
    return alarm.origin == "source"


def _watches(facts: Facts, alarm: Alarm, watch: Watch, fact: Fact) -> bool:
    if alarm.attributes.get("metric_name") not in (*watch.metrics, None, ""):
        return False
    try:
        found = watched(alarm)
    except NotKnown:
        return False
    return any(
        namespace in watch.namespaces
        and name in watch.metrics
        and _is(facts, dimensions.get(watch.dimension), fact)
        for namespace, name, dimensions, _ in found
    )


def _is(facts: Facts, value: Value, fact: Fact) -> bool:
    """Whether a dimension's value names the resource: by reference, name or suffix; a cache also by its members."""
    if value is None:
        return False
    if points_at(facts, value, fact):
        return True
    held = (fact.attributes.get(name) for name in ("arn_suffix", "id", "identifier", "function_name"))
    if not isinstance(value, str):
        return False
    members = words(fact.attributes.get("member_clusters"))
    return (
        value in held or value in members or (value.rpartition("-")[0] == fact.name and value[-3:].isdigit())
    )


def _declare(watch: Watch) -> None:
    def body(fact: Fact, facts: Facts) -> Verdict | None:
        if fact.origin == "state" or not watch.only(fact, facts):
            return None
        found = alarms_on(facts, watch, fact)
        if found:
            return verdict(True, f"{found[0].name} watches it", at=[fact.at(), found[0].at()])
        absent(facts, fact, "aws_cloudwatch_metric_alarm")
        return verdict(False, f"no alarm watches {watch.what}", at=[fact.at()])

    body.__doc__ = watch.why or f"Without an alarm on {watch.what}, users are the first to notice."
    check(
        f"alarm-{watch.id}",
        f"Every {_NOUNS[watch.of]} has an alarm on {watch.what}",
        of=watch.of,
        severity=watch.severity,
        fix=f"Add an alarm on {' or '.join(watch.metrics)} of {watch.namespaces[0]} for this {watch.dimension}.",
    )(body)


_NOUNS = {
    "aws_ecs_service": "service",
    "aws_db_instance": "database",
    "aws_elasticache_replication_group": "cache",
    "aws_sqs_queue": "queue",
    "aws_lb": "load balancer",
    "aws_cloudfront_distribution": "distribution",
    "aws_cloudwatch_event_rule": "event rule",
    "aws_lambda_function": "function",
}
for _watch in WATCHES:
    _declare(_watch)


@check(
    "deployment-failure-event",
    "Somebody is told when a rollout of a service fails",
    of="aws_ecs_service",
    severity="high",
    fix="Add an event rule on SERVICE_DEPLOYMENT_FAILED of the service, with a topic as its target.",
)
def deployment_failed(service: Fact, facts: Facts) -> Verdict | None:
    """A rollout that is rolled back leaves the old version running, and nobody knows."""
    for rule in facts.seen("aws_cloudwatch_event_rule"):
        pattern = rule.attributes.get("event_pattern")
        if "ECS Deployment State Change" not in words(field(pattern, "detail-type")):
            continue
        names = words(field(field(pattern, "detail"), "eventName"))
        resources = listed(field(pattern, "resources"))
        mine = not resources or any(points_at(facts, one, service) for one in resources)
        if mine and (not names or "SERVICE_DEPLOYMENT_FAILED" in names):
            return verdict(True, f"{rule.name} tells", at=[service.at(), rule.at("event_pattern")])
    absent(facts, service, "aws_cloudwatch_event_rule")
    return verdict(False, "no rule tells of a failed rollout", at=[service.at()])


@check(
    "budget-forecast",
    "A budget warns before the month costs more than it may",
    of="terraform_root",
    severity="medium",
    fix="Declare a budget with a FORECASTED notification to a topic that is read.",
)
def budget(root: Fact, facts: Facts) -> Verdict | None:
    """A root that declares alarms and no budget has forgotten the one on its bill."""
    folder = root.where.file.rpartition("/")[0]
    alarms = [
        one for one in facts.seen(Alarm) if one.where.file.rpartition("/")[0] == folder and one.where.file
    ]
    if not alarms:
        return None
    for one in facts.seen("aws_budgets_budget"):
        kinds = [field(notice, "notification_type") for notice in listed(one.attributes.get("notification"))]
        if "FORECASTED" in kinds:
            return verdict(True, f"{one.name} warns", at=[root.at(), one.at("notification")])
    absent(facts, root, "aws_budgets_budget")
    return verdict(False, "no budget forecasts", at=[root.at(), alarms[0].at()])


@check(
    "implied-store-watched",
    "Every data store that the settings imply is declared, or read from the account",
    of="implied_store",
    severity="medium",
    fix="Declare the store in the templates, or audit the account that holds it.",
)
def implied_store(store: Fact, facts: Facts) -> Verdict | None:
    """A setting says that a database exists; whether it has backups, zones and alarms can only be told from itself."""
    kind = str(store.get("implies"))
    found = [one for one in facts.seen(kind) if one.origin == "source"]
    if found:
        return verdict(True, f"it is {found[0].name}", at=[store.at(), found[0].at()])
    raise NotKnown(f"the {kind} behind {store.name}", "it is in no template", "launchbook audit --live")
