"""Maps of which files don't decide what is in them: the names are known, and which of them are there for certain."""

from __future__ import annotations

from dataclasses import dataclass

from launchbook.model import Unread, Value


@dataclass(frozen=True, slots=True)
class Perhaps(Unread):
    """The value of an entry that is there only if a condition holds that files do not decide."""


@dataclass(frozen=True, slots=True)
class Either(Unread):
    """One of two maps. Names alone: values of what may be an environment are not carried about.

    ``both`` are the names that are there whichever it is, ``one`` those of one of them.
    """

    both: tuple[str, ...] = ()
    one: tuple[str, ...] = ()


def either(one: Value, other: Value, undecided: Unread) -> Unread:
    """What is known of one of two values: their names where both are maps."""
    sides = [_names(one), _names(other)]
    if any(side is None for side in sides):
        return undecided
    certain = [side[0] for side in sides if side is not None]
    all_names = dict.fromkeys(name for side in sides if side is not None for part in side for name in part)
    both = tuple(name for name in all_names if all(name in part for part in certain))
    rest = tuple(name for name in all_names if name not in both)
    return Either(undecided.reason, undecided.settle, undecided.refs, both, rest)


def _names(value: Value) -> tuple[list[str], list[str]] | None:
    """Names that are there for certain, and those that may be; None for what is no map."""
    if isinstance(value, Either):
        return list(value.both), list(value.one)
    if not isinstance(value, dict):
        return None
    perhaps = [name for name, item in value.items() if isinstance(item, Perhaps)]
    return [name for name in value if name not in perhaps], perhaps


def entries(value: Value) -> Value:
    """One of two maps as one map of what it may hold; everything else as it is."""
    if not isinstance(value, Either):
        return value
    found: dict[str, Value] = {name: Unread(value.reason) for name in value.both}
    return found | {name: Perhaps(value.reason) for name in value.one}


def perhaps(value: Value) -> Perhaps | None:
    """Why it is not known what a map holds; None where its entries are certain."""
    items = value.values() if isinstance(value, dict) else ()
    return next((item for item in items if isinstance(item, Perhaps)), None)


def merged(*maps: Value) -> Value:
    """``merge``: later entries win; a later one that may not be there leaves the name, and takes the value."""
    found: dict[str, Value] = {}
    for part in maps:
        for name, value in part.items() if isinstance(part, dict) else ():
            shadowed = isinstance(value, Perhaps) and name in found and not isinstance(found[name], Perhaps)
            found[name] = Unread(value.reason) if shadowed and isinstance(value, Unread) else value
    return found
