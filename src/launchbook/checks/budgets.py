"""A budget that warns somebody of the bill before it comes."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._shapes import field, known, listed, pick, whole_or_part
from launchbook.model import Fact, Facts, Value, Verdict, verdict
from launchbook.model.aws import Alarm


@check(
    "budget-forecast",
    "A budget warns before the month costs more than it may",
    of="terraform_root",
    severity="medium",
    fix="Declare a budget with a FORECASTED notification to a topic that is read.",
)
def budget(root: Fact, facts: Facts) -> Verdict | None:
    """A root that declares alarms and no budget has forgotten the one on its bill."""
    folder = root.where.file.rpartition("/")[0]
    alarms = [
        one for one in facts.seen(Alarm) if one.where.file.rpartition("/")[0] == folder and one.where.file
    ]
    if not alarms:
        unhidden(facts, root, "aws_cloudwatch_metric_alarm")
        return None
    budgets = facts.seen("aws_budgets_budget")
    warning = pick(budgets, lambda one: any(not why for why in _silences(one)))
    for one in warning.found:
        return verdict(True, f"{one.name} warns", at=[root.at(), one.at("notification")])
    warning.settled()
    absent(facts, root, "aws_budgets_budget")
    for one in budgets:
        why = next((each for each in _silences(one) if each), "it forecasts nothing")
        return verdict(False, f"{one.name} does not: {why}", at=[root.at(), one.at("notification")])
    return verdict(False, "no budget forecasts", at=[root.at(), alarms[0].at()])


def _silences(budget: Fact) -> list[str]:
    """Of each forecast of a budget why it warns nobody of the bill; empty text where it does.

    Raises NotKnown where a part of one was not read.
    """
    whole = _of_a_part(budget)
    notices = [
        one
        for one in listed(budget.attributes.get("notification"))
        if known(field(one, "notification_type"), f"a notification of {budget.name}") == "FORECASTED"
    ]
    return [whole or _silent(one, budget) for one in notices]


def _of_a_part(budget: Fact) -> str:
    """Why a budget is not about the bill as a whole; a tag may well stand for the whole of a system."""
    kind = known(budget.attributes.get("budget_type"), f"the type of {budget.name}")
    if kind not in (None, "COST"):
        return f"it counts {kind}, not cost"
    older = known(budget.attributes.get("cost_filters"), f"the filter of {budget.name}")
    names = [field(one, "name") for one in listed(budget.attributes.get("cost_filter"))]
    for one in (*names, *(older if isinstance(older, dict) else ())):
        if known(one, f"the filter of {budget.name}") in _PARTS:
            return f"it counts a part of the cost alone, by {one}"
    return ""


_PARTS = ("Service", "UsageType", "UsageTypeGroup", "Operation", "InstanceType")


def _silent(notice: Value, budget: Fact) -> str:
    what = f"a notification of {budget.name}"
    operator = known(field(notice, "comparison_operator"), what)
    if operator not in (None, "GREATER_THAN"):
        return f"it warns when the forecast is {operator}"
    threshold = whole_or_part(known(field(notice, "threshold"), what))
    if threshold is not None and known(field(notice, "threshold_type"), what) == "ABSOLUTE_VALUE":
        limit = whole_or_part(known(budget.attributes.get("limit_amount"), f"the limit of {budget.name}"))
        threshold = threshold / limit * 100 if limit else None
    if threshold is not None and threshold >= _ABSURD:
        return f"it warns at {threshold:g} % of its limit"
    if budget.declared and not any(listed(field(notice, name)) for name in _SUBSCRIBERS):
        return "nobody is told"
    return ""


#: A forecast of ten times the limit is no warning.
_ABSURD = 1000
_SUBSCRIBERS = ("subscriber_email_addresses", "subscriber_sns_topic_arns")
