"""EventBridge rules that can match, and whose targets can be called."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._pointing import among
from launchbook.checks._shapes import Picked, field, known, pick, words
from launchbook.model import Fact, Facts, Verdict, verdict

#: Fields of ``detail`` by source and detail-type, as AWS documents them. A field that is not here is never carried.
DETAILS: dict[tuple[str, str], frozenset[str]] = {
    ("aws.ecs", "ECS Task State Change"): frozenset(
        [
            "attachments",
            "attributes",
            "availabilityZone",
            "capacityProviderName",
            "clusterArn",
            "connectivity",
            "connectivityAt",
            "containerInstanceArn",
            "containers",
            "cpu",
            "createdAt",
            "desiredStatus",
            "enableExecuteCommand",
            "ephemeralStorage",
            "executionStoppedAt",
            "group",
            "healthStatus",
            "inferenceAccelerators",
            "lastStatus",
            "launchType",
            "memory",
            "overrides",
            "platformVersion",
            "pullStartedAt",
            "pullStoppedAt",
            "startedAt",
            "startedBy",
            "stopCode",
            "stoppedAt",
            "stoppedReason",
            "stoppingAt",
            "tags",
            "taskArn",
            "taskDefinitionArn",
            "updatedAt",
            "version",
            "platformFamily",
        ]
    ),
    ("aws.ecs", "ECS Deployment State Change"): frozenset(
        ["eventType", "eventName", "deploymentId", "updatedAt", "reason"]
    ),
    ("aws.ecs", "ECS Service Action"): frozenset(
        [
            "eventType",
            "eventName",
            "clusterArn",
            "capacityProviderArns",
            "createdAt",
            "desiredCount",
            "reason",
            "containerPort",
            "ec2InstanceIds",
            "taskArns",
            "targetGroupArns",
            "serviceRegistryArns",
            "taskSetArns",
            "containerInstanceArns",
        ]
    ),
    ("aws.rds", "RDS DB Instance Event"): frozenset(
        [
            "EventCategories",
            "SourceType",
            "SourceArn",
            "Date",
            "Message",
            "SourceIdentifier",
            "EventID",
            "Tags",
        ]
    ),
    ("aws.cloudwatch", "CloudWatch Alarm State Change"): frozenset(
        ["alarmName", "state", "previousState", "configuration", "muteDetail", "actions"]
    ),
    ("aws.ecr", "ECR Image Action"): frozenset(
        [
            "result",
            "repository-name",
            "image-digest",
            "action-type",
            "image-tag",
            "manifest-media-type",
            "artifact-media-type",
        ]
    ),
}
_TOP = frozenset(
    [
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
        "replay-name",
    ]
)


@check(
    "event-pattern-never-matches",
    "Every event rule filters on fields that its events carry",
    of="aws_cloudwatch_event_rule",
    severity="high",
    fix="Filter on a field that the event has; AWS's reference shows each event's detail.",
)
def never_matches(rule: Fact, facts: Facts) -> Verdict | None:
    """A rule that filters on a field its events never carry matches nothing, for ever."""
    pattern = rule.get("event_pattern")
    if pattern is None:
        return None
    known(pattern, f"event_pattern of {rule.name}")
    known(field(pattern, "detail"), f"the detail of {rule.name}")
    for name in pattern if isinstance(pattern, dict) else ():
        if name not in _TOP and not name.startswith("$"):
            return verdict(False, f"no event has a field {name}", at=[rule.at(f"event_pattern.{name}")])
    detail = field(pattern, "detail")
    sources, types = words(field(pattern, "source")), words(field(pattern, "detail-type"))
    possible = [DETAILS[one, two] for one in sources for two in types if (one, two) in DETAILS]
    if not isinstance(detail, dict) or not possible or len(possible) < len(sources) * len(types):
        return (
            verdict(True, "it filters on the envelope alone", at=[rule.at("event_pattern")])
            if not detail
            else None
        )
    for name in detail:
        if not name.startswith("$") and not any(name in fields for fields in possible):
            why = f"{types[0]} carries no field {name}"
            return verdict(False, why, at=[rule.at(f"event_pattern.detail.{name}")])
    return verdict(True, "its events carry what it filters on", at=[rule.at("event_pattern")])


@check(
    "event-rule-disabled",
    "Every event rule is switched on",
    of="aws_cloudwatch_event_rule",
    severity="medium",
    fix="Enable the rule, or remove it.",
)
def rule_disabled(rule: Fact, facts: Facts) -> Verdict | None:
    """A disabled rule is a net that was taken down."""
    state = rule.get("state")
    off = state == "DISABLED" or rule.attributes.get("is_enabled") is False
    return verdict(not off, "it is disabled" if off else "it is enabled", at=[rule.at("state")])


#: What gives a role its rights, and the attribute that names the role.
_GRANTS = (
    ("aws_iam_role_policy", "role"),
    ("aws_iam_role_policy_attachment", "role"),
    ("aws_iam_policy_attachment", "roles"),
)


def policies_of(role: Fact, facts: Facts) -> Picked[Fact]:
    """The policies and attachments that name a role."""
    paths = dict(_GRANTS)
    held = [one for kind, _ in _GRANTS for one in facts.seen(kind)]
    return pick(held, lambda one: among(facts, one.attributes.get(paths[one.type]), role))
