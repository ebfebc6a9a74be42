"""What a reference is for: references in attributes as relations with names that people use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from launchbook.model import Fact, Ref, Relation, Unread, Value, Where
from launchbook.patterns import regex

#: Type and first part of the attribute's path (patterns, matched whole) to the relation's kind; the first match counts.
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("aws_cloudwatch_(metric|composite)_alarm", "alarm_actions", "alarm-action"),
    ("aws_cloudwatch_(metric|composite)_alarm", "(ok|insufficient_data)_actions", "recovery-action"),
    ("aws_cloudwatch_(metric|composite)_alarm", "dimensions|metric_query", "alarm-dimension"),
    ("aws_cloudwatch_composite_alarm", "alarm_rule", "alarm-dimension"),
    ("aws_sns_topic_subscription", "topic_arn", "topic"),
    ("aws_sns_topic_subscription", "endpoint", "subscriber"),
    ("aws_sns_topic_policy|aws_sqs_queue_policy|aws_s3_bucket_policy", "arn|queue_url|bucket", "policy-of"),
    ("aws_sqs_queue", "redrive_policy", "dead-letter"),
    ("aws_sqs_queue", "redrive_allow_policy", "dead-letter-source"),
    ("aws_sqs_queue_redrive_policy", "redrive_policy", "dead-letter"),
    ("aws_(cloudwatch_event_target|lambda_function|scheduler_schedule)", "dead_letter_config", "dead-letter"),
    ("aws_cloudwatch_event_target", "rule", "rule"),
    ("aws_cloudwatch_event_target", "arn", "sends-to"),
    ("aws_cloudwatch_event_target", "ecs_target", "task-definition"),
    ("aws_scheduler_schedule", "target", "target"),
    ("aws_pipes_pipe", "source", "consumes"),
    ("aws_pipes_pipe", "target", "target"),
    ("aws_cloudwatch_event_api_destination", "connection_arn", "connection"),
    (".*", "execution_role_arn|execution_role", "execution-role"),
    (".*", "task_role_arn", "task-role"),
    ("aws_ecs_service|aws_ecs_task_set", "task_definition", "task-definition"),
    ("aws_ecs_service", "cluster", "cluster"),
    ("aws_ecs_service", "load_balancer", "target-group"),
    ("aws_ecs_task_definition", "container_definitions", "container"),
    ("aws_lb_(listener|listener_rule)|aws_alb_listener", "load_balancer_arn|listener_arn", "listener-of"),
    ("aws_lb_(listener|listener_rule)|aws_alb_listener", "default_action|action", "forwards-to"),
    ("aws_lb_listener", "certificate_arn|certificates", "certificate"),
    ("aws_(lb|alb)", "subnets|subnet_mapping", "subnet"),
    ("aws_cloudfront_distribution", "origin", "origin"),
    ("aws_cloudfront_distribution", "logging_config", "logs"),
    ("aws_cloudfront_distribution", "viewer_certificate", "certificate"),
    ("aws_cloudfront_distribution", "web_acl_id", "firewall"),
    ("aws_iam_role_policy|aws_iam_role_policy_attachment|aws_iam_instance_profile", "roles?", "policy-of"),
    ("aws_iam_role_policy_attachment", "policy_arn", "policy"),
    ("aws_iam_role", "managed_policy_arns", "policy"),
    ("aws_iam_role", "assume_role_policy", "trusts"),
    ("aws_iam_.*|.*_policy", "policy|inline_policy|policies", "grants-on"),
    ("aws_lambda_event_source_mapping", "event_source_arn", "consumes"),
    ("aws_lambda_event_source_mapping|aws_lambda_permission", "function_name", "function"),
    (".*", "role|role_arn|iam_role_arn|service_role", "role"),
    ("aws_appautoscaling_(target|policy)", "resource_id", "autoscaling"),
    ("aws_backup_selection", "resources|plan_id", "backs-up"),
    ("aws_route53_record", "alias|records", "points-to"),
    ("aws_route53_record", "health_check_id", "health-check"),
    (".*", "environment|environment_variables|env", "environment-value"),
    (".*", "secrets", "secret"),
    (".*", "security_groups?|vpc_security_group_ids|security_group_ids|security_group_id", "security-group"),
    (".*", "network_configuration", "network"),
    (".*", "ingress|egress|source_security_group_id", "admits"),
    (".*", "subnets?|subnet_ids?|db_subnet_group_name|subnet_group_name", "subnet"),
    (".*", "vpc_id", "vpc"),
    (".*", "kms_key_id|kms_master_key_id|kms_key_arn", "key"),
    (".*", "log_group_name|log_destination", "logs"),
    (".*", "event_bus_name", "event-bus"),
)
_IN_CONTAINER = {
    "environment": "environment-value",
    "secrets": "secret",
    "image": "image",
    "logConfiguration": "logs",
}
_COMPILED = tuple((regex(kind), regex(path), name) for kind, path, name in _KINDS)


def relation_kind(source: str, path: str) -> str:
    """What a reference in an attribute is for; ``refers`` when no rule names it."""
    first = path.split(".")[0]
    if first.endswith("cache_behavior"):
        return "edge-function" if "function_association" in path else "cached-by"
    if first == "origin" and re.search(r"origin_access_(control|identity)", path):
        return "access-control"
    if ".authenticate_" in path:
        return "signs-in"
    if first == "target" and path.endswith("role_arn"):
        return "target-role"
    if first == "container_definitions":
        return next((name for part, name in _IN_CONTAINER.items() if f".{part}" in path), "container")
    found = (name for kind, pattern, name in _COMPILED if kind.fullmatch(source) and pattern.fullmatch(first))
    return next(found, "refers")


def pointers_at(value: Value, path: str = "") -> Iterator[tuple[str, Ref]]:
    """Every reference below a value with its dotted path."""
    stack: list[tuple[str, Value]] = [(path, value)]
    while stack:
        at, here = stack.pop()
        if isinstance(here, Ref):
            yield at, here
        elif isinstance(here, Unread):
            yield from ((at, pointer) for pointer in here.refs)
        elif isinstance(here, dict):
            stack += [(f"{at}.{key}" if at else key, item) for key, item in here.items()]
        elif isinstance(here, list):
            stack += [(f"{at}.{number}", item) for number, item in enumerate(here)]


def place(fact: Fact, path: str) -> Where:
    """Where an attribute of a fact was read, as a place."""
    file, _, line = fact.source(path).rpartition(":")
    return Where(file=file, line=int(line)) if line.isdigit() else fact.where


def wired(facts: Sequence[Fact], written: Sequence[tuple[Fact, str, str]]) -> Iterator[Relation]:
    """The relations that follow from references: those that values hold, and those that were only written."""
    known: Mapping[str, Fact] = {fact.id: fact for fact in facts}
    seen: set[tuple[str, str, str]] = set()
    held = (
        (fact, path, pointer.to) for fact in facts for path, pointer in pointers_at(dict(fact.attributes))
    )
    for fact, path, target in (*held, *written):
        kind = relation_kind(fact.type, path)
        key = (kind, fact.id, target)
        if key not in seen and target != fact.id:
            seen.add(key)
            yield Relation(
                kind=kind, source=fact.id, target=target, where=place(fact, path), resolved=target in known
            )
