"""Budgets operations on top of moto's."""

from __future__ import annotations

import json
from typing import Any

from moto.budgets import urls
from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget, Notification
from moto.budgets.responses import BudgetsResponse

_TAGS: dict[str, dict[str, str]] = {}


def install() -> None:
    """Route every Budgets call here."""
    for path in urls.url_paths:
        urls.url_paths[path] = FullBudgetsResponse.dispatch


class FullBudgetsResponse(BudgetsResponse):
    """moto's operations, and those it lacks."""

    def create_budget(self) -> str:
        """Create a budget with its tags."""
        answer = super().create_budget()
        for tag in self._get_param("ResourceTags") or []:
            _TAGS.setdefault(self._arn(self._get_param("Budget")["BudgetName"]), {})[tag["Key"]] = tag[
                "Value"
            ]
        return answer

    def update_budget(self) -> str:
        """Replace a budget; its notifications stay."""
        new = self._get_param("NewBudget")
        budget = self._find(new["BudgetName"])
        kept = [{"Notification": n.details, "Subscribers": n.subscribers} for n in budget.notifications]
        replaced = Budget({"TimePeriod": budget.budget["TimePeriod"]} | new, kept)
        self.backend.budgets[self._get_param("AccountId")][new["BudgetName"]] = replaced
        return json.dumps({})

    def delete_budget(self) -> str:
        """Delete a budget and its tags."""
        answer = super().delete_budget()
        _TAGS.pop(self._arn(self._get_param("BudgetName")), None)
        return answer

    def describe_subscribers_for_notification(self) -> str:
        """Who hears of one notification."""
        return json.dumps({"Subscribers": self._notification().subscribers})

    def update_notification(self) -> str:
        """Replace a notification; its subscribers stay."""
        self._notification("OldNotification").details = self._get_param("NewNotification")
        return json.dumps({})

    def create_subscriber(self) -> str:
        """Add a subscriber to a notification."""
        subscribers: Any = self._notification().subscribers
        subscribers.append(self._get_param("Subscriber"))
        return json.dumps({})

    def delete_subscriber(self) -> str:
        """Take a subscriber from a notification."""
        subscribers: Any = self._notification().subscribers
        if self._get_param("Subscriber") in subscribers:
            subscribers.remove(self._get_param("Subscriber"))
        return json.dumps({})

    def list_tags_for_resource(self) -> str:
        """Tags of a budget."""
        tags = _TAGS.get(self._get_param("ResourceARN"), {})
        return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]})

    def tag_resource(self) -> str:
        """Add tags to a budget."""
        given = {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags") or []}
        _TAGS.setdefault(self._get_param("ResourceARN"), {}).update(given)
        return json.dumps({})

    def untag_resource(self) -> str:
        """Take tags from a budget."""
        for key in self._get_param("ResourceTagKeys") or []:
            _TAGS.get(self._get_param("ResourceARN"), {}).pop(key, None)
        return json.dumps({})

    def _find(self, name: str) -> Budget:
        budget = self.backend.budgets[self._get_param("AccountId")].get(name)
        if budget is None:
            raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")
        return budget

    def _notification(self, parameter: str = "Notification") -> Notification:
        wanted = self._get_param(parameter)
        for notification in self._find(self._get_param("BudgetName")).notifications:
            if _same(notification.details, wanted):
                return notification
        raise NotFoundException("Unable to get the notification - it doesn't exist.")

    def _arn(self, name: str) -> str:
        return f"arn:aws:budgets::{self._get_param('AccountId')}:budget/{name}"


def _same(one: Any, other: Any) -> bool:
    """Two notifications are one if they agree but for their state and for how numbers are written."""
    kept = ("NotificationType", "ComparisonOperator")
    return (
        all(one.get(name) == other.get(name) for name in kept)
        and float(one.get("Threshold", 0)) == float(other.get("Threshold", 0))
        and one.get("ThresholdType", "PERCENTAGE") == other.get("ThresholdType", "PERCENTAGE")
    )
