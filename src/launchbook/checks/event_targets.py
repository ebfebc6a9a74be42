"""Targets of EventBridge rules: the role they are called with trusts EventBridge and may make the call."""

from __future__ import annotations

from fnmatch import fnmatchcase

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._pointing import points_at
from launchbook.checks._shapes import known, listed, services, some, statements, words
from launchbook.checks.events import policies_of
from launchbook.model import Fact, Facts, NotKnown, Ref, Unread, Value, Verdict, verdict


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
        return _without_role(target, facts)
    role = facts.find(known(pointer, f"role_arn of {target.name}"))
    if role is None:
        raise NotKnown(f"the role of {target.name}", "it was not read", "iam:ListRolePolicies")
    here, call = target.at("role_arn"), _call(target, facts)
    if not _trusts(role):
        return verdict(
            False, f"{role.name} does not trust EventBridge", at=[here, role.at("assume_role_policy")]
        )
    held = policies_of(role, facts)
    if call and held.found and not some(held.found, lambda one: _may_allow(one, call, target, facts)):
        held.settled()
        _no_others(role, call)
        return verdict(
            False,
            f"no policy of {role.name} allows {call} on its target",
            at=[here, held.found[0].at("policy")],
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
    "batch": "batch:SubmitJob",
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
    if found is None and isinstance(pointer, Ref):
        raise NotKnown(f"what {target.name} calls", f"{pointer.to} was not read")
    if found is None:
        return ""
    if found.type == "aws_cloudwatch_event_api_destination":
        return "events:InvokeApiDestination"
    return _CALLS.get(found.type.split("_")[1] if "_" in found.type else "", "")


def _may_allow(held: Fact, call: str, target: Fact, facts: Facts) -> bool:
    """Whether a policy allows a call on the target; one that only names another, which was not read here, may."""
    if held.type != "aws_iam_role_policy":
        return True
    for one in statements(held.get("policy")):
        if one.get("NotAction") is not None:
            return True
        if any(fnmatchcase(call.lower(), each.lower()) for each in words(one.get("Action"))) and (
            call not in _ON_TARGET
            or one.get("NotResource") is not None
            or some(listed(one.get("Resource")) or ["*"], lambda each: _covers(each, target, facts))
        ):
            return True
    return False


#: Calls that are allowed on the very thing that the target names; of the others the resource is another.
_ON_TARGET = (
    *("states:StartExecution", "firehose:PutRecord", "kinesis:PutRecord"),
    *("codebuild:StartBuild", "codepipeline:StartPipelineExecution"),
)


def _covers(resource: Value, target: Fact, facts: Facts) -> bool:
    """Whether a resource of a policy is what a target names. Raises NotKnown where that is not told."""
    what = f"whether a policy is for what {target.name} calls"
    pointer = target.attributes.get("arn")
    if isinstance(pointer, Unread):
        pointer = next(iter(pointer.refs), None) or known(pointer, what)
    if isinstance(resource, Unread):
        if pointer in resource.refs or any(facts.find(ref) is facts.find(pointer) for ref in resource.refs):
            return True
        known(resource, what)
    called = facts.find(pointer)
    called = None if called is target else called  # its own ``arn`` is that of what it calls
    if resource == pointer or (called is not None and facts.find(resource) is called):
        return True
    if isinstance(resource, str) and "*" in resource:
        return called is not None or not isinstance(pointer, str) or fnmatchcase(pointer, resource)
    if called is None:
        if isinstance(pointer, str) and isinstance(resource, str):
            return False
        raise NotKnown(what, "it was not read")
    if not isinstance(called.attributes.get("name"), str):
        raise NotKnown(what, f"the name of {called.name} is not known")
    return points_at(facts, resource, called)


def _trusts(role: Fact) -> bool:
    """Whether EventBridge may take a role; one of which no trust is shown is taken for another's matter."""
    trust = role.attributes.get("assume_role_policy")
    return trust is None or some(
        statements(trust),
        lambda one: any(name == "*" or name.startswith("events.") for name in services(one)),
    )


def _without_role(target: Fact, facts: Facts) -> Verdict | None:
    """A failing verdict where the call needs a role. SNS, SQS, Lambda, log groups and buses admit by their own policy;
    what a program or a framework declares gets its role from there."""
    file = target.where.file
    if ".Events." in target.id or file.endswith(_MADE) or file.rpartition("/")[2].startswith("serverless"):
        return None
    call = _call(target, facts)
    if not call:
        return None
    return verdict(False, f"it has no role, and {call} needs one", at=[target.at("arn")])


_MADE = (".ts", ".tsx", ".js", ".mjs", ".py", ".java", ".go", ".cs")
