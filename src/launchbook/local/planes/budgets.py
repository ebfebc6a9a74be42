"""Budgets: the operations that moto lacks. A budget is an object here; nothing is spent, so none is ever exceeded."""

from __future__ import annotations

from typing import Any

from launchbook.local.plane import Host


class BudgetsPlane:
    """Budgets with their subscribers and tags."""

    services = frozenset({"budgets"})

    def __init__(self, host: Host) -> None:
        self._host = host

    def install(self) -> None:
        """Put our responses in place of moto's."""
        from launchbook.local.planes import _budgets_responses

        _budgets_responses.install()

    def reconcile(self) -> None:
        """Nothing runs behind a budget."""

    def status(self) -> list[dict[str, Any]]:
        """Budgets are listed by their own API."""
        return []

    def close(self) -> None:
        """Nothing of this plane outlives the host."""


PLANE = BudgetsPlane
