"""The certificate of absence: what was asked, where, how much of it there was, and what that proves.

PROVEN EMPTY when every question was answered and nothing is left; LEFT with the list and what it costs; else UNPROVEN
with each gap. Two certificates of two runs list the same questions in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from launchbook.lifecycle.cost import Cost
from launchbook.lifecycle.inventory.stock import Query
from launchbook.lifecycle.price_table import load_prices
from launchbook.model import Gap

Verdict = Literal["PROVEN EMPTY", "LEFT", "UNPROVEN"]


#: Types whose deletion AWS puts off, and nobody can hasten.
UNHURRIED = frozenset({"aws_kms_key"})


@dataclass(frozen=True)
class Leftover:
    """A thing that should not be there: why it is suspected, and what it costs while it stays."""

    type: str
    id: str
    region: str
    why: tuple[str, ...]
    cost: Cost
    name: str = ""
    arn: str = ""
    note: str = ""
    #: Why only a person should delete it, and how; empty where a deletion can be planned.
    by_hand: str = ""
    #: Why no plan of deletions may name it: a state holds it, or somebody else may.
    kept: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> str:
        """What tells it from every other."""
        return f"{self.type} {self.region} {self.id}"

    @property
    def goes_on(self) -> str:
        """The day on which AWS deletes it, where nothing is left to do but to wait; else empty."""
        return str(self.values.get("deleted") or "")[:10] if self.type in UNHURRIED else ""

    @property
    def only_new(self) -> bool:
        """Whether nothing but its age points to this platform: somebody else may have made it."""
        return all(reason.startswith("not there before") for reason in self.why)

    @property
    def label(self) -> str:
        """Its id as a person knows it: the last part of an ARN or URL, with the name where that says more."""
        short = self.id.rsplit("/", 1)[-1] if self.id.startswith(("arn:", "http")) else self.id
        short = short.rsplit(":", 1)[-1] if self.id.startswith("arn:") else short
        return f"{short} ({self.name})" if self.name and self.name not in self.id else short

    def to_json(self) -> dict[str, Any]:
        """Costs as numbers; ``monthly_cost`` is null when it is not known."""
        monthly = self.cost.monthly
        return {
            "type": self.type,
            "id": self.id,
            "name": self.name,
            "region": self.region,
            "why": list(self.why),
            "note": self.note,
            "monthly_cost": None if monthly is None else float(monthly),
            "cost": self.cost.text(),
        }


@dataclass(frozen=True)
class Alike:
    """A thing that goes by a name of the platform and is not its: ``why`` not."""

    type: str
    id: str
    region: str
    why: str


@dataclass(frozen=True)
class Certificate:
    """What a sweep found.

    ``saved`` counts the ids from saved states that an account can hold, ``looked_for`` those that were looked for;
    ``not_ours`` by type what is there and not this platform's, ``alike`` which of it goes by a name of its; ``stale``
    are ARNs that the tagging service still names though their own service does not list them any more.
    """

    platform: str
    account: str
    at: datetime
    regions: tuple[str, ...]
    queries: tuple[Query, ...]
    tag_queries: tuple[str, ...]
    saved: int
    looked_for: int
    before: datetime | None
    left: tuple[Leftover, ...]
    not_ours: Mapping[str, int]
    gaps: tuple[Gap, ...]
    alike: tuple[Alike, ...] = ()
    stale: tuple[str, ...] = ()
    #: How many things the state of a root holds now, by root.
    standing: Mapping[str, int] = field(default_factory=dict)
    run: str = ""
    target: str = ""

    @property
    def verdict(self) -> Verdict:
        """LEFT goes before UNPROVEN: what was found is certain."""
        return "LEFT" if self.left else "UNPROVEN" if self.gaps or not self.queries else "PROVEN EMPTY"

    @property
    def proven_empty(self) -> bool | None:
        """True, False, or None while it is open."""
        return {"PROVEN EMPTY": True, "LEFT": False, "UNPROVEN": None}[self.verdict]

    @property
    def exit_code(self) -> int:
        """0 proven empty, 1 leftovers, 3 unproven."""
        return {"PROVEN EMPTY": 0, "LEFT": 1, "UNPROVEN": 3}[self.verdict]

    @property
    def monthly(self) -> Decimal:
        """Dollars a month of all leftovers with a known price."""
        return sum((one.cost.monthly or Decimal(0) for one in self.left), Decimal("0.00"))

    @property
    def limits(self) -> tuple[str, ...]:
        """What even a proven certificate does not say."""
        said = [
            f"Asked were the {len({one.type for one in self.queries})} types below, in "
            f"{', '.join(self.regions)} and the global services, and the tagging service for whatever carries this "
            "platform's tags; untagged things of other types, and other regions, were not."
        ]
        if self.before is None:
            said.append(
                "No inventory was taken before the first apply: what has neither state, tag nor name of this "
                "platform is told by its time of creation alone."
            )
        return tuple(said)

    def to_json(self) -> dict[str, Any]:
        """The certificate as data, in a stable order."""
        return {
            "certificate": "launchbook-absence/1",
            "run": self.run,
            "at": self.at.isoformat(timespec="seconds"),
            "platform": self.platform,
            "target": self.target,
            "account": self.account,
            "regions": list(self.regions),
            "verdict": self.verdict,
            "proven_empty": self.proven_empty,
            "left": [one.to_json() for one in self.left],
            "monthly_cost": float(self.monthly),
            "unpriced": sum(1 for one in self.left if one.cost.monthly is None),
            "prices": {"date": load_prices().date, "currency": "USD"},
            "gaps": [{"where": str(gap.where), "what": gap.what, "settle": gap.hint} for gap in self.gaps],
            "limits": list(self.limits),
            "before": self.before.isoformat(timespec="seconds") if self.before else None,
            "saved_ids": self.saved,
            "saved_ids_looked_for": self.looked_for,
            "named_alike": [vars(one) for one in self.alike],
            "still_tagged": list(self.stale),
            "standing": dict(self.standing),
            "not_ours": dict(sorted(self.not_ours.items())),
            "queries": [
                {
                    "type": one.type,
                    "operations": list(one.operations),
                    "region": one.region,
                    "listed": one.listed,
                    "answered": not one.failed,
                }
                for one in self.queries
            ],
            "tag_queries": list(self.tag_queries),
        }


def markdown(one: Certificate) -> str:
    """The certificate for people, as a file that can be kept with the bill."""
    lines = [
        f"# {one.verdict}: {one.platform}",
        "",
        _sentence(one),
        "",
        f"- asked at {one.at:%Y-%m-%d %H:%M:%S} UTC, run {one.run or '(none)'}, target {one.target or '(none)'}",
        f"- account {one.account}, regions {', '.join(one.regions)} and the global services",
        f"- {one.looked_for} of {one.saved} ids from saved states were looked for",
        f"- inventory before the first apply: {f'{one.before:%Y-%m-%d %H:%M} UTC' if one.before else 'none'}",
        f"- {sum(one.not_ours.values())} things that are not this platform's were counted",
        *(f"- {said}" for said in _standing(one)),
        *_beside(one),
    ]
    if one.left:
        lines += [
            "",
            "## What is left",
            "",
            "| type | id | region | a month | why |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {left.type} | {_cell(left.label)} | {left.region} | {_cell(left.cost.text())} | "
            f"{_cell('; '.join((*left.why, left.note) if left.note else left.why))} |"
            for left in one.left
        ]
    if one.gaps:
        lines += ["", "## What could not be asked", ""]
        lines += [f"- {gap.what} ({gap.where}). To settle it: {gap.hint}" for gap in one.gaps]
    lines += ["", "## What this does not say", "", *(f"- {limit}" for limit in one.limits)]
    lines += ["", "## What was asked", "", "| type | operations | region | listed |", "|---|---|---|---|"]
    lines += [
        f"| {query.type} | {', '.join(query.operations)} | {query.region} | "
        f"{'not answered' if query.failed else query.listed} |"
        for query in one.queries
    ]
    lines += ["", f"Tags, where a list does not show them: {', '.join(one.tag_queries)}."]
    return "\n".join(lines) + "\n"


def text(one: Certificate) -> str:
    """The certificate on a terminal, for the person who pays: what is left, the dearest first, then the verdict."""
    lines = [f"  {said}" for said in _standing(one)]
    if one.left:
        wide = max(len(f"{left.type} {left.label}") for left in one.left)
        for left in sorted(one.left, key=lambda left: (-(left.cost.monthly or Decimal(0)), left.key)):
            monthly = "?" if left.cost.monthly is None else f"${left.cost.monthly}"
            lines.append(f"  {monthly:>9}  {f'{left.type} {left.label}':{min(wide, 60)}}  {left.region}")
            said = [
                *left.why,
                left.note,
                left.cost.why or (f"plus use: {left.cost.use}" if left.cost.use else ""),
            ]
            lines.append(f"             {'; '.join(filter(None, said))}")
        lines += [f"  {f'${one.monthly}':>9}  a month as long as they stay{_unpriced(one)}", ""]
    lines += [f"  {said.removeprefix('- ')}" for said in _beside(one)]
    lines += ["  Not asked: untagged things of other types, and other regions (--also REGION)."]
    lines += [f"  {limit}" for limit in one.limits[1:]]
    return "\n".join([*lines, f"{one.verdict}: {_sentence(one)}"]) + "\n"


_SHOWN = 5


def _standing(one: Certificate) -> list[str]:
    """That a destroy has to come first."""
    many = " and ".join(f"the state of {root} holds {count}" for root, count in one.standing.items())
    return [f"the platform stands: {many}. What its states hold, launchbook destroy removes."] if many else []


def _beside(one: Certificate) -> list[str]:
    """What was seen and is no leftover, where somebody might take it for one."""
    lines = [
        f"- not counted as its, though named like it: {each.type} {each.id} ({each.why})"
        for each in one.alike
    ]
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"- and {len(lines) - _SHOWN} more that are named like it (certificate.json)"]
    if one.stale:
        lines.append(
            f"- the tagging service still names {len(one.stale)} things that their own services do not list any more"
        )
    return lines


def _sentence(one: Certificate) -> str:
    kinds = len({query.type for query in one.queries})
    asked = f"{len(one.queries)} lists of {kinds} types in {', '.join(one.regions)} and the global services"
    if one.verdict == "PROVEN EMPTY":
        return f"nothing of {one.platform} is left. {asked} were asked, and all answered."
    if one.verdict == "LEFT":
        things = "1 thing is" if len(one.left) == 1 else f"{len(one.left)} things are"
        return f"{things} left, at ${one.monthly} a month{_unpriced(one)}. {asked} were asked."
    open_ = "1 question" if len(one.gaps) == 1 else f"{len(one.gaps)} questions"
    return f"nothing was found, but {open_} stayed open. {asked} were asked."


def _unpriced(one: Certificate) -> str:
    count = sum(1 for left in one.left if left.cost.monthly is None)
    return f" and {count} without a known price" if count else ""


def _cell(words: str) -> str:
    return words.replace("|", "\\|")
