"""Questions after one thing: for a part whose whole is somebody else's, and so still there after a destroy.

Each is one declared read; what it must show is told from the attributes that the state gave it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from launchbook.collect.declare import Call, Collector, Row, Seen
from launchbook.collect.engine import GLOBAL_REGION, Reads
from launchbook.collect.keep import pick
from launchbook.collect.reader import ReadFailed

Of = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """``call`` takes the part's attributes (``$user``); ``shows`` says whether a page of its answer holds the part."""

    call: Call
    shows: Callable[[Any, Of], bool]


def _question(
    service: str, operation: str, path: str, want: str, none: tuple[str, ...] = (), **given: Any
) -> Question:
    """One whose answer lists the attribute ``want`` of the part at a path."""

    def shows(page: Any, of: Of) -> bool:
        found = pick(page, path)
        return isinstance(found, list) and of[want] in found

    return Question(Call(service, operation, given=given, keep=[path], none_codes=none), shows)


def _record(page: Any, of: Of) -> bool:
    own = (_plain(of["fqdn"]), of["type"], of.get("set_identifier"))
    return any(
        own == (_plain(str(one.get("Name"))), one.get("Type"), one.get("SetIdentifier"))
        for one in page.get("ResourceRecordSets") or ()
    )


def _plain(name: str) -> str:
    """A record's name without Route 53's own ways to write it."""
    return name.rstrip(".").lower().replace("\\052", "*")


_NO_ENTITY = ("NoSuchEntity",)
_RULE = _question(
    "ec2", "DescribeSecurityGroupRules", "SecurityGroupRules[].SecurityGroupRuleId", "security_group_rule_id",
    ("InvalidSecurityGroupRuleId.NotFound",), SecurityGroupRuleIds=["$security_group_rule_id"],
)  # fmt: skip
_LISTENER = _question(
    "elbv2", "DescribeListeners", "Listeners[].ListenerArn", "id", ("LoadBalancerNotFound",),
    LoadBalancerArn="$load_balancer_arn",
)  # fmt: skip

#: Type of part -> the question after one of it. ``id`` is the part's own.
QUESTIONS: Mapping[str, Question] = {
    "aws_alb_listener": _LISTENER,
    "aws_appautoscaling_policy": _question(
        "application-autoscaling", "DescribeScalingPolicies", "ScalingPolicies[].PolicyName", "name",
        ServiceNamespace="$service_namespace", ResourceId="$resource_id", ScalableDimension="$scalable_dimension",
    ),
    "aws_backup_selection": _question(
        "backup", "ListBackupSelections", "BackupSelectionsList[].SelectionId", "id",
        ("ResourceNotFoundException",), BackupPlanId="$plan_id",
    ),
    "aws_cloudwatch_event_target": _question(
        "events", "ListTargetsByRule", "Targets[].Id", "target_id", ("ResourceNotFoundException",),
        Rule="$rule", EventBusName="$event_bus_name",
    ),
    "aws_cloudwatch_log_metric_filter": _question(
        "logs", "DescribeMetricFilters", "metricFilters[].filterName", "name", ("ResourceNotFoundException",),
        logGroupName="$log_group_name",
    ),
    "aws_cloudwatch_log_subscription_filter": _question(
        "logs", "DescribeSubscriptionFilters", "subscriptionFilters[].filterName", "name",
        ("ResourceNotFoundException",), logGroupName="$log_group_name",
    ),
    "aws_iam_access_key": _question(
        "iam", "ListAccessKeys", "AccessKeyMetadata[].AccessKeyId", "id", _NO_ENTITY, UserName="$user",
    ),
    "aws_iam_group_policy_attachment": _question(
        "iam", "ListAttachedGroupPolicies", "AttachedPolicies[].PolicyArn", "policy_arn", _NO_ENTITY,
        GroupName="$group",
    ),
    "aws_iam_role_policy": _question(
        "iam", "ListRolePolicies", "PolicyNames", "name", _NO_ENTITY, RoleName="$role",
    ),
    "aws_iam_role_policy_attachment": _question(
        "iam", "ListAttachedRolePolicies", "AttachedPolicies[].PolicyArn", "policy_arn", _NO_ENTITY,
        RoleName="$role",
    ),
    "aws_iam_user_policy": _question(
        "iam", "ListUserPolicies", "PolicyNames", "name", _NO_ENTITY, UserName="$user",
    ),
    "aws_iam_user_policy_attachment": _question(
        "iam", "ListAttachedUserPolicies", "AttachedPolicies[].PolicyArn", "policy_arn", _NO_ENTITY,
        UserName="$user",
    ),
    "aws_lb_listener": _LISTENER,
    "aws_lb_listener_rule": _question(
        "elbv2", "DescribeRules", "Rules[].RuleArn", "id", ("ListenerNotFound",), ListenerArn="$listener_arn",
    ),
    "aws_lb_target_group_attachment": _question(
        "elbv2", "DescribeTargetHealth", "TargetHealthDescriptions[].Target.Id", "target_id",
        ("TargetGroupNotFound",), TargetGroupArn="$target_group_arn",
    ),
    "aws_route53_record": Question(
        Call(
            "route53", "ListResourceRecordSets", one_page=True, none_codes=("NoSuchHostedZone",),
            given={"HostedZoneId": "$zone_id", "StartRecordName": "$fqdn", "StartRecordType": "$type"},
            keep=[f"ResourceRecordSets[].{name}" for name in ("Name", "Type", "SetIdentifier")],
        ),
        _record,
    ),
    # Its versions: one that is deleted in a versioned bucket is still there, and paid for.
    "aws_s3_object": _question(
        "s3", "ListObjectVersions", "Versions[].Key", "key", ("NoSuchBucket",), Bucket="$bucket", Prefix="$key",
    ),
    "aws_security_group_rule": _RULE,
    "aws_sns_topic_subscription": _question(
        "sns", "ListSubscriptionsByTopic", "Subscriptions[].SubscriptionArn", "id", ("NotFound",),
        TopicArn="$topic_arn",
    ),
    "aws_vpc_security_group_egress_rule": _RULE,
    "aws_vpc_security_group_ingress_rule": _RULE,
}  # fmt: skip
_GLOBAL = frozenset({"iam", "route53"})


def _nothing_seen(_: Row) -> Seen | None:
    return None


#: The reads above as collectors: what the reader lets through.
ASKS = tuple(
    Collector(f"one {kind}", kind, (question.call,), _nothing_seen) for kind, question in QUESTIONS.items()
)


def is_there(reader: Reads, kind: str, of: Of, region: str) -> bool | None:
    """Whether a part is there; None where nobody asks for its type, or what was kept of it does not tell which one.

    ``of`` are its attributes, and its ``id``. Raises ReadFailed.
    """
    question = QUESTIONS.get(kind)
    if question is None:
        return None
    call = question.call
    given = call.parameters(Row((), of))
    if any(value is None or value == [None] for value in given.values()):
        return None
    try:
        pages = reader.read(call, GLOBAL_REGION if call.service in _GLOBAL else region, given)
        return any(question.shows(page, of) for page in pages)
    except ReadFailed as failure:
        if failure.code in call.none_codes:
            return False
        raise
