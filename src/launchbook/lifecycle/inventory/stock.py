"""Taking stock: every thing of every listed type in some regions, through the door that cannot write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from launchbook.collect.declare import Call, Collector, Row
from launchbook.collect.engine import GLOBAL_REGION, THREADS, Asked, Reads, read_region
from launchbook.collect.keep import pick
from launchbook.collect.reader import Reader, ReadFailed
from launchbook.collect.shared import Shared
from launchbook.lifecycle.inventory.arns import Arn, same
from launchbook.lifecycle.inventory.declare import Listing, called, listing, tags_of
from launchbook.model import Fact, Gap, Unread, Where

#: Tags of nearly everything in one question; what it leaves out, each service is asked itself.
TAGGED = listing(
    "tagged_resource",
    called("resourcegroupstaggingapi", "GetResources", "ResourceTagMappingList", pairs="Tags", id="ResourceARN"),
)  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """One thing as its own service lists it. ``tags`` is None where the list does not show them.

    ``of_aws`` says why it is nobody's leftover (a default, or deleted already), else it is empty.
    """

    type: str
    id: str
    region: str
    name: str = ""
    arn: str = ""
    also: str = ""
    tags: Mapping[str, str] | None = None
    of_aws: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> str:
        """What tells it from every other: type, region and id."""
        return f"{self.type} {self.region} {self.id}"


@dataclass(frozen=True)
class Query:
    """One listing in one region: which operations were asked and how many things they gave."""

    type: str
    operations: tuple[str, ...]
    region: str
    listed: int
    failed: bool = False


@dataclass(frozen=True)
class Stock:
    """All that was listed, the questions that were asked for it, and what could not be read."""

    things: tuple[Thing, ...]
    queries: tuple[Query, ...]
    gaps: tuple[Gap, ...]
    #: Tags by ARN, from the tagging service.
    tagged: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def tags_of(self, thing: Thing) -> Mapping[str, str]:
        """What the tagging service says of a listed thing."""
        if thing.arn:
            return self._by_arn.get(same(thing.arn), {})
        names = (thing.id.lstrip("/"), thing.name.lstrip("/"))
        return next((found for name in names if (found := self._by_name.get((thing.type, name)))), {})

    @cached_property
    def _by_arn(self) -> Mapping[str, Mapping[str, str]]:
        return {same(arn): tags for arn, tags in self.tagged.items()}

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        arns = {Arn.of(text): tags for text, tags in self.tagged.items()}
        return {(kind, arn.name.lstrip("/")): tags for arn, tags in arns.items() for kind in arn.listed}


def reads(listings: Iterable[Listing]) -> list[Collector]:
    """Every declared read that taking stock and asking for tags may use: what the reader lets through."""
    found = [TAGGED.collector]
    for one in listings:
        found.append(one.collector)
        if one.tags is not None:
            found.append(Collector(f"{one.type} tags", one.type, (one.tags,), one.collector.seen))
    return found


def take_stock(
    reader: Reads,
    listings: Sequence[Listing],
    regions: Iterable[str],
    asked: Asked,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Stock:
    """List everything of these types in the regions (global services once). A read that fails is a gap."""
    places = list(dict.fromkeys(regions))
    work = [
        (one, region)
        for one in [TAGGED, *listings]
        for region in ((GLOBAL_REGION,) if one.collector.scope == "global" else places)
    ]
    things: dict[str, Thing] = {}
    queries: list[Query] = []
    gaps: dict[str, Gap] = {}
    tagged: dict[str, Mapping[str, str]] = {}
    source = Shared(reader, [one.collector for one in listings]) if isinstance(reader, Reader) else reader
    with ThreadPoolExecutor(THREADS, "stock") as pool:
        futures = [pool.submit(read_region, source, one.collector, region, asked) for one, region in work]
        for done, ((one, region), future) in enumerate(zip(work, futures, strict=True), 1):
            facts = future.result()
            missing = [*facts.gaps, *(gap for fact in facts for gap in _unread(fact))]
            gaps.update({f"{gap.what} {gap.hint}": gap for gap in missing})
            queries.append(Query(one.type, one.queries, region, len(facts), bool(missing)))
            if one is TAGGED:
                tagged.update({fact.id: tags_of(fact.attributes.get("tags")) for fact in facts})
            else:
                things.update({thing.key: thing for thing in (_thing(one, fact) for fact in facts)})
            progress(done, len(work))
    found = sorted(_with_defaults(things.values()), key=lambda thing: thing.key)
    order = sorted(queries, key=lambda query: (query.type, query.region, query.operations))
    return Stock(tuple(found), tuple(order), tuple(gaps[key] for key in sorted(gaps)), tagged)


def ask_tags(reader: Reads, call: Call, thing: Thing) -> Mapping[str, str]:
    """The tags of one thing, from its own service by the listing's ``tags`` call. Raises ReadFailed."""
    row = Row((), {"id": thing.id, "arn": thing.arn or thing.id})
    for page in reader.read(call, thing.region, call.parameters(row)):
        given = pick(page, call.take["tags"])
        if isinstance(given, Unread):  # no tags at all would prove that a thing is not ours
            raise ReadFailed(call, "Unread", given.reason)
        return tags_of(given)
    return {}


def tag_gap(failure: ReadFailed, thing: Thing, account: str) -> Gap:
    """That the tags of one thing could not be read."""
    return Gap(
        where=Where(account=account, region=thing.region), what=str(failure), hint=failure.settle,
        hides=(thing.type,),
    )  # fmt: skip


def _unread(fact: Fact) -> Iterable[Gap]:
    for value in fact.attributes.values():
        if isinstance(value, Unread):
            yield Gap(where=fact.where, what=value.reason, hint=value.settle, hides=(fact.type,))


def _thing(one: Listing, fact: Fact) -> Thing:
    values = {
        name: value
        for name, value in fact.attributes.items()
        if value is not None and not isinstance(value, Unread)
    }
    region = values.get("region") if one.collector.scope == "global" else None
    return Thing(
        type=one.type,
        id=fact.id,
        region=str(region or fact.where.region),
        name=str(values.get("name") or ""),
        arn=str(values.get("arn") or ""),
        also=str(values.get("also") or ""),
        tags=tags_of(values["tags"]) if "tags" in values else {} if _shows_tags(one) else None,
        of_aws=one.of_aws({"id": fact.id, **values}),
        values=values,
    )


def _shows_tags(one: Listing) -> bool:
    return any("tags" in call.take for call in one.collector.calls)


def _with_defaults(things: Iterable[Thing]) -> Iterable[Thing]:
    """With what only hangs on an account's own told as that: a default network's gateway, a key of AWS."""
    listed = list(things)
    default = {one.id for one in listed if one.type == "aws_vpc" and one.of_aws}
    keys = {one.values.get("key") for one in listed if one.type == "aws_kms_alias" and one.of_aws}
    for one in listed:
        held = one.values.get("vpc_ids")
        if one.type == "aws_internet_gateway" and held and set(held) <= default:
            yield replace(one, of_aws="of the account's default VPC")
        elif one.type == "aws_kms_key" and one.id in keys:
            yield replace(one, of_aws="an AWS managed key")
        else:
            yield one
