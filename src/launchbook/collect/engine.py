"""Run declared reads over regions, sixteen at a time, and keep beside the facts what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import BoundedSemaphore
from typing import Any, Protocol

from launchbook.collect.declare import Call, Collector, Row
from launchbook.collect.keep import WHOLE, fill, pick_all
from launchbook.collect.reader import Reader, ReadFailed
from launchbook.collect.shared import Shared
from launchbook.model import Fact, Facts, Gap, Level, Unread, Value, Where, make_fact
from launchbook.redact import without_secrets

THREADS = 16
#: Where services that have no region of their own are asked.
GLOBAL_REGION = "us-east-1"


@dataclass(frozen=True)
class Asked:
    """Whom a collection asks: the account, how real it is, and when it began (shown in each piece of evidence)."""

    account: str
    level: Level
    at: datetime


class Reads(Protocol):
    """What answers a declared read: an account, or what was pasted of one."""

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        """Each page of the answer, cut to what the call keeps. Raises ReadFailed."""
        ...


def collect(
    reader: Reads,
    collectors: Iterable[Collector],
    regions: Iterable[str],
    asked: Asked,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Facts:
    """Every fact that the collectors can read in the regions, and a gap for each read that failed.

    A kind is complete when every region asked answered to the end. ``progress`` is told (done, total) reads.
    Raises WriteRefused if a collector's code asks for more than it declared.
    """
    places, listed = list(dict.fromkeys(regions)), list(collectors)
    source = Shared(reader, listed) if isinstance(reader, Reader) else reader
    work = [
        (one, region) for one in listed for region in ((GLOBAL_REGION,) if one.scope == "global" else places)
    ]
    # What was listed is described by threads of its own: a listing that waits for its descriptions must not keep them
    # from running. The turns hold the calls in flight to as many as one of the two pools has threads.
    turns = BoundedSemaphore(THREADS)
    with _threads("describe") as rows, _threads("collect") as pool:
        spread = partial(_spread, rows)
        futures = [
            pool.submit(read_region, source, one, region, asked, spread, turns) for one, region in work
        ]
        parts = []
        for done, future in enumerate(futures, 1):
            parts.append(future.result())
            progress(done, len(futures))
    return sum(parts, Facts(complete=()))


@contextmanager
def _threads(name: str) -> Iterator[ThreadPoolExecutor]:
    """Threads that are waited for, unless somebody interrupts: then what was not begun is not asked any more, and what
    was is left to itself."""
    pool = ThreadPoolExecutor(THREADS, name)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


Reading = Callable[["Row"], "tuple[list[Row], list[Gap]]"]
Spread = Callable[[Reading, "list[Row]"], "Iterable[tuple[list[Row], list[Gap]]]"]


def _spread(
    pool: ThreadPoolExecutor, read: Reading, rows: list[Row]
) -> Iterable[tuple[list[Row], list[Gap]]]:
    return pool.map(read, rows) if len(rows) > 1 else map(read, rows)


def read_region(
    reader: Reads,
    one: Collector,
    region: str,
    asked: Asked,
    spread: Spread = map,
    turns: AbstractContextManager[object] | None = None,
) -> Facts:
    """One collector in one region. ``spread`` runs a call for many rows; ``turns`` is held while one is asked."""
    reading = _Reading(reader, one, region, asked, turns or nullcontext())
    rows, gaps = [Row(one.calls)], list[Gap]()
    for number, call in enumerate(one.calls):
        lists = bool(call.each) or number == 0
        rows = _distinct(call, rows) if call.once else rows
        answers = list(spread(partial(reading.rows, call, lists), rows))
        rows = [row for found, _ in answers for row in found]
        gaps += [gap for _, missing in answers for gap in missing]
    facts = [fact for row in rows if (fact := _fact(one, row, region, asked)) is not None]
    return Facts(facts, gaps, complete=() if gaps else (one.kind,))


@dataclass(frozen=True)
class _Reading:
    """One collector at work in one region.

    A call that lists hides what it could not list, so its failure is a gap. A call that describes what was listed hides
    nothing: its failure makes the attributes that it would have shown unread.
    """

    reader: Reads
    one: Collector
    region: str
    asked: Asked
    turns: AbstractContextManager[object]

    def rows(self, call: Call, lists: bool, row: Row) -> tuple[list[Row], list[Gap]]:
        """The rows that a call makes of one row, and the gaps that it met."""
        missing = [row.failed[operation] for operation in _needs(call) if operation in row.failed]
        if missing:
            return [row.without(call.operation, missing[0])], []
        gaps: list[Gap] = []
        items: list[object] = []
        parameters = call.parameters(row)
        try:
            for value in parameters.values():
                if isinstance(value, Unread):
                    raise ReadFailed(call, "NotRead", value.reason, value.settle)
            with self.turns:
                for page in self.reader.read(call, self.region, parameters):
                    items.extend(_whole(item, call) for item in _items(page, call, self.asked.level))
        except ReadFailed as failure:
            if failure.code in call.none_codes:
                return ([] if lists else [row]), []
            if not lists:
                where = f"{call.service}:{call.operation} failed in {self.region}: {failure.code}"
                return [row.without(call.operation, Unread(where, failure.settle))], []
            gaps.append(self._gap(failure))
        return [row.below(call.operation, item) for item in items], gaps

    def _gap(self, failure: ReadFailed) -> Gap:
        return Gap(
            where=Where(account=self.asked.account, region=self.region),
            what=str(failure),
            hint=failure.settle,
            hides=(self.one.kind,),
        )


def _distinct(call: Call, rows: list[Row]) -> list[Row]:
    """One row for each question that a call would ask; none for a row that lacks what the question is about."""
    asked = {
        repr(parameters): row
        for row in reversed(rows)
        if None not in (parameters := call.parameters(row)).values()
    }
    return list(reversed(asked.values()))


def _items(page: object, call: Call, level: Level) -> list[object]:
    """The items of a page. Raises ReadFailed where AWS itself gave something that is no answer to the call.

    An answer without a single field that it should have is not an empty one: nobody knows what it is.
    """
    fields = call.tree.fields
    expected = fields and level != "pasted" and not call.may_be_empty
    if expected and isinstance(page, Mapping) and not any(name in page for name in fields):
        raise ReadFailed(call, "MalformedAnswer", f"an answer without {' or '.join(fields)}")
    if not call.each:
        return [page]
    found = pick_all(page, call.each)
    if isinstance(found, Unread):
        raise ReadFailed(call, "NotRead", found.reason, found.settle)
    if found is not None and not isinstance(found, list):
        raise ReadFailed(call, "MalformedAnswer", f"{call.each} is no list")
    return found if isinstance(found, list) else []


def _whole(item: object, call: Call) -> object:
    """An item whose fields that AWS always gives are unread where they are not there."""
    for path in call.always:
        fill(
            item, path, Unread(f"{call.service}:{call.operation} answered without {path.removesuffix(WHOLE)}")
        )
    return item


def _needs(call: Call) -> Iterator[str]:
    for value in call.given.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, str) and part.startswith("$"):
                yield part[1:].partition(".")[0]


def _fact(one: Collector, row: Row, region: str, asked: Asked) -> Fact | None:
    seen = one.seen(row)
    if seen is None:
        return None
    services = {call.operation: call.service for call in one.calls}
    time = asked.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    attributes: dict[str, Value] = {}
    sources = {"": _source(services, one.calls[0].operation, region, asked, time)}
    for operation, values in seen.attributes.items():
        for name, value in values.items():
            attributes[name] = value if one.kind in _IDS else _clean(value)
            sources[name] = _source(services, operation, region, asked, time)
    return make_fact(
        one.kind,
        id=seen.id,
        name=seen.name,
        where=Where(account=asked.account, region=region),
        level=asked.level,
        attributes=attributes,
        sources=sources,
    )


#: An access key's id looks like a secret and is none, and so do the commit and the digest that name an image.
_IDS = ("aws_iam_access_key", "ecr_image")


def _clean(value: Value) -> Value:
    """A value without what looks like a secret: people write them into descriptions and patterns too."""
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return {key: _clean(one) for key, one in value.items()} if isinstance(value, dict) else value


def _source(services: dict[str, str], operation: str, region: str, asked: Asked, time: str) -> str:
    return f"{services[operation]}:{operation} {region} {asked.account} {time}"
