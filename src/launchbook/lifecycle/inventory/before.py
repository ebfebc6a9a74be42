"""What was there before the first apply: the names of everything listed, so that what is new can be told.

Kept beside the state of a target until a certificate says that nothing is left; the next apply takes a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from launchbook.collect.engine import GLOBAL_REGION, Asked, Reads
from launchbook.lifecycle.home import read_json, write_json
from launchbook.lifecycle.inventory.declare import Listing
from launchbook.lifecycle.inventory.stock import Thing, take_stock

FILE = "before.json"
#: Written when a sweep found nothing: an apply after it starts from another "before".
DONE = "before.done.json"


@dataclass(frozen=True)
class Before:
    """An inventory: ``keys`` of things (type, region, id), and the types by region that could be read to the end."""

    at: datetime
    account: str
    regions: tuple[str, ...]
    keys: frozenset[str]
    read: frozenset[str]

    def knows(self, kind: str, region: str) -> bool:
        """Whether it lists all of a type in a region."""
        return f"{kind} {region}" in self.read or f"{kind} global" in self.read

    def to_json(self) -> dict[str, Any]:
        """Sorted, so that two inventories compare by eye."""
        return {
            "at": self.at.isoformat(timespec="seconds"),
            "account": self.account,
            "regions": list(self.regions),
            "things": sorted(self.keys),
            "read": sorted(self.read),
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Before:
        """What :meth:`to_json` gave."""
        return cls(
            datetime.fromisoformat(saved["at"]),
            saved["account"],
            tuple(saved["regions"]),
            frozenset(saved["things"]),
            frozenset(saved["read"]),
        )


def inventory(
    reader: Reads,
    listings: Sequence[Listing],
    regions: Iterable[str],
    asked: Asked,
    progress: Callable[[int, int], None] = lambda *_: None,
    *,
    without: Callable[[Thing], bool] = lambda _: False,
) -> Before:
    """List everything that is there now, in these regions and the global services, ``without`` what is new anyway."""
    places = tuple(dict.fromkeys(regions))
    stock = take_stock(reader, listings, places, asked, progress)
    everywhere = {one.type for one in listings if one.collector.scope == "global"}
    failed = {(query.type, query.region) for query in stock.queries if query.failed}
    read = {
        f"{query.type} {'global' if query.type in everywhere and query.region == GLOBAL_REGION else query.region}"
        for query in stock.queries
        if (query.type, query.region) not in failed
    }
    keys = frozenset(thing.key for thing in stock.things if not without(thing))
    return Before(asked.at.astimezone(UTC), asked.account, places, keys, frozenset(read))


def load_before(folder: Path) -> Before | None:
    """The inventory of a target's state folder, None when none was taken."""
    saved = read_json(folder / FILE)
    return Before.from_json(saved) if saved else None


def keep_before(folder: Path, before: Before) -> None:
    """Keep an inventory beside a target's state."""
    write_json(folder / FILE, before.to_json())
    (folder / DONE).unlink(missing_ok=True)


def needed(folder: Path) -> bool:
    """Whether an apply has to take one first: none is there, or a sweep has found nothing since."""
    return not (folder / FILE).exists() or (folder / DONE).exists()


def mark_done(folder: Path, at: datetime) -> None:
    """Note that nothing is left of what came after the inventory."""
    write_json(folder / DONE, {"at": at.isoformat(timespec="seconds")})
