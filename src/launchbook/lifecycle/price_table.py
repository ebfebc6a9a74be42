"""The price table: dated data, one rate a name and region. What is not in it is not known."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

#: Hours of a month, as AWS counts them in its own estimates.
HOURS = Decimal(730)


class Unpriced(Exception):
    """A price that the table does not know; the text says which."""


@dataclass(frozen=True)
class PriceTable:
    """Rates in US dollars by name; ``date`` and ``source`` say when and where they were written down.

    ``free`` are the types that cost nothing in themselves.
    """

    date: str
    source: str
    free: frozenset[str]
    everywhere: Mapping[str, Decimal]
    regions: Mapping[str, Mapping[str, Any]]

    def rate(self, region: str, name: str, kind: str = "") -> Decimal:
        """One rate, the region's own before the one of everywhere; ``kind`` names a row of a table such as ``rds``.

        Raises Unpriced.
        """
        rates = self.regions.get(region, {})
        if "same_as" in rates:
            return self.rate(str(rates["same_as"]), name, kind)
        found = rates.get(name, {}).get(kind) if kind else rates.get(name, self.everywhere.get(name))
        if not isinstance(found, Decimal):
            if region not in self.regions:
                raise Unpriced(f"the price table of {self.date} has no region {region or '(none given)'}")
            raise Unpriced(
                f"the price table of {self.date} has no {' '.join(filter(None, (name, kind)))} in {region}"
            )
        return found


@cache
def load_prices() -> PriceTable:
    """The table that comes with Launchbook."""
    text = files("launchbook.lifecycle").joinpath("prices.toml").read_text("utf-8")
    data = tomllib.loads(text, parse_float=Decimal)
    return PriceTable(
        data["date"], data["source"], frozenset(data["free"]), data["everywhere"], data["region"]
    )
