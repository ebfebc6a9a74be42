"""EventBridge rules that can match, and whose targets can be called."""

from __future__ import annotations

import re

from launchbook.check import check
from launchbook.checks._absence import unhidden
from launchbook.checks._pointing import among
from launchbook.checks._schedules import never_comes
from launchbook.checks._shapes import Picked, field, known, listed, pick, words
from launchbook.model import Fact, Facts, NotKnown, Unread, Verdict, verdict

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
    "Every event rule can match, and its time comes",
    of="aws_cloudwatch_event_rule",
    severity="high",
    fix="Filter on a field that the event has, as AWS's reference shows it; give a schedule a day that comes.",
)
def never_matches(rule: Fact, facts: Facts) -> Verdict | None:
    """A rule that filters on a field its events never carry, on a source that nobody has, or on a bus that they never
    reach, matches nothing, for ever; nor does a schedule start anything whose day never comes."""
    pattern = rule.get("event_pattern")
    if pattern is None:
        schedule = known(rule.attributes.get("schedule_expression"), f"the schedule of {rule.name}")
        why = never_comes(schedule, facts.today) if isinstance(schedule, str) else ""
        return verdict(False, why, at=[rule.at("schedule_expression")]) if why else None
    known(pattern, f"event_pattern of {rule.name}")
    if (never := _never_sent(rule, facts)) is not None:
        return never
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


def _never_sent(rule: Fact, facts: Facts) -> Verdict | None:
    """A failing verdict where a rule waits for events of AWS under a source, or on a bus, that has none."""
    sources = listed(field(rule.get("event_pattern"), "source"))
    plain = [one for one in sources if isinstance(one, str) and one.lower().startswith("aws.")]
    if not plain or len(plain) < len(sources):
        return None
    if all(one != one.lower() for one in plain):
        why = f"no event has the source {plain[0]}: AWS writes {plain[0].lower()}"
        return verdict(False, why, at=[rule.at("event_pattern.source")])
    bus = known(rule.attributes.get("event_bus_name"), f"the bus of {rule.name}")
    if bus is None or (isinstance(bus, str) and bus.rpartition("/")[2] == "default"):
        return None
    _forwarded(rule, facts)
    return verdict(False, "AWS's events come on the default bus alone", at=[rule.at("event_bus_name")])


def _forwarded(rule: Fact, facts: Facts) -> None:
    """Raise NotKnown where AWS's events may be sent on to the bus of a rule: by a target, or by another account."""
    called = [(one, one.attributes.get("arn")) for one in facts.seen("aws_cloudwatch_event_target")]
    passing = [
        one
        for one, arn in called
        if isinstance(arn, Unread) or re.search("event[-_]bus", str(arn)) is not None
    ]
    others = [one for kind in _ADMITTING for one in facts.seen(kind)]
    for one in (*passing, *others):
        raise NotKnown(
            f"whether AWS's events reach the bus of {rule.name}", f"{one.name} may send them there"
        )
    unhidden(facts, rule, "aws_cloudwatch_event_target", *_ADMITTING)


_ADMITTING = ("aws_cloudwatch_event_permission", "aws_cloudwatch_event_bus_policy")


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
