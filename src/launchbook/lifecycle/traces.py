"""What no listing shows: parts of other people's things, and what the tagging service alone still names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from launchbook.collect.engine import GLOBAL_REGION, Asked, Reads
from launchbook.collect.reader import ReadFailed
from launchbook.lifecycle.certificate import Leftover
from launchbook.lifecycle.cost import cost_of
from launchbook.lifecycle.inventory import TYPES, Stock, Thing
from launchbook.lifecycle.inventory.arns import Arn
from launchbook.lifecycle.inventory.declare import DELETED
from launchbook.lifecycle.known import Known, Saved
from launchbook.lifecycle.parts import IN_STATE_ALONE, PART_OF, SAME_AS, whole_of
from launchbook.lifecycle.questions import Of, is_there
from launchbook.model import Gap, Where


@dataclass
class Traces:
    """``left`` of it, the ``gaps``, how many saved ids were ``looked_for``, and the ARNs of what is gone but still
    named (``stale``)."""

    left: list[Leftover] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    looked_for: int = 0
    stale: list[str] = field(default_factory=list)


class Tracing:
    """Follows up what is in no list: one question each where there is one, else a gap."""

    def __init__(self, reader: Reads, known: Known, stock: Stock, asked: Asked) -> None:
        self.reader, self.known, self.stock, self.asked = reader, known, stock, asked
        self.found = Traces()
        self.kinds = {one.type for one in stock.queries}
        self.unanswered = {(one.type, one.region) for one in stock.queries if one.failed}
        self.listed: dict[str, list[Thing]] = {}
        for thing in stock.things:
            self.listed.setdefault(thing.type, []).append(thing)

    def follow(self) -> Traces:
        """Follow up every saved id, then every tagged ARN."""
        unknown: dict[str, list[str]] = {}
        for one in self.known.saved:
            kind = SAME_AS.get(one.type, one.type)
            if kind.startswith(IN_STATE_ALONE):
                continue
            if kind in TYPES:
                self.found.looked_for += self._answered(kind, one.region)
            elif kind in PART_OF:
                self._part(one)
            else:
                unknown.setdefault(kind, []).append(one.id)
        for kind, ids in sorted(unknown.items()):
            self._gap(f"{kind}: no listing of it is known, and {len(ids)} of it were made", ids, kind)
        for text, tags in sorted(self.stock.tagged.items()):
            if why := self.known.tagged(tags):
                self._tagged(Arn.of(text), why)
        return self.found

    def _answered(self, kind: str, region: str) -> bool:
        return not {(kind, region), (kind, GLOBAL_REGION)} & self.unanswered

    def _part(self, one: Saved) -> None:
        whole = PART_OF[one.type][0]
        if not self._answered(whole, one.region):
            return  # that is a gap already, and hides this one, too
        named = whole_of(one.type, one.of)
        ours = any(
            named in (held.id, held.arn, Arn.of(held.id).name)
            for held in self.known.saved
            if named and SAME_AS.get(held.type, held.type) == whole
        )
        there = False if ours else self._there(one.type, {**one.of, "id": one.id}, one.region)
        self.found.looked_for += there is not None
        if there:
            why = ("in a saved state of this platform", f"a part of {whole} {named}, which is not")
            self.found.left.append(_leftover(one.type, one.id, one.arn, one.region, why, named))

    def _stands(self, kind: str, of: Of) -> bool:
        """Whether the whole of a part may still be there: it is listed, or not known, or another account's."""
        whole, named = PART_OF[kind][0], whole_of(kind, of)
        account = named.split(":")[4] if named.count(":") > 4 else ""
        return (
            not named
            or account not in ("", self.asked.account)
            or any(
                {named, named.rsplit(":", 1)[-1]} & _names(thing)
                for thing in self.listed.get(whole, ())
                if thing.of_aws != DELETED
            )
        )

    def _there(self, kind: str, of: Of, region: str) -> bool | None:
        try:
            there = is_there(self.reader, kind, of, region)
        except ReadFailed as failure:
            where = Where(account=self.asked.account, region=region)
            self.found.gaps.append(Gap(where=where, what=str(failure), hint=failure.settle, hides=(kind,)))
            return None
        if there is None and not self._stands(kind, of):
            return False
        if there is None:
            whole = PART_OF[kind][0]
            what = f"{kind} {of['id']}: a part of {whole} that is not this platform's, and nobody asks for it"
            self._gap(what, [of["id"]], kind)
        return there

    def _tagged(self, arn: Arn, why: str) -> None:
        """A thing that the tagging service names: judged with its list, gone by it, a part, or of an unlisted type."""
        if any(arn.names(thing) for kind in arn.listed for thing in self.listed.get(kind, ())):
            return
        if any(arn.text == thing.arn for things in self.listed.values() for thing in things):
            return
        holder = any(arn.holds(thing) for kind in arn.listed for thing in self.listed.get(kind, ()))
        if self.kinds.issuperset(arn.listed or ("",)) and not holder:
            if all(self._answered(kind, arn.region) for kind in arn.listed):
                self.found.stale.append(arn.text)
            return  # else a gap already says so
        if arn.part:
            self._tagged_part(arn, why)
            return
        service = arn.kind.partition(":")[0]
        more = f"named by the tagging service alone: ask {service} itself"
        self.found.left.append(_leftover(_kind(arn), arn.text, arn.text, arn.region, (why, more), arn.name))

    def _tagged_part(self, arn: Arn, why: str) -> None:
        of = arn.attributes()
        own = of.get("security_group_rule_id", arn.text)
        if any(own == left.id for left in self.found.left):
            return
        there = self._there(arn.part, {**of, "id": own}, arn.region)
        if there:
            self.found.left.append(_leftover(arn.part, own, arn.text, arn.region, (why,), arn.name))
        elif there is False:
            self.found.stale.append(arn.text)

    def _gap(self, what: str, ids: Iterable[str], kind: str) -> None:
        hint = f"look for {', '.join(sorted(ids)[:3])}"
        self.found.gaps.append(
            Gap(where=Where(account=self.asked.account), what=what, hint=hint, hides=(kind,))
        )


def _names(thing: Thing) -> set[str]:
    own = {thing.id, thing.arn, thing.name, thing.also, str(thing.values.get("resource") or "")}
    return own - {""}


def _kind(arn: Arn) -> str:
    return arn.kind.removesuffix(":")


def _leftover(kind: str, own: str, arn: str, region: str, why: tuple[str, ...], name: str) -> Leftover:
    return Leftover(
        type=kind, id=own, region=region, why=why, cost=cost_of(kind, {}, region), name=name, arn=arn,
        by_hand="look at it, and delete it through its own service",
    )  # fmt: skip
