"""References by name or ARN: a dead-letter queue in a redrive policy, what an alarm's dimensions name."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact, Facts, Relation, Value
from launchbook.repo.wiring import place

#: A dimension's name to the types whose name or ending it holds.
DIMENSIONS = {
    "QueueName": ("aws_sqs_queue",),
    "TopicName": ("aws_sns_topic",),
    "ClusterName": ("aws_ecs_cluster",),
    "ServiceName": ("aws_ecs_service",),
    "DBInstanceIdentifier": ("aws_db_instance",),
    "DBClusterIdentifier": ("aws_rds_cluster",),
    "CacheClusterId": ("aws_elasticache_cluster", "aws_elasticache_replication_group"),
    "FunctionName": ("aws_lambda_function",),
    "TableName": ("aws_dynamodb_table",),
    "BucketName": ("aws_s3_bucket",),
    "RuleName": ("aws_cloudwatch_event_rule",),
    "LoadBalancer": ("aws_lb", "aws_alb"),
    "TargetGroup": ("aws_lb_target_group",),
    "DistributionId": ("aws_cloudfront_distribution",),
}
_ARN_TYPES = {
    "sqs": ("aws_sqs_queue",),
    "sns": ("aws_sns_topic",),
    "lambda": ("aws_lambda_function",),
    "s3": ("aws_s3_bucket",),
    "dynamodb": ("aws_dynamodb_table",),
}


def relate(facts: Facts) -> Iterator[Relation]:
    """Names that lead to a fact, and those that lead nowhere in these files, unresolved."""
    by_name: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        by_name.setdefault((fact.type, fact.name), []).append(fact)
    known = {(relation.kind, relation.source, relation.target) for relation in facts.relations}
    for fact in facts:
        for relation in (
            *_dead_letters(fact, by_name),
            *_dimensions(fact, by_name),
            *_actions(fact, by_name),
            *_logs(fact, by_name),
        ):
            if (relation.kind, relation.source, relation.target) not in known:
                yield relation


def _dead_letters(fact: Fact, by_name: dict[tuple[str, str], list[Fact]]) -> Iterator[Relation]:
    policy = fact.attributes.get("redrive_policy")
    target = policy.get("deadLetterTargetArn") if isinstance(policy, dict) else None
    if isinstance(target, str):
        yield _named(fact, "dead-letter", target, "redrive_policy.deadLetterTargetArn", by_name)


def _dimensions(fact: Fact, by_name: dict[tuple[str, str], list[Fact]]) -> Iterator[Relation]:
    dimensions = fact.attributes.get("dimensions") if fact.type == "aws_cloudwatch_metric_alarm" else None
    for name, value in dimensions.items() if isinstance(dimensions, dict) else ():
        if name in DIMENSIONS and isinstance(value, str):
            found = _find(value, DIMENSIONS[name], fact, by_name)
            where = place(fact, f"dimensions.{name}")
            target = found.id if found else value
            yield Relation(
                kind="alarm-dimension", source=fact.id, target=target, where=where, resolved=bool(found)
            )


def _actions(fact: Fact, by_name: dict[tuple[str, str], list[Fact]]) -> Iterator[Relation]:
    actions: Value = fact.attributes.get("alarm_actions")
    for number, action in enumerate(actions if isinstance(actions, list) else []):
        if isinstance(action, str) and action.startswith("arn:"):
            yield _named(fact, "alarm-action", action, f"alarm_actions.{number}", by_name)


def _logs(fact: Fact, by_name: dict[tuple[str, str], list[Fact]]) -> Iterator[Relation]:
    containers = fact.attributes.get("container_definitions")
    for number, container in enumerate(containers if isinstance(containers, list) else []):
        logs = container.get("logConfiguration") if isinstance(container, dict) else None
        options = logs.get("options") if isinstance(logs, dict) else None
        name = options.get("awslogs-group") if isinstance(options, dict) else None
        if isinstance(name, str):
            found = _find(name, ("aws_cloudwatch_log_group",), fact, by_name)
            where = place(fact, f"container_definitions.{number}.logConfiguration.options.awslogs-group")
            target = found.id if found else name
            yield Relation(kind="logs", source=fact.id, target=target, where=where, resolved=bool(found))


def _named(
    fact: Fact, kind: str, arn: str, path: str, by_name: dict[tuple[str, str], list[Fact]]
) -> Relation:
    parts = arn.split(":")
    name = parts[-1].rpartition("/")[2]
    found = _find(name, _ARN_TYPES.get(parts[2] if len(parts) > 5 else "", ()), fact, by_name)
    target = found.id if found else name
    return Relation(kind=kind, source=fact.id, target=target, where=place(fact, path), resolved=bool(found))


def _find(
    name: str, types: tuple[str, ...], near: Fact, by_name: dict[tuple[str, str], list[Fact]]
) -> Fact | None:
    """The fact of that name, from the same file first, then from sources rather than copies."""
    found = [fact for kind in types for fact in by_name.get((kind, name), ())]
    return min(
        found, key=lambda fact: (fact.where.file != near.where.file, fact.origin != "source"), default=None
    )
