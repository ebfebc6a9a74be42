"""Whose a listed thing is: told by saved states, by tags, by its name, and by what was there before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from launchbook.collect.engine import THREADS, Asked, Reads
from launchbook.collect.reader import ReadFailed
from launchbook.lifecycle.certificate import UNHURRIED, Alike, Leftover
from launchbook.lifecycle.cost import cost_of
from launchbook.lifecycle.inventory import Listing, Stock, Thing
from launchbook.lifecycle.inventory.declare import DELETED
from launchbook.lifecycle.inventory.stock import ask_tags, tag_gap
from launchbook.lifecycle.known import Known, Saved
from launchbook.lifecycle.parts import SAME_AS
from launchbook.model import Gap

#: How far a service's clock and ours may differ.
_SKEW = timedelta(minutes=5)


@dataclass
class Judged:
    """What is ``left``, how many of each type are ``others``', what only goes by a name of ours (``alike``), and what
    nobody can tell (``untold``)."""

    left: list[Leftover] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)
    alike: list[Alike] = field(default_factory=list)
    untold: list[Thing] = field(default_factory=list)


@dataclass(frozen=True)
class Opinion:
    """Of one thing: ``why`` it is suspected (nothing: it is not), whether a state or a tag says that it is ``ours``,
    ``against`` what its name says, and whether all that is ``certain``. What is AWS's ``own`` is nobody's."""

    why: tuple[str, ...] = ()
    ours: bool = False
    against: str = ""
    certain: bool = True
    own: bool = False
    doubt: str = ""


class Judge:
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
        self._unread: dict[str, Gap] = {}
        self.saved = _names_by_type(known.saved)
        self.standing = {root: _names_by_type(things) for root, things in known.standing.items()}

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Tags that could not be read, once for each reason and place."""
        return tuple(self._unread[key] for key in sorted(self._unread))

    def all(self) -> Judged:
        """An opinion of everything that was listed."""
        found = Judged()
        things = self.stock.things
        with ThreadPoolExecutor(THREADS, "sweep") as pool:
            for thing, said in zip(things, pool.map(self.one, things), strict=True):
                if said.why:
                    found.left.append(_leftover(thing, said, self._kept(thing, said)))
                elif not said.own:
                    found.others[thing.type] = found.others.get(thing.type, 0) + 1
                    if said.against:
                        found.alike.append(Alike(thing.type, thing.id, thing.region, said.against))
                    if not said.certain:
                        found.untold.append(thing)
        return found

    def one(self, thing: Thing) -> Opinion:
        """Whose a thing is. Tags are asked for wherever the list does not show them, and before age counts."""
        known = self.known
        saved = self._in_state(thing)
        if thing.of_aws:
            ours = (saved, known.of_run(self._shown(thing))) if thing.of_aws != DELETED else ()
            return Opinion(tuple(filter(None, ours)), own=True)
        tags = self._shown(thing) if saved else self._tags(thing)
        new, tagged, foreign = self._new(thing), known.tagged(tags), known.against(tags)
        before, older = self._listed_before(thing), self._older(thing)
        start = known.named(thing)
        against = "" if saved or tagged or not start else foreign or before
        name = f"its name begins with {start}" if start and not against else ""
        doubt = "" if saved or tagged else foreign or older
        if doubt:
            new, name = (f"{each}, but {doubt}" if each else "" for each in (new, name))
        why = tuple(filter(None, (saved, tagged, "" if before else name, new)))
        if why:
            return Opinion(why, bool(saved or tagged), doubt=doubt)
        return Opinion((), against=against, certain=bool(against or before or older))

    def _in_state(self, thing: Thing) -> str:
        return "in a saved state of this platform" if _is_in(self.saved, thing) else ""

    def _kept(self, thing: Thing, said: Opinion) -> str:
        """Why no plan may delete a thing: a destroy has to go before, or it was given to the platform."""
        key = f"{thing.type} {thing.id}"
        holder = self.known.holders.get(key)
        if holder:
            return f"it keeps the state of {holder}, which is not empty: launchbook destroy"
        root = next((root for root, names in self.standing.items() if _is_in(names, thing)), "")
        if root:
            return f"the state of {root} holds it: launchbook destroy"
        user = self.known.backends.get(key)
        if user and not said.ours:  # whoever made it may keep other states there
            return f"{user} keeps its state there, and nothing says that this platform made it"
        return ""

    def _shown(self, thing: Thing) -> Mapping[str, str]:
        """Tags that cost no question: those of the list, and of the tagging service."""
        return {**(thing.tags or {}), **self.stock.tags_of(thing)}

    def _tags(self, thing: Thing) -> Mapping[str, str]:
        shown = self._shown(thing)
        call = self.listings[thing.type].tags
        if call is None or thing.tags is not None or shown:
            return shown
        try:
            return ask_tags(self.reader, call, thing)
        except ReadFailed as failure:
            if failure.code not in call.none_codes:
                gap = tag_gap(failure, thing, self.asked.account)
                self._unread[f"{gap.what} {gap.where}"] = gap
            return {}

    def _new(self, thing: Thing) -> str:
        before = self.known.before
        if before is None or thing.key in before.keys or not before.knows(thing.type, thing.region):
            return ""
        return f"not there before the first apply ({before.at:%Y-%m-%d %H:%M} UTC)"

    def _listed_before(self, thing: Thing) -> str:
        before = self.known.before
        return "there before the first apply" if before is not None and thing.key in before.keys else ""

    def _older(self, thing: Thing) -> str:
        """Why a thing is older than all that is known here. That clears none of our name: another home knows more."""
        known = self.known
        created = moment(thing.values.get("created"))
        if known.since and created and created < known.since - _SKEW:
            return f"made {created:%Y-%m-%d}, before the first apply that is known here"
        return ""


def _names_by_type(saved: Iterable[Saved]) -> dict[str, set[str]]:
    """By type, whatever a list may show of the things that were in a state."""
    found: dict[str, set[str]] = {}
    for one in saved:
        kind = SAME_AS.get(one.type, one.type)
        held = found.setdefault(kind, set())
        dimension = one.of.get("scalable_dimension", "")
        held.update(filter(None, (f"{one.id} {dimension}".strip(), one.arn)))
        if kind in _BY_NAME:
            held.update(re.split("[/:]", text)[-1] for text in (one.id, one.arn) if text)
    return found


def _is_in(names: Mapping[str, set[str]], thing: Thing) -> bool:
    own = {thing.id, thing.arn, thing.also, str(thing.values.get("resource") or "")}
    own |= {thing.name} if thing.type in _BY_NAME else set()
    return bool(names.get(thing.type, set()) & (own - {""}))


#: Types that a state names by an ARN, or with the account before it, and their service by the name alone.
_BY_NAME = frozenset(
    {
        "aws_budgets_budget",
        "aws_glue_catalog_database",
        "aws_kinesis_firehose_delivery_stream",
        "aws_key_pair",
        "aws_kinesis_stream",
        "aws_opensearch_domain",
        "aws_route53_zone",
    }
)


def _leftover(thing: Thing, said: Opinion, kept: str) -> Leftover:
    return Leftover(
        type=thing.type,
        id=thing.id,
        name=thing.name,
        arn=thing.arn,
        region=thing.region,
        why=said.why,
        cost=cost_of(thing.type, thing.values, thing.region),
        note=_note(thing),
        by_hand=f"it is {thing.of_aws}: look what of it is this platform's" if thing.of_aws else "",
        kept=kept or (f"it may be somebody else's ({said.doubt})" if said.doubt else ""),
        values=thing.values,
    )


def _note(thing: Thing) -> str:
    if deleted := str(thing.values.get("deleted") or "")[:10]:
        if thing.type in UNHURRIED:
            return f"AWS deletes it on {deleted}, free until then: nothing hastens that"
        return f"waits for its deletion ({deleted}); free, its name is taken"
    state = str(thing.values.get("state") or thing.values.get("key_state") or "").lower()
    return "being deleted: ask again in a few minutes" if state in _LEAVING else thing.of_aws


_LEAVING = frozenset(
    {"deleting", "draining", "shutting-down", "delete_in_progress", "deprovisioning", "stopping"}
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
