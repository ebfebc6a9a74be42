"""EventBridge rules that can match, and whose targets can be called."""

from __future__ import annotations

from fnmatch import fnmatchcase

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._pointing import among
from launchbook.checks._shapes import Picked, field, known, listed, pick, some, statements, words
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


@check(
    "event-target-role-without-policy",
    "Every event target's role may call the target",
    of="aws_cloudwatch_event_target",
    severity="high",
    fix="Attach a policy that allows the one call to the one target.",
)
def target_role(target: Fact, facts: Facts) -> Verdict | None:
    """EventBridge takes the role and is then refused; the event is lost unless a dead-letter queue takes it."""
    pointer = target.get("role_arn")
    if pointer is None:
        return None
    role = facts.find(known(pointer, f"role_arn of {target.name}"))
    if role is None:
        raise NotKnown(f"the role of {target.name}", "it was not read", "iam:ListRolePolicies")
    held = policies_of(role, facts)
    here, call = target.at("role_arn"), _call(target, facts)
    if call and held.found and not some(held.found, lambda one: _may_allow(one, call)):
        held.settled()
        _no_others(role, call)
        return verdict(
            False, f"no policy of {role.name} allows {call}", at=[here, held.found[0].at("policy")]
        )
    if held.found:
        return verdict(True, "its role has a policy", at=[target.at("role_arn"), held.found[0].at()])
    inline, managed = role.get("inline_policies"), role.get("managed_policy_arns")
    if call and (listed(inline) or listed(managed)):
        what = f"whether {role.name} may call {call}"
        raise NotKnown(what, "what stands in its policies was not read", "iam:GetRolePolicy")
    if listed(inline) or listed(managed) or listed(role.get("inline_policy")):
        return verdict(True, "its role has a policy", at=[target.at("role_arn"), role.at()])
    held.settled()
    absent(facts, role, "aws_iam_role_policy")
    unhidden(facts, role, "aws_iam_role_policy_attachment", "aws_iam_policy_attachment")
    return verdict(False, f"its role {role.name} has no policy", at=[target.at("role_arn"), role.at()])


def _no_others(role: Fact, call: str) -> None:
    """Raise NotKnown where a role has policies of whose text nothing is known."""
    if listed(role.get("managed_policy_arns")) or listed(role.attributes.get("inline_policy")):
        what = f"whether {role.name} may call {call}"
        raise NotKnown(what, "what stands in its other policies was not read", "iam:GetPolicyVersion")


#: The call that EventBridge makes on a target, told by what its ARN or its reference is of.
_CALLS = {
    "ecs": "ecs:RunTask",
    "states": "states:StartExecution",
    "sfn": "states:StartExecution",
    "firehose": "firehose:PutRecord",
    "kinesis": "kinesis:PutRecord",
    "codebuild": "codebuild:StartBuild",
    "codepipeline": "codepipeline:StartPipelineExecution",
}


def _call(target: Fact, facts: Facts) -> str:
    """The call that the target's role has to allow; empty where that is not told."""
    pointer = target.attributes.get("arn")
    if isinstance(pointer, Unread):
        held = [facts.find(ref) for ref in pointer.refs]
        pointer = (
            pointer.refs[0] if held and held[0] is not None else known(pointer, f"what {target.name} calls")
        )
    if isinstance(pointer, str) and pointer.startswith("arn:"):
        parts = pointer.split(":", 5)
        api = len(parts) == 6 and parts[5].startswith("api-destination/")
        return "events:InvokeApiDestination" if api else _CALLS.get(parts[2], "")
    found = facts.find(pointer)
    if found is None:
        return ""
    if found.type == "aws_cloudwatch_event_api_destination":
        return "events:InvokeApiDestination"
    return _CALLS.get(found.type.split("_")[1] if "_" in found.type else "", "")


def _may_allow(held: Fact, call: str) -> bool:
    """Whether a policy allows a call; one that only names another, which was not read here, may."""
    if held.type != "aws_iam_role_policy":
        return True
    for one in statements(held.get("policy")):
        if one.get("NotAction") is not None:
            return True
        if any(fnmatchcase(call.lower(), each.lower()) for each in words(one.get("Action"))):
            return True
    return False


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
