"""Sweep: after a destroy, whether anything is left, by three ways that do not depend on each other.

What was ever in a state is asked of its own service; what is listed natively, or named by the tagging service, is
looked at by tags and by name; and whatever is there now and was not before the first apply is suspected, whoever made
it. What was there before and is not of this platform is counted. What could not be read leaves the answer open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC

from launchbook.collect.engine import Asked, Reads
from launchbook.lifecycle.certificate import Certificate
from launchbook.lifecycle.inventory import LISTINGS, Listing, Thing, take_stock
from launchbook.lifecycle.judge import Judge
from launchbook.lifecycle.known import Known
from launchbook.lifecycle.parts import IN_STATE_ALONE
from launchbook.lifecycle.traces import Tracing
from launchbook.model import Gap, Where


def sweep(
    reader: Reads,
    known: Known,
    regions: Iterable[str],
    asked: Asked,
    *,
    listings: Sequence[Listing] = LISTINGS,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Certificate:
    """Ask for everything, in every region given and the global services, and say what is left.

    The reader has to let the listings' reads and the questions of questions.py through.
    """
    places = tuple(dict.fromkeys(regions))
    stock = take_stock(reader, listings, places, asked, progress)
    judge = Judge(reader, known, stock, {one.type: one for one in listings}, asked)
    judged = judge.all()
    traces = Tracing(reader, known, stock, asked).follow()
    gaps = [*stock.gaps, *judge.gaps, *traces.gaps]
    if judged.untold:
        gaps.append(_untold(judged.untold, asked.account))
    if known.nothing:
        gaps.append(_nothing(known, asked.account))
    return Certificate(
        platform=known.platform,
        account=asked.account,
        at=asked.at.astimezone(UTC),
        regions=places,
        queries=stock.queries,
        tag_queries=tuple(sorted({f"{c.service}:{c.operation}" for one in listings if (c := one.tags)})),
        saved=sum(not one.type.startswith(IN_STATE_ALONE) for one in known.saved),
        looked_for=traces.looked_for,
        before=known.before.at if known.before else None,
        left=(*judged.left, *traces.left),
        not_ours=judged.others,
        gaps=tuple(gaps),
        alike=tuple(judged.alike),
        stale=tuple(traces.stale),
        standing={root: len(things) for root, things in known.standing.items()},
    )


def _untold(things: Sequence[Thing], account: str) -> Gap:
    return Gap(
        where=Where(account=account),
        what=f"{len(things)} things without a tag or name of this platform may be older or newer than it: "
        "no inventory of them was taken before the first apply",
        hint=f"look at them: {', '.join(f'{one.type} {one.id}' for one in things[:5])}",
        hides=tuple(sorted({one.type for one in things})),
    )


def _nothing(known: Known, account: str) -> Gap:
    return Gap(
        where=Where(account=account),
        what=f"nothing of {known.platform} was ever made on this target as far as this folder knows (no apply, no "
        "saved id, no inventory): there is nothing to prove",
        hint="check --target, --port, --profile and the folder: what runs have made is kept in its .launchbook",
    )
