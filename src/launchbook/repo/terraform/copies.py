"""``count`` and ``for_each``: which copies of a block there are, and on what that depends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from launchbook.model import Ref, Unread, Value
from launchbook.repo.hcl.either import Perhaps
from launchbook.repo.hcl.evaluate import evaluate
from launchbook.repo.hcl.functions import as_text
from launchbook.repo.hcl.scope import Scope, pointers
from launchbook.repo.hcl.syntax import Attribute, Body, references

#: More copies than this stay one fact: nobody reads a thousand alike, and ``count = 10000000`` costs nothing.
MOST_COPIES = 100


@dataclass(frozen=True)
class Copy:
    """One instance of a block: its address's ending, its ``count`` or ``each``, and whether it exists."""

    suffix: str = ""
    bound: Mapping[str, Value] = field(default_factory=dict)
    condition: str = ""
    created: bool | None = True


def both(one: bool | None, other: bool | None) -> bool | None:
    """Whether something exists whose block and whose module must both exist; None when that is not known."""
    return False if False in (one, other) else None if None in (one, other) else True


def copies(body: Body, scope: Scope) -> list[Copy]:
    """Every instance of a block; one that is not known to exist, or surely does not, says so."""
    if "count" in body.attributes:
        return _counted(body.attributes["count"], scope)
    if "for_each" in body.attributes:
        return _each(body.attributes["for_each"], scope)
    return [Copy()]


def _depends(attribute: Attribute) -> str:
    """The variables and other values that an argument was written with."""
    names = sorted(
        {".".join(parts[:3] if parts[0] == "data" else parts[:2]) for parts in references(attribute.value)}
    )
    return f"{attribute.name} depends on {', '.join(names)}" if names else f"{attribute.name} is fixed"


def _counted(attribute: Attribute, scope: Scope) -> list[Copy]:
    value = evaluate(attribute.value, scope)
    why = _depends(attribute)
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        reason = value.reason if isinstance(value, Unread) else "known only after apply"
        unknown: dict[str, Value] = {"count": {"index": Unread("count is not known")}}
        return [Copy("", unknown, f"{why}: {reason}", None)]
    condition = "" if why.endswith("is fixed") else f"{why} (now {value})"
    if value <= 0:
        return [Copy("", {"count": {"index": 0}}, condition or f"{attribute.name} = 0", False)]
    if value == 1:
        return [Copy("", {"count": {"index": 0}}, condition)]
    if value > MOST_COPIES:
        return [Copy("", {"count": {"index": Unread(f"{value} copies")}}, condition)]
    return [Copy(f"[{index}]", {"count": {"index": index}}, condition) for index in range(value)]


def _each(attribute: Attribute, scope: Scope) -> list[Copy]:
    value = evaluate(attribute.value, scope)
    if isinstance(value, list) and not any(isinstance(item, Unread | Ref | dict | list) for item in value):
        value = {as_text(item): item for item in value if item is not None}
    if not isinstance(value, dict):
        reason = value.reason if isinstance(value, Unread) else "known only after apply"
        missing = Unread("for_each is not known", refs=tuple(pointers(value)))
        unknown: dict[str, Value] = {"each": {"key": missing, "value": missing}}
        return [Copy("", unknown, f"{_depends(attribute)}: {reason}", None)]
    if not value:
        missing = Unread("for_each is empty")
        nothing: dict[str, Value] = {"each": {"key": missing, "value": missing}}
        return [Copy("", nothing, f"{_depends(attribute)} (now empty)", False)]
    if len(value) > MOST_COPIES:
        many = Unread(f"{len(value)} copies")
        return [Copy("", {"each": {"key": many, "value": many}})]
    return [_one(attribute, key, item) for key, item in value.items()]


def _one(attribute: Attribute, key: str, item: Value) -> Copy:
    bound: dict[str, Value] = {"each": {"key": key, "value": item}}
    if isinstance(item, Perhaps):
        return Copy(f'["{key}"]', bound, f"{_depends(attribute)}: {item.reason}", None)
    return Copy(f'["{key}"]', bound)
