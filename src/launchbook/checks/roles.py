"""Roles: who may take them, and that they hold just the rights that the program needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._pointing import points_at
from launchbook.checks._shapes import all_known, field, known, listed, statements, words
from launchbook.checks.events import policies_of
from launchbook.model import Evidence, Fact, Facts, NotKnown, Value, Verdict, verdict


@check(
    "oidc-trust-narrow",
    "Every role for workflows trusts one repository and branch alone",
    of="aws_iam_role",
    severity="critical",
    fix="Add a condition on token.actions.githubusercontent.com:sub with repository and branch.",
)
def oidc_trust(role: Fact, facts: Facts) -> Verdict | None:
    """Without a condition on the subject, any repository of anybody may take the role."""
    for index, statement in enumerate(statements(role.get("assume_role_policy"))):
        if "sts:AssumeRoleWithWebIdentity" not in words(statement.get("Action")):
            continue
        here = role.at(f"assume_role_policy.Statement.{index}.Condition")
        subjects = [
            str(known(one, "the subject that is trusted"))
            for condition in _conditions(role, statement)
            for key, value in condition.items()
            if key.lower().endswith(":sub")
            for one in listed(value)
        ]
        if not subjects:
            return verdict(False, "it trusts every repository", at=[here])
        wide = [one for one in subjects if re.match(_WIDE, one)]
        why = f"it trusts {wide[0]}" if wide else "one repository and branch"
        return verdict(not wide, why, at=[here])
    return None


def _conditions(role: Fact, statement: dict[str, Value]) -> list[dict[str, Value]]:
    block = known(statement.get("Condition"), f"the condition of {role.name}")
    found = [known(one, f"the condition of {role.name}") for one in _values(block)]
    return [one for one in found if isinstance(one, dict)]


#: Subjects that more than one repository and branch have: a pattern in the owner's or the repository's name, any
#: branch, any pull request.
_WIDE = r"\*|repo:[^:]*\*|repo:(?!.*:)|repo:[^:]+:(?:\*|ref:(?:\*|refs/(?:\*|heads/\*+$))|pull_request|environment:\*)"


def _values(block: Value) -> list[Value]:
    """What the operators of a condition compare; what a subject must not be leaves all others in."""
    return [one for name, one in block.items() if "Not" not in name] if isinstance(block, dict) else []


def grants(role: Fact, facts: Facts) -> Iterator[tuple[dict[str, Value], Evidence]]:
    """Every statement that a role holds, inline or attached, with its place. Raises NotKnown for an unread one."""
    for place, path, policy in _documents(role, facts):
        for index, statement in enumerate(statements(policy)):
            yield statement, place.at(f"{path}.Statement.{index}")


def _documents(role: Fact, facts: Facts) -> Iterator[tuple[Fact, str, Value]]:
    for name in ("policies", "inline_policy"):
        for index, one in enumerate(listed(role.attributes.get(name))):
            for key in ("policy_document", "policy"):
                if field(one, key) is not None:
                    yield role, f"{name}.{index}.{key}", field(one, key)
    for held in policies_of(role, facts).found:
        if held.type == "aws_iam_role_policy":
            yield held, "policy", held.get("policy")
    for attached in _attached(role, facts):
        policy = facts.find(attached)
        if policy is not None:
            yield policy, "policy", policy.get("policy")


def _attached(role: Fact, facts: Facts) -> list[Value]:
    apart = [one.attributes.get("policy_arn") for one in policies_of(role, facts).found]
    return [*listed(role.attributes.get("managed_policy_arns")), *(one for one in apart if one is not None)]


_EVERYTHING = re.compile(r"\*+|arn:[\w*-]+:\*+(?::\*+)*")
_ADMINISTRATOR = ("arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/PowerUserAccess")


def _runs(role: Fact) -> bool:
    """Whether tasks, functions, builds or workflows take a role; people's and AWS's own are other matters."""
    for statement in statements(role.get("assume_role_policy")):
        services = " ".join(words(field(statement.get("Principal"), "Service")))
        if re.search(r"ecs-tasks|lambda|codebuild|ec2|amplify|apprunner|batch|pods\.eks", services):
            return True
        if field(statement.get("Principal"), "Federated") is not None:
            return True
    return False


@check(
    "role-may-do-everything",
    "No role of a task, function or workflow may do everything",
    of="aws_iam_role",
    severity="critical",
    fix="List the actions that the program calls, on the resources that it uses.",
)
def star_role(role: Fact, facts: Facts) -> Verdict | None:
    """With ``*`` on ``*`` a hole in the program is a hole in the account."""
    if not _runs(role):
        return None
    attached = _attached(role, facts)
    for pointer in attached:
        if pointer in _ADMINISTRATOR:
            return verdict(False, f"it holds {str(pointer).rpartition('/')[2]}", at=[role.at()])
    seen = [role.at()]
    for statement, here in grants(role, facts):
        but = words(statement.get("NotAction"))
        if not but and not any(
            re.fullmatch(r"[*?:]*\*[*?:]*", one) for one in words(statement.get("Action"))
        ):
            seen.append(here)
            continue
        if any(_EVERYTHING.fullmatch(one) for one in words(statement.get("Resource"))):
            why = "it may do everything" + (f" but {', '.join(but)}" if but else "")
            return verdict(False, why, at=[here, role.at()])
        seen.append(here)
    _every_right(role, facts)
    return verdict(True, "its rights are listed", at=seen)


@check(
    "role-may-use-whole-service",
    "No role of a task, function or workflow may use the whole of a service",
    of="aws_iam_role",
    severity="medium",
    fix="Name the calls and the resources: s3:GetObject on one bucket's objects, not s3:*.",
)
def service_wide(role: Fact, facts: Facts) -> Verdict | None:
    """``s3:*`` may also delete every bucket."""
    if not _runs(role):
        return None
    for pointer in _attached(role, facts):
        if isinstance(pointer, str) and pointer.endswith("FullAccess"):
            return verdict(False, f"it holds {pointer.rpartition('/')[2]}", at=[role.at()])
    seen = [role.at()]
    for statement, here in grants(role, facts):
        if but := words(statement.get("NotAction")):
            return verdict(False, f"it may do everything but {', '.join(but)}", at=[here, role.at()])
        wide = [one for one in words(statement.get("Action")) if re.fullmatch(r"(?:[\w*-]+:)?\*+", one)]
        if wide:
            return verdict(False, f"it may do {wide[0]}", at=[here, role.at()])
        seen.append(here)
    _every_right(role, facts)
    return verdict(True, "no service as a whole", at=seen)


def _every_right(role: Fact, facts: Facts) -> None:
    """Raise NotKnown where a role may hold rights that were not seen."""
    policies_of(role, facts).settled()
    all_known(_attached(role, facts), f"a policy of {role.name}")
    unhidden(facts, role, *_RIGHTS)


#: What holds a role's rights, beside the role itself.
_RIGHTS = (
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_policy",
)


@check(
    "task-role-without-policy",
    "Every task's role has rights of its own",
    of="aws_ecs_task_definition",
    severity="high",
    fix="Give the role a policy with the calls that the program makes.",
)
def empty_task_role(definition: Fact, facts: Facts) -> Verdict | None:
    """A role without rights is where the next person puts an access key instead."""
    pointer = known(definition.get("task_role_arn"), f"the role of {definition.name}")
    if pointer is None:
        return None
    role = next((one for one in facts.seen("aws_iam_role") if points_at(facts, pointer, one)), None)
    if role is None:
        raise NotKnown(f"the role of {definition.name}", "it was not read", "iam:ListRoles")
    held = policies_of(role, facts)
    own = [
        one
        for name in ("policies", "inline_policy", "inline_policies")
        for one in listed(known(role.attributes.get(name), f"the policies of {role.name}"))
    ]
    ends = [definition.at("task_role_arn"), role.at()]
    managed = known(role.attributes.get("managed_policy_arns"), f"the policies of {role.name}")
    if held.found or own or listed(managed):
        return verdict(True, "it has", at=ends)
    held.settled()
    absent(facts, role, "aws_iam_role_policy")
    unhidden(facts, role, *_RIGHTS)
    return verdict(False, f"{role.name} has no policy", at=ends)
