"""What pricing a resource takes: its values and rates, and the few ways in which AWS charges for being there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from launchbook.lifecycle.price_table import HOURS, PriceTable, Unpriced


def _alone(_: str) -> Sequence[Mapping[str, Any]]:
    return ()


@dataclass(frozen=True)
class Item:
    """A resource to price: ``values`` by Terraform's names, ``near`` the values of what an attribute refers to."""

    type: str
    region: str
    values: Mapping[str, Any]
    prices: PriceTable
    near: Callable[[str], Sequence[Mapping[str, Any]]] = field(default=_alone)

    def rate(self, name: str, kind: str = "") -> Decimal:
        """A rate of its region. Raises Unpriced."""
        return self.prices.rate(self.region, name, kind)

    def count(self, least: int, *names: str) -> int:
        """How many an attribute lists, or refers to while the ids are not known."""
        counts = [len(self.values.get(name) or ()) or len(self.near(name)) for name in names]
        return max(least, *counts)

    def number(self, name: str, default: int | str | None = None) -> Decimal:
        """A number of its values. Raises Unpriced when it is not known and there is no default."""
        value = self.values.get(name)
        if isinstance(value, bool) or value is None or value == "":
            if default is None:
                raise Unpriced(f"its {name} is not known yet")
            return Decimal(default)
        try:
            return Decimal(str(value))
        except ArithmeticError:
            raise Unpriced(f"its {name} is no number") from None


@dataclass(frozen=True)
class Charge:
    """Dollars an hour for being there, what was counted, and what use adds."""

    hourly: Decimal = Decimal(0)
    counted: str = ""
    use: str = ""


Rule = Callable[[Item], Charge]


def month(amount: Decimal) -> Decimal:
    """A month's amount as an hour's."""
    return amount / HOURS


def plain(number: Decimal) -> str:
    """A number without trailing zeros."""
    return f"{number.normalize():f}"


def by_hour(name: str, counted: str, use: str = "", use_rate: str = "") -> Rule:
    """So much an hour."""

    def rule(item: Item) -> Charge:
        more = use.format(item.rate(use_rate)) if use_rate else use
        return Charge(item.rate(name), counted, more)

    return rule


def by_month(name: str, counted: str, use: str = "") -> Rule:
    """So much a month."""
    return lambda item: Charge(month(item.rate(name)), counted, use)


def by_use(use: str, use_rate: str = "") -> Rule:
    """Nothing for being there."""
    return lambda item: Charge(use=use.format(item.rate(use_rate)) if use_rate else use)


def stored(name: str, *sizes: str, what: str = "GB") -> Rule:
    """By the gigabytes that it holds; unknown sizes make it use."""

    def rule(item: Item) -> Charge:
        rate = item.rate(name)
        size = next((item.number(one) for one in sizes if item.values.get(one) not in (None, "")), None)
        if size is None:
            return Charge(use=f"${rate} per {what} and month")
        return Charge(month(size * rate), f"{plain(size)} {what}", f"${rate} per {what} and month")

    return rule
