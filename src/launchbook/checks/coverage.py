"""Alarms that should be there: one table of what to watch on which resource, one check a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from launchbook.check import check
from launchbook.checks._absence import absent
from launchbook.checks._pointing import among, beside, elsewhere
from launchbook.checks._ringing import never_tells
from launchbook.checks._shapes import field, known, listed, pick, words
from launchbook.checks._watching import Watched, alarms_on, misnamed_on
from launchbook.checks.queues import takes_dead_letters
from launchbook.model import Fact, Facts, NotKnown, Severity, Verdict, verdict
from launchbook.model.aws import Alarm, Queue


@dataclass(frozen=True)
class Watch(Watched):
    """One row: an alarm that every resource of a type should have. ``only`` says for which resources of the type it
    is."""

    id: str
    of: str
    what: str
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
            tuple(spaces.split()),
            tuple(metrics.split()),
            dimension,
            name,
            of,
            what,
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


def _declare(watch: Watch) -> None:
    def body(fact: Fact, facts: Facts) -> Verdict | None:
        if fact.origin == "state" or not watch.only(fact, facts):
            return None
        found = alarms_on(facts, watch, fact)

        def silent(alarm: Alarm) -> str:
            return never_tells(alarm, watch.metrics, watch.id, fact, facts)

        useful = pick(found.found, lambda one: not silent(one))
        for alarm in useful.found:
            return verdict(True, f"{alarm.name} watches it", at=[fact.at(), alarm.at()])
        for doubt in (useful, found):
            doubt.settled()
        absent(facts, fact, "aws_cloudwatch_metric_alarm")
        for alarm in found.found:
            why = f"{alarm.name} does not: {silent(alarm)}"
            return verdict(False, why, at=[fact.at(), alarm.at("comparison_operator"), alarm.at("threshold")])
        if misnamed := misnamed_on(facts, watch, fact):
            alarm, why = misnamed
            return verdict(False, f"{alarm.name} does not: {why}", at=[fact.at(), alarm.at("dimensions")])
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
    rules = [one for one in facts.seen("aws_cloudwatch_event_rule") if not elsewhere(one, service)]
    matching = pick(rules, lambda one: _tells(one, service, facts))
    telling = pick(matching.found, lambda one: bool(_targets(one, facts)))
    for rule in telling.found:
        ends = [service.at(), rule.at("event_pattern"), _targets(rule, facts)[0].at("arn")]
        return verdict(True, f"{rule.name} tells", at=ends)
    for doubt in (matching, telling):
        doubt.settled()
    absent(facts, service, "aws_cloudwatch_event_rule")
    for rule in matching.found:
        absent(facts, rule, "aws_cloudwatch_event_target")
        return verdict(False, f"{rule.name} has no target", at=[service.at(), rule.at("event_pattern")])
    return verdict(False, "no rule tells of a failed rollout", at=[service.at()])


def _targets(rule: Fact, facts: Facts) -> list[Fact]:
    """What a rule sends its events to. Raises NotKnown where none is seen and one may be."""
    held = beside(facts, "aws_cloudwatch_event_target", "rule", rule)
    return held.found or held.settled()


def _tells(rule: Fact, service: Fact, facts: Facts) -> bool:
    """Whether a rule matches the failed rollouts of a service."""
    off = (rule.attributes.get("state"), rule.attributes.get("is_enabled"))
    if known(off[0], f"the state of {rule.name}") == "DISABLED" or known(off[1], rule.name) is False:
        return False
    pattern = rule.attributes.get("event_pattern")
    if "ECS Deployment State Change" not in words(field(pattern, "detail-type")):
        return False
    names = words(field(field(pattern, "detail"), "eventName"))
    if names and "SERVICE_DEPLOYMENT_FAILED" not in names:
        return False
    resources = field(pattern, "resources")
    return not listed(resources) or among(facts, resources, service)


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
