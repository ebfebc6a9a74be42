"""Alarms that should be there: one table of what to watch on which resource, one check a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from launchbook.check import check
from launchbook.checks._shapes import (
    Picked,
    absent,
    all_known,
    among,
    field,
    known,
    listed,
    pick,
    points_at,
    some,
    unhidden,
    words,
)
from launchbook.checks.alarms import watched
from launchbook.checks.queues import takes_dead_letters
from launchbook.model import Fact, Facts, NotKnown, Severity, Value, Verdict, verdict
from launchbook.model.aws import Alarm, Queue


@dataclass(frozen=True)
class Watch:
    """One row: an alarm that every resource of a type should have. ``metrics`` are alternatives; ``only`` says for
    which resources of the type it is."""

    id: str
    of: str
    what: str
    namespaces: tuple[str, ...]
    metrics: tuple[str, ...]
    dimension: str
    severity: Severity
    only: Callable[[Fact, Facts], bool]


def _is_dead_letter(queue: Fact, facts: Facts) -> bool:
    return isinstance(queue, Queue) and takes_dead_letters(queue, facts)


#: id, type, severity, namespaces, metrics, dimension, which of the type, what is watched.
_TABLE = """
ecs-cpu           | aws_ecs_service | medium | AWS/ECS ECS/ContainerInsights | CPUUtilization CpuUtilized | ServiceName | all | CPU
ecs-memory        | aws_ecs_service | medium | AWS/ECS ECS/ContainerInsights | MemoryUtilization MemoryUtilized | ServiceName | all | memory
ecs-running-tasks | aws_ecs_service | high | ECS/ContainerInsights | RunningTaskCount | ServiceName | all | fewer running tasks than wanted
rds-cpu           | aws_db_instance | medium | AWS/RDS | CPUUtilization | DBInstanceIdentifier | all | CPU
rds-storage       | aws_db_instance | high | AWS/RDS | FreeStorageSpace | DBInstanceIdentifier | all | free storage
rds-connections   | aws_db_instance | medium | AWS/RDS | DatabaseConnections | DBInstanceIdentifier | all | connections
rds-read-latency  | aws_db_instance | medium | AWS/RDS | ReadLatency | DBInstanceIdentifier | all | read latency
rds-write-latency | aws_db_instance | medium | AWS/RDS | WriteLatency | DBInstanceIdentifier | all | write latency
rds-replica-lag   | aws_db_instance | high | AWS/RDS | ReplicaLag | DBInstanceIdentifier | replicas | replica lag
redis-cpu         | aws_elasticache_replication_group | medium | AWS/ElastiCache | EngineCPUUtilization CPUUtilization | CacheClusterId | all | CPU
redis-memory      | aws_elasticache_replication_group | high | AWS/ElastiCache | DatabaseMemoryUsagePercentage FreeableMemory | CacheClusterId | all | memory
redis-evictions   | aws_elasticache_replication_group | medium | AWS/ElastiCache | Evictions | CacheClusterId | all | evictions
redis-connections | aws_elasticache_replication_group | medium | AWS/ElastiCache | CurrConnections | CacheClusterId | all | connections
queue-age         | aws_sqs_queue | high | AWS/SQS | ApproximateAgeOfOldestMessage | QueueName | work | the age of its oldest message
queue-depth       | aws_sqs_queue | medium | AWS/SQS | ApproximateNumberOfMessagesVisible | QueueName | work | its depth
dead-letters      | aws_sqs_queue | high | AWS/SQS | ApproximateNumberOfMessagesVisible | QueueName | dead-letter | the first message that ends there
lb-errors         | aws_lb | high | AWS/ApplicationELB | HTTPCode_ELB_5XX_Count | LoadBalancer | application | its own 5xx answers
lb-target-errors  | aws_lb | high | AWS/ApplicationELB | HTTPCode_Target_5XX_Count | LoadBalancer | application | 5xx answers of its targets
lb-latency        | aws_lb | medium | AWS/ApplicationELB | TargetResponseTime | LoadBalancer | application | latency
lb-unhealthy      | aws_lb | high | AWS/ApplicationELB AWS/NetworkELB | UnHealthyHostCount | LoadBalancer | all | unhealthy targets
edge-errors       | aws_cloudfront_distribution | high | AWS/CloudFront | 5xxErrorRate | DistributionId | all | 5xx answers
edge-latency      | aws_cloudfront_distribution | medium | AWS/CloudFront | OriginLatency | DistributionId | all | origin latency
event-failures    | aws_cloudwatch_event_rule | medium | AWS/Events | FailedInvocations | RuleName | all | failed invocations
lambda-errors     | aws_lambda_function | high | AWS/Lambda | Errors | FunctionName | all | errors
lambda-throttles  | aws_lambda_function | medium | AWS/Lambda | Throttles | FunctionName | all | throttles
"""  # noqa: E501  # a table is read across


def _rows() -> Iterator[Watch]:
    for line in _TABLE.strip().splitlines():
        name, of, severity, spaces, metrics, dimension, only, what = (
            cell.strip() for cell in line.split("|")
        )
        yield Watch(
            name,
            of,
            what,
            tuple(spaces.split()),
            tuple(metrics.split()),
            dimension,
            _SEVERITIES[severity],
            _ONLY[only],
        )


_SEVERITIES: dict[str, Severity] = {"medium": "medium", "high": "high"}
_ONLY: dict[str, Callable[[Fact, Facts], bool]] = {
    "all": lambda *_: True,
    "work": lambda queue, facts: not _is_dead_letter(queue, facts),
    "dead-letter": _is_dead_letter,
    "replicas": lambda database, _: bool(
        known(database.attributes.get("replicate_source_db"), f"what {database.name} copies")
    ),
    "application": lambda balancer, _: (
        known(balancer.attributes.get("load_balancer_type"), f"the type of {balancer.name}")
        in (None, "application")
    ),
}
WATCHES: tuple[Watch, ...] = tuple(_rows())


def alarms_on(facts: Facts, watch: Watch, fact: Fact) -> Picked[Alarm]:
    """The alarms that watch one of the row's metrics on this resource."""
    return pick(facts.seen(Alarm), lambda one: _strong(one) and _watches(facts, one, watch, fact))


def _strong(alarm: Fact) -> bool:
    return alarm.origin == "source"


def _watches(facts: Facts, alarm: Alarm, watch: Watch, fact: Fact) -> bool:
    name = alarm.attributes.get("metric_name")
    if known(name, f"the metric of {alarm.name}") not in (*watch.metrics, None, ""):
        return False
    if name and alarm.namespace not in watch.namespaces:
        return False
    return some(
        watched(alarm),
        lambda one: (
            one[0] in watch.namespaces
            and one[1] in watch.metrics
            and _is(facts, one[2].get(watch.dimension), fact)
        ),
    )


def _is(facts: Facts, value: Value, fact: Fact) -> bool:
    """Whether a dimension's value names the resource: by reference, name or suffix; a cache also by its members."""
    if value is None:
        return False
    if points_at(facts, value, fact):
        return True
    if not isinstance(value, str):
        return False
    held = [fact.attributes.get(name) for name in ("arn_suffix", "id", "identifier", "function_name")]
    if value in held or (value.rpartition("-")[0] == fact.name and value[-3:].isdigit()):
        return True
    all_known(held, f"the name of {fact.name}")
    return value in words(fact.attributes.get("member_clusters"))


def _declare(watch: Watch) -> None:
    def body(fact: Fact, facts: Facts) -> Verdict | None:
        if fact.origin == "state" or not watch.only(fact, facts):
            return None
        found = alarms_on(facts, watch, fact)
        if found.found:
            alarm = found.found[0]
            return verdict(True, f"{alarm.name} watches it", at=[fact.at(), alarm.at()])
        found.settled()
        absent(facts, fact, "aws_cloudwatch_metric_alarm")
        return verdict(False, f"no alarm watches {watch.what}", at=[fact.at()])

    body.__doc__ = f"Without an alarm on {watch.what}, users are the first to notice."
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
    telling = pick(facts.seen("aws_cloudwatch_event_rule"), lambda one: _tells(one, service, facts))
    for rule in telling.found:
        return verdict(True, f"{rule.name} tells", at=[service.at(), rule.at("event_pattern")])
    telling.settled()
    absent(facts, service, "aws_cloudwatch_event_rule")
    return verdict(False, "no rule tells of a failed rollout", at=[service.at()])


def _tells(rule: Fact, service: Fact, facts: Facts) -> bool:
    """Whether a rule matches the failed rollouts of a service."""
    pattern = rule.attributes.get("event_pattern")
    if "ECS Deployment State Change" not in words(field(pattern, "detail-type")):
        return False
    names = words(field(field(pattern, "detail"), "eventName"))
    if names and "SERVICE_DEPLOYMENT_FAILED" not in names:
        return False
    resources = field(pattern, "resources")
    return not listed(resources) or among(facts, resources, service)


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
        unhidden(facts, root, "aws_cloudwatch_metric_alarm")
        return None
    warning = pick(facts.seen("aws_budgets_budget"), _forecasts)
    for one in warning.found:
        return verdict(True, f"{one.name} warns", at=[root.at(), one.at("notification")])
    warning.settled()
    absent(facts, root, "aws_budgets_budget")
    return verdict(False, "no budget forecasts", at=[root.at(), alarms[0].at()])


def _forecasts(budget: Fact) -> bool:
    kinds = [field(notice, "notification_type") for notice in listed(budget.attributes.get("notification"))]
    return some(kinds, lambda kind: known(kind, f"a notification of {budget.name}") == "FORECASTED")


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
        # A page alone implied it: the store itself is judged by every other check.
        weak = store.origin != "source"
        return None if weak else verdict(True, f"it is {found[0].name}", at=[store.at(), found[0].at()])
    raise NotKnown(f"the {kind} behind {store.name}", "it is in no template", "launchbook audit --live")
