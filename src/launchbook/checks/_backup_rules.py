"""Whether a selection's plan really copies: a rule that comes and keeps, a vault that is there, a role that may."""

from __future__ import annotations

from launchbook.checks._absence import absent, unhidden
from launchbook.checks._pointing import points_at
from launchbook.checks._schedules import never_comes, rarely_comes
from launchbook.checks._shapes import (
    all_known,
    below,
    field,
    known,
    listed,
    services,
    some,
    statements,
    whole_or_part,
)
from launchbook.checks.events import policies_of
from launchbook.model import Evidence, Fact, Facts, Ref, Value

#: As long as the backups of a database are to be kept at least.
_DAYS = 7

#: Why nothing that helps is copied, and what shows it.
Broken = tuple[str, Evidence]


def broken(selection: Fact, facts: Facts) -> Broken | None:
    """Why the plan of a selection copies nothing that would help; None where it does, or where that is not shown."""
    pointer = known(selection.attributes.get("iam_role_arn"), f"the role of {selection.name}")
    role = facts.find(pointer)
    if role is None and pointer is not None:
        unhidden(facts, selection, "aws_iam_role")
    if role is not None and (why := _may_not(role, facts)):
        return why, selection.at("iam_role_arn")
    plan = next((one for one in facts.seen("aws_backup_plan") if _is(facts, selection, one)), None)
    if plan is None:
        return None
    reasons = [_of_rule(schedule, days, facts) for schedule, days in _rules(plan)]
    if reasons and all(reasons):
        return f"{plan.name} {reasons[0]}", plan.at("rule")
    return _no_vault(plan, facts)


def _is(facts: Facts, selection: Fact, plan: Fact) -> bool:
    pointer = selection.attributes.get("plan_id")
    return pointer is not None and points_at(facts, pointer, plan)


def _rules(plan: Fact) -> list[tuple[Value, Value]]:
    """The schedule of each rule of a plan, and for how many days it keeps; AWS gives both as lists."""
    rules = listed(plan.attributes.get("rule"))
    if rules:
        return [(field(one, "schedule"), below(field(one, "lifecycle"), "delete_after")) for one in rules]
    schedules, days = (listed(plan.attributes.get(name)) for name in ("schedules", "delete_after"))
    return list(zip(schedules, days, strict=True)) if len(schedules) == len(days) else []


def _of_rule(schedule: Value, days: Value, facts: Facts) -> str:
    """Why a rule is none; without a schedule AWS copies every day."""
    given = known(schedule, "when a plan copies")
    if isinstance(given, str) and (why := never_comes(given, facts.today) or rarely_comes(given)):
        return f"does not copy: {why}"
    kept = whole_or_part(known(days, "how long a plan keeps"))
    return f"keeps what it copies for {kept:g} days" if kept is not None and kept < _DAYS else ""


def _no_vault(plan: Fact, facts: Facts) -> Broken | None:
    """That a plan of files copies into a vault that none of them makes, while they make others."""
    vaults = facts.seen("aws_backup_vault")
    for index, rule in enumerate(listed(plan.attributes.get("rule"))):
        name = known(field(rule, "target_vault_name"), f"the vault of {plan.name}")
        if isinstance(name, Ref) or name in (None, "Default"):
            continue
        if not vaults:
            unhidden(facts, plan, "aws_backup_vault")
            continue
        all_known((one.attributes.get("name") for one in vaults), f"the vault of {plan.name}")
        if not some(vaults, lambda one, name=name: points_at(facts, name, one)):  # type: ignore[misc]
            unhidden(facts, plan, "aws_backup_vault")
            return f"no vault is called {name}", plan.at(f"rule.{index}.target_vault_name")
    return None


def _may_not(role: Fact, facts: Facts) -> str:
    trust = role.attributes.get("assume_role_policy")
    if trust is not None and not some(statements(trust), _trusts):
        return f"{role.name} does not trust AWS Backup"
    held = policies_of(role, facts)
    own = ("inline_policies", "inline_policy", "managed_policy_arns")
    if held.found or any(listed(role.attributes.get(name)) for name in own):
        return ""
    held.settled()
    absent(facts, role, "aws_iam_role_policy")
    unhidden(facts, role, "aws_iam_role_policy_attachment", "aws_iam_policy_attachment")
    return f"{role.name} has no policy"


def _trusts(statement: dict[str, Value]) -> bool:
    return any(name == "*" or name.startswith("backup.") for name in services(statement))
