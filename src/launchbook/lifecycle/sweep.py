"""Sweep: after a destroy, whether anything is left, by three ways that do not depend on each other.

What was ever in a state is asked of its own service; what is listed natively is looked at by tags and by name; and
whatever is there now and was not before the first apply is suspected, whoever made it. What was there before and is
not of this platform is counted, never judged. What could not be read leaves the answer open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from launchbook.collect.engine import THREADS, Asked, Reads
from launchbook.collect.reader import ReadFailed
from launchbook.lifecycle.certificate import Certificate, Leftover
from launchbook.lifecycle.cost import cost_of
from launchbook.lifecycle.inventory import LISTINGS, TYPES, Listing, Stock, Thing, take_stock
from launchbook.lifecycle.inventory.before import Before
from launchbook.lifecycle.inventory.stock import ask_tags, tag_gap
from launchbook.lifecycle.parts import IN_STATE_ALONE, PART_OF, SAME_AS
from launchbook.model import Gap, Where

#: How far a service's clock and ours may differ.
_SKEW = timedelta(minutes=5)


class Saved(Protocol):
    """Something that was in a state."""

    @property
    def type(self) -> str:
        """Terraform's type."""
        ...

    @property
    def id(self) -> str:
        """Terraform's id."""
        ...

    @property
    def arn(self) -> str:
        """Its ARN, empty where it has none."""
        ...

    @property
    def region(self) -> str:
        """Where it was."""
        ...


@dataclass(frozen=True)
class Known:
    """What is known of a platform on a target: how to tell its things from others'.

    ``runs`` are the ids that its run tag may carry; ``since`` is when its first run began; ``before`` the inventory.
    """

    platform: str
    tags: Mapping[str, str] = field(default_factory=dict)
    run_tag: str = ""
    runs: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    saved: Sequence[Saved] = ()
    before: Before | None = None
    since: datetime | None = None

    def tagged(self, tags: Mapping[str, str]) -> str:
        """Why these tags make a thing ours; empty when they don't."""
        if self.run_tag and tags.get(self.run_tag) in self.runs:
            return f"tagged {self.run_tag}={tags[self.run_tag]}"
        if self.tags and all(tags.get(name) == value for name, value in self.tags.items()):
            return "tagged " + ", ".join(f"{name}={value}" for name, value in self.tags.items())
        return ""


def sweep(
    reader: Reads,
    known: Known,
    regions: Iterable[str],
    asked: Asked,
    *,
    listings: Sequence[Listing] = LISTINGS,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Certificate:
    """Ask for everything, in every region given and the global services, and say what is left."""
    places = tuple(dict.fromkeys(regions))
    stock = take_stock(reader, listings, places, asked, progress)
    judge = _Judge(reader, known, stock, {one.type: one for one in listings}, asked)
    left, others, untold = judge.all()
    gaps = (*stock.gaps, *judge.gaps, *_nobody_asks(known.saved, asked.account))
    if untold:
        gaps += (_untold(untold, asked.account),)
    return Certificate(
        platform=known.platform,
        account=asked.account,
        at=asked.at.astimezone(UTC),
        regions=places,
        queries=stock.queries,
        tag_queries=tuple(sorted({f"{c.service}:{c.operation}" for one in listings if (c := one.tags)})),
        saved=len(known.saved),
        before=known.before.at if known.before else None,
        left=tuple(left),
        not_ours=others,
        gaps=gaps,
    )


class _Judge:
    """Tells what is ours; ``gaps`` are the tags that it could not read on the way."""

    def __init__(
        self,
        reader: Reads,
        known: Known,
        stock: Stock,
        listings: Mapping[str, Listing],
        asked: Asked,
    ) -> None:
        self.reader, self.known, self.stock = reader, known, stock
        self.listings, self.asked = listings, asked
        self.gaps: list[Gap] = []
        self.saved: dict[str, set[str]] = {}
        for one in known.saved:
            kind = SAME_AS.get(one.type, one.type)
            held = self.saved.setdefault(kind, set())
            held.update(filter(None, (one.id, one.arn)))
            if kind in _BY_NAME:
                held.update(re.split("[/:]", text)[-1] for text in (one.id, one.arn) if text)

    def all(self) -> tuple[list[Leftover], dict[str, int], list[Thing]]:
        """What is left, how many of each type are not ours, and what nobody can tell."""
        left: list[Leftover] = []
        others: dict[str, int] = {}
        untold: list[Thing] = []
        things = [thing for thing in self.stock.things if not thing.of_aws]
        with ThreadPoolExecutor(THREADS, "sweep") as pool:
            for thing, (why, told) in zip(things, pool.map(self.one, things), strict=True):
                if why:
                    left.append(_leftover(thing, why))
                    continue
                others[thing.type] = others.get(thing.type, 0) + 1
                if not told:
                    untold.append(thing)
        return left, others, untold

    def one(self, thing: Thing) -> tuple[tuple[str, ...], bool]:
        """Why a thing is suspected (nothing: it is not), and whether that is certain."""
        known = self.known
        why = [reason for reason in (self._in_state(thing), self._tagged(thing), self._new(thing)) if reason]
        older = known.before is not None and thing.key in known.before.keys
        start = next(
            (one for one in known.names if thing.name.startswith(one) or thing.id.startswith(one)), ""
        )
        if start and not older:
            why.insert(len(why) - bool(self._new(thing)), f"its name begins with {start}")
        if why:
            return tuple(why), True
        if older or self._created_before(thing):
            return (), True
        tags = self._ask(thing)
        tagged = known.tagged(tags) if tags else ""
        return ((tagged,), True) if tagged else ((), False)

    def _in_state(self, thing: Thing) -> str:
        held = self.saved.get(thing.type, set())
        names = {thing.id, thing.arn, thing.also, thing.name if thing.type in _BY_NAME else ""}
        return "in a saved state of this platform" if held & {one for one in names if one} else ""

    def _tagged(self, thing: Thing) -> str:
        tags = {**(thing.tags or {}), **self.stock.tagged.get(thing.arn, {})}
        return self.known.tagged(tags)

    def _new(self, thing: Thing) -> str:
        before = self.known.before
        if before is None or thing.key in before.keys or not before.knows(thing.type, thing.region):
            return ""
        return f"not there before the first apply ({before.at:%Y-%m-%d %H:%M} UTC)"

    def _created_before(self, thing: Thing) -> bool:
        created = moment(thing.values.get("created"))
        return bool(self.known.since and created and created < self.known.since - _SKEW)

    def _ask(self, thing: Thing) -> Mapping[str, str]:
        """The tags that the list did not show."""
        call = self.listings[thing.type].tags
        if call is None or thing.tags is not None:
            return {}
        try:
            return ask_tags(self.reader, call, thing)
        except ReadFailed as failure:
            if failure.code not in call.none_codes:
                self.gaps.append(tag_gap(failure, thing, self.asked.account))
            return {}


#: Types that a state names by an ARN, or with the account before it, and their service by the name alone.
_BY_NAME = frozenset(
    {
        "aws_budgets_budget",
        "aws_cloudwatch_event_rule",
        "aws_key_pair",
        "aws_kinesis_stream",
        "aws_opensearch_domain",
        "aws_route53_zone",
    }
)


def _leftover(thing: Thing, why: tuple[str, ...]) -> Leftover:
    return Leftover(
        type=thing.type,
        id=thing.id,
        name=thing.name,
        arn=thing.arn,
        region=thing.region,
        why=why,
        cost=cost_of(thing.type, thing.values, thing.region),
        note=_note(thing),
        values=thing.values,
    )


def _note(thing: Thing) -> str:
    if thing.values.get("deleted"):
        return f"waits for its deletion ({str(thing.values['deleted'])[:10]}); free, its name is taken"
    state = str(thing.values.get("state") or thing.values.get("key_state") or "").lower()
    return "being deleted: ask again in a few minutes" if state in _LEAVING else ""


_LEAVING = frozenset(
    {"deleting", "draining", "shutting-down", "delete_in_progress", "deprovisioning", "stopping"}
)


def _nobody_asks(saved: Iterable[Saved], account: str) -> tuple[Gap, ...]:
    """A gap for each saved type that no listing answers for."""
    kinds: dict[str, list[str]] = {}
    for one in saved:
        kind = SAME_AS.get(one.type, one.type)
        if PART_OF.get(kind, kind) not in TYPES and not kind.startswith(IN_STATE_ALONE):
            kinds.setdefault(kind, []).append(one.id)
    return tuple(
        Gap(
            where=Where(account=account),
            what=f"{kind}: no listing of it is known, and {len(ids)} of it were made",
            hint=f"look for {', '.join(sorted(ids)[:3])}",
            hides=(kind,),
        )
        for kind, ids in sorted(kinds.items())
    )


def _untold(things: Sequence[Thing], account: str) -> Gap:
    return Gap(
        where=Where(account=account),
        what=f"{len(things)} things without a tag or name of this platform may be older or newer than it: "
        "no inventory of them was taken before the first apply",
        hint=f"look at them: {', '.join(f'{one.type} {one.id}' for one in things[:5])}",
        hides=tuple(sorted({one.type for one in things})),
    )


def moment(value: object) -> datetime | None:
    """A time as services give it: ISO 8601, or seconds or milliseconds since 1970, as a number or a text."""
    try:
        number = float(str(value))
    except ValueError:
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return datetime.fromtimestamp(number / 1000 if number > 10**11 else number, UTC)
