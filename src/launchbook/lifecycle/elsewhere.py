"""A home that never saw a state of a platform: whether the platform stands all the same, made from somewhere else.

No state here is not the same as nothing there: it may lie in another checkout, in CI, or have gone with a disk. So the
account is asked, by the platform's tags and names, before anything is called empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from launchbook.collect.engine import Asked
from launchbook.collect.reader import Reader
from launchbook.errors import RunFailed
from launchbook.lifecycle.home import Home, read_json
from launchbook.lifecycle.inventory import LISTINGS, Listing, Thing, reads, take_stock
from launchbook.lifecycle.made import save_state
from launchbook.lifecycle.platform import Platform
from launchbook.lifecycle.state_bucket import has_bucket
from launchbook.lifecycle.steps import Outcome, Work
from launchbook.lifecycle.target import Target
from launchbook.lifecycle.terraform import Terraform
from launchbook.model import Evidence, Finding, Gap, Level, Where

HINT = "bring the state back from where it was made, or: launchbook sweep   (shows what stands)"
_PLACES = "it may lie elsewhere (another checkout, CI, a lost disk)"
_NAMED = 5
#: Where global services are tagged.
_GLOBAL = "us-east-1"


@dataclass(frozen=True)
class Standing:
    """What goes by a platform's tags or names: ``things`` that their services list, ARNs that the tagging service alone
    names (``tagged``: some may be gone), and what could not be asked."""

    things: tuple[str, ...]
    tagged: tuple[str, ...]
    gaps: tuple[Gap, ...]


def standing(platform: Platform, target: Target, *, whole: bool = False) -> Standing:
    """What there is of a platform in the account. The tagging service alone is asked, unless ``whole``."""
    listings: Sequence[Listing] = LISTINGS if whole or not platform.tags else ()
    reader = Reader(target.reader_target(), reads(listings))
    asked = Asked(target.account, _level(target), datetime.now(UTC))
    stock = take_stock(reader, listings, dict.fromkeys((target.region, _GLOBAL)), asked)
    ours = [one for one in stock.things if not one.of_aws and _is_its(platform, one, stock.tagged)]
    listed = {one.arn for one in ours} | {one.id for one in ours}
    tagged = sorted(
        arn for arn, tags in stock.tagged.items() if _carries(platform, tags) and arn not in listed
    )
    return Standing(tuple(f"{one.type} {one.id}" for one in ours), tuple(tagged), stock.gaps)


def said_of(platform: Platform, home: Home, target: Target) -> str:
    """One line for a home without a state of a platform of which something stands; else an empty text."""
    if read_json(home.state(target.key) / "made.json"):
        return ""
    found = standing(platform, target)
    there = (*found.things, *found.tagged)
    if not there:
        return ""
    return f"this home has no state of {platform.name}, and {len(there)} things of it stand ({_some(there)}): {_PLACES}"


def said_for(work: Work) -> str:
    """The same for a run, which can look for the states where the roots say that they are, and keeps what they say."""
    said = said_of(work.platform, work.home, work.target)
    if said:
        for root in work.platform.roots:
            terraform = Terraform(root, work)
            if not root.backend or has_bucket(terraform):
                save_state(terraform)
        said = said_of(work.platform, work.home, work.target)
    return said


def require_state(work: Work) -> None:
    """Raise RunFailed where nothing is known here of a platform that stands: there is nothing to go by."""
    if not work.outputs() and (said := said_for(work)):
        what, _, why = said.partition(", and ")
        raise RunFailed(what, why, hint=HINT)


def nothing_of(work: Work, roots: Sequence[str]) -> Outcome:
    """What a destroy came to that never saw a state of these roots: whether anything stands that it did not remove."""
    found = standing(work.platform, work.target, whole=True)
    names = " and ".join(roots)
    if found.things:
        lists = Evidence(
            "the lists of each service, by tags and names", _level(work.target), list(found.things)
        )
        finding = Finding(
            check="state-known", status="FAIL", severity="critical", subject=names,
            why=f"this home has no state of {names}: {_PLACES}; {len(found.things)} things of {work.platform.name} "
            f"stand: {_some(found.things)}",
            evidence=(lists,),
            fix=f"{HINT[0].upper()}{HINT[1:]}; sweep --plan FILE lists what would be deleted.",
        )  # fmt: skip
        return Outcome(status="findings", findings=(finding,), note=f"no state of {names} is here")
    gaps = found.gaps
    if found.tagged:
        what = (
            f"this home has no state of {names}: {_PLACES}; the tagging service names {_some(found.tagged)}"
        )
        gaps = (*gaps, Gap(where=Where(account=work.target.account), what=what, hint=HINT))
    if gaps:
        return Outcome(status="unproven", gaps=gaps, note=f"no state of {names} is here")
    return Outcome(note=f"nothing was made from here: no state of {names}, and nothing of it stands")


def _level(target: Target) -> Level:
    return "emulated" if target.endpoint else "live"


def _is_its(platform: Platform, thing: Thing, tagged: Mapping[str, Mapping[str, str]]) -> bool:
    if thing.values.get("deleted"):
        return False  # it waits for its deletion
    names = platform.names or (platform.name,)
    named = any(text.startswith(start) for start in names for text in (thing.name, thing.id))
    return named or _carries(platform, {**(thing.tags or {}), **tagged.get(thing.arn, {})})


def _carries(platform: Platform, tags: Mapping[str, str]) -> bool:
    return bool(platform.tags) and all(tags.get(name) == value for name, value in platform.tags.items())


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
