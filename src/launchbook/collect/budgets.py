"""Budgets and what they warn of."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import each

NOTICES = "DescribeNotificationsForBudget"


@collector(
    "aws_budgets_budget",
    Call("sts", "GetCallerIdentity", keep=["Account"]),
    Call(
        "budgets",
        "DescribeBudgets",
        each="Budgets",
        given={"AccountId": "$GetCallerIdentity.Account"},
        take={
            "name": "BudgetName",
            "budget_type": "BudgetType",
            "time_unit": "TimeUnit",
            "limit_amount": "BudgetLimit.Amount",
            "limit_unit": "BudgetLimit.Unit",
        },
    ),
    Call(
        "budgets",
        NOTICES,
        given={"AccountId": "$GetCallerIdentity.Account", "BudgetName": "$DescribeBudgets.BudgetName"},
        keep=[
            "Notifications[].NotificationType",
            "Notifications[].ComparisonOperator",
            "Notifications[].Threshold",
            "Notifications[].ThresholdType",
        ],
    ),
    scope="global",
)
def budgets(row: Row) -> Seen:
    """A budget and its warnings; who gets them is not read, they are people's addresses."""
    notices = each(
        row.get(NOTICES, "Notifications"),
        lambda one: {
            "notification_type": one.get("NotificationType"),
            "comparison_operator": one.get("ComparisonOperator"),
            "threshold": one.get("Threshold"),
            "threshold_type": one.get("ThresholdType"),
        },
    )
    seen = row.seen(id="name", name="name", DescribeNotificationsForBudget={"notification": notices})
    return Seen(f"budget/{seen.name}", seen.name, seen.attributes)
