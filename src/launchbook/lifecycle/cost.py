"""What resources cost an hour and a month for being there, and what could not be priced.

The fixed part only: use (requests, gigabytes, transitions) is named beside it with its rate where the table has one.
Works on a plan before anything is made, and on a leftover by the attributes that its own service listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from launchbook.lifecycle.charge import Charge, Item
from launchbook.lifecycle.cost_rules import RULES
from launchbook.lifecycle.parts import PART_OF
from launchbook.lifecycle.planned import Plan, Planned
from launchbook.lifecycle.price_table import HOURS, Unpriced, load_prices

Kind = Literal["fixed", "use", "free", "unpriced"]


@dataclass(frozen=True)
class Cost:
    """What one thing costs: dollars an hour, or None when that is not known (``why`` says why).

    ``kind`` is ``fixed`` (it costs for being there), ``use`` (only what ``use`` names costs), ``free`` or
    ``unpriced``; ``counted`` says in words what the fixed part is made of.
    """

    kind: Kind
    hourly: Decimal | None
    counted: str = ""
    use: str = ""
    why: str = ""

    @property
    def monthly(self) -> Decimal | None:
        """Dollars for 730 hours, to the cent."""
        return None if self.hourly is None else (self.hourly * HOURS).quantize(Decimal("0.01"))

    def text(self) -> str:
        """``$18.40 a month (…)`` as a person reads it; says when it is not known or only use costs."""
        if self.monthly is None:
            return f"price not known: {self.why}"
        if self.kind == "free":
            return f"free ({self.counted})" if self.counted else "free"
        parts = [f"${self.monthly} a month"] if self.monthly or not self.use else []
        parts += [f"plus use: {self.use}" if parts else f"only use costs: {self.use}"] if self.use else []
        return ", ".join(parts)


def cost_of(
    kind: str,
    values: Mapping[str, Any],
    region: str,
    *,
    near: Callable[[str], Sequence[Mapping[str, Any]]] = lambda _: (),
) -> Cost:
    """The cost of one resource of type ``kind`` with these attributes (Terraform's names) in a region."""
    table = load_prices()
    if kind in table.free:
        return Cost("free", Decimal(0))
    rule = RULES.get(kind)
    if rule is None and kind in PART_OF and not _paid_apart(kind, values):
        return Cost("free", Decimal(0), counted=f"a part of {PART_OF[kind][0]}")
    if rule is None:
        return Cost("unpriced", None, why=f"the price table of {table.date} does not cover {kind}")
    try:
        charge = rule(Item(kind, region, values, table, near))
    except Unpriced as missing:
        return Cost("unpriced", None, why=str(missing))
    return Cost(_kind(charge), charge.hourly, charge.counted, charge.use)


def _paid_apart(kind: str, values: Mapping[str, Any]) -> bool:
    """Whether a part costs beside its whole: a cache of a stage, functions that are kept warm."""
    return kind == "aws_lambda_provisioned_concurrency_config" or bool(values.get("cache_cluster_enabled"))


def _kind(charge: Charge) -> Kind:
    return "fixed" if charge.hourly else "use" if charge.use else "free"


@dataclass(frozen=True)
class Line:
    """One planned resource and its cost."""

    address: str
    type: str
    region: str
    cost: Cost


@dataclass(frozen=True)
class Estimate:
    """The costs of a plan, dearest first. Totals are of the priced ones: at least so much."""

    lines: tuple[Line, ...]
    date: str
    source: str

    @property
    def hourly(self) -> Decimal:
        """Dollars an hour of everything priced, to a hundredth of a cent."""
        return sum((line.cost.hourly or Decimal(0) for line in self.lines), Decimal(0)).quantize(
            Decimal("0.0001")
        )

    @property
    def monthly(self) -> Decimal:
        """Dollars for 730 hours of everything priced, to the cent: the sum of the lines as they are shown."""
        return sum((line.cost.monthly or Decimal(0) for line in self.lines), Decimal("0.00"))

    def of(self, kind: Kind) -> tuple[Line, ...]:
        """The lines of one kind: ``fixed``, ``use``, ``free``, ``unpriced``."""
        return tuple(line for line in self.lines if line.cost.kind == kind)

    def to_json(self) -> dict[str, object]:
        """Numbers as numbers; resources by address."""
        return {
            "currency": "USD",
            "prices": {"date": self.date, "source": self.source},
            "hourly": float(self.hourly),
            "monthly": float(self.monthly),
            "hours_per_month": int(HOURS),
            "resources": [
                {
                    "address": line.address,
                    "type": line.type,
                    "region": line.region,
                    "kind": line.cost.kind,
                    "hourly": None if line.cost.hourly is None else round(float(line.cost.hourly), 6),
                    "monthly": None if line.cost.monthly is None else float(line.cost.monthly),
                    "counted": line.cost.counted,
                    "use": line.cost.use,
                    "why": line.cost.why,
                }
                for line in self.lines
            ],
        }


def estimate(plans: Iterable[Mapping[str, Any]], region: str) -> Estimate:
    """The cost of everything that these plans (``terraform show -json``) leave in place.

    ``region`` counts where a plan does not tell its provider's; a resource's own ``region`` goes first.
    """
    prices = load_prices()
    lines = [_line(plan, one, region) for plan in map(Plan, plans) for one in plan.resources]
    lines.sort(key=lambda line: (-(line.cost.hourly or Decimal(0)), line.address))
    return Estimate(tuple(lines), prices.date, prices.source)


def _line(plan: Plan, one: Planned, region: str) -> Line:
    place = str(one.values.get("region") or plan.provider_region or region)
    values = {**one.values, **dict.fromkeys(one.unknown)}
    near = lambda attribute: [other.values for other in plan.near(one, attribute)]  # noqa: E731
    return Line(one.address, one.type, place, cost_of(one.type, values, place, near=near))
