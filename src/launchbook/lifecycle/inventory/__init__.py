"""What is there: every type of thing that costs, blocks or confuses, each listed by its own service.

Adding a type takes one entry in one of the modules here.
"""

from __future__ import annotations

from launchbook.lifecycle.inventory import compute, data, identity, managed, network, watch
from launchbook.lifecycle.inventory.declare import Listing
from launchbook.lifecycle.inventory.stock import Query, Stock, Thing, reads, take_stock

#: Every listing, by type.
LISTINGS: tuple[Listing, ...] = tuple(
    sorted(
        (
            *compute.LISTINGS,
            *data.LISTINGS,
            *identity.LISTINGS,
            *managed.LISTINGS,
            *network.LISTINGS,
            *watch.LISTINGS,
        ),
        key=lambda one: one.type,
    )
)
#: The types that a sweep can list.
TYPES = frozenset(one.type for one in LISTINGS)

__all__ = ["LISTINGS", "TYPES", "Listing", "Query", "Stock", "Thing", "reads", "take_stock"]
