"""Small questions about values that many checks ask: one or many, whose policy, which statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Generic, TypeVar

from launchbook.model import Fact, NotKnown, Unread, Value

T = TypeVar("T")


def known(value: Value, what: str) -> Value:
    """The value itself. Raises NotKnown when it was not read."""
    if isinstance(value, Unread):
        raise NotKnown(what, value.reason, value.settle)
    return value


def copied(database: Fact) -> bool | Unread:
    """Whether a database is a replica of another; unread where that was not seen, in words that name what shows it."""
    source = database.attributes.get("replicate_source_db")
    return source if isinstance(source, Unread) else bool(source)


def all_known(values: Iterable[Value], what: str) -> None:
    """Let a verdict rest on having looked at every one of some values. Raises NotKnown when one was not read.

    Asked after the search for what is wrong, so that what was read and is wrong still fails.
    """
    for value in values:
        known(value, what)


def listed(value: Value) -> list[Value]:
    """A list as it is, nothing as an empty one, anything else as a list of one (policies allow both).

    An item may be unread, the list itself not: that raises NotKnown.
    """
    if known(value, "a list") is None:
        return []
    return value if isinstance(value, list) else [value]


def words(value: Value) -> list[str]:
    """The strings of a value that may be one or many. Raises NotKnown when one of them was not read."""
    items = [known(one, "one of several values") for one in listed(value)]
    return [one for one in items if isinstance(one, str)]


def field(value: Value, *path: str) -> Value:
    """A value inside maps; None where the path ends. Raises NotKnown below what was not read."""
    for part in path:
        value = known(value, f"what holds {part}")
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def below(value: Value, *path: str) -> Value:
    """Like :func:`field`, but what was not read on the way is the answer, for a search that others may settle."""
    for part in path:
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, Unread):
            return value
        value = value.get(part) if isinstance(value, dict) else None
    return value


def first(value: Value) -> dict[str, Value]:
    """The only block of a list of blocks (``health_check`` in a plan); empty when there is none.

    Raises NotKnown when it was not read.
    """
    found = listed(value)
    block = known(found[0], "a block") if found else None
    return block if isinstance(block, dict) else {}


def statements(policy: Value, effect: str = "Allow") -> Iterator[dict[str, Value]]:
    """The statements of a policy document with an effect. Raises NotKnown when the policy was not read."""
    document = known(policy, "a policy")
    for one in listed(field(document, "Statement")):
        statement = known(one, "a statement of a policy")
        if isinstance(statement, dict) and known(statement.get("Effect", "Allow"), "an effect") == effect:
            yield statement


def services(statement: dict[str, Value]) -> list[str]:
    """The service principals that a statement names; ``*`` for everybody."""
    principal = known(statement.get("Principal"), "a principal")
    if principal == "*":
        return ["*"]
    return [*words(field(principal, "Service")), *(["*"] if "*" in words(field(principal, "AWS")) else [])]


@dataclass(frozen=True)
class Picked(Generic[T]):
    """The things of which something holds, and why it could not be told of another one."""

    found: list[T]
    doubt: NotKnown | None

    def settled(self) -> list[T]:
        """All of them. Raises NotKnown when there may be more."""
        if self.doubt is not None:
            raise self.doubt
        return self.found


def pick(items: Iterable[T], holds: Callable[[T], bool]) -> Picked[T]:
    """Ask something of each of several things; one of which it can't be told stops nobody from asking the rest."""
    found: list[T] = []
    doubt: NotKnown | None = None
    for one in items:
        try:
            if holds(one):
                found.append(one)
        except NotKnown as unread:
            doubt = doubt or unread
    return Picked(found, doubt)


def some(items: Iterable[T], holds: Callable[[T], bool]) -> bool:
    """Whether something holds of any of several things. Raises NotKnown when of none that it can be told of."""
    picked = pick(items, holds)
    return bool(picked.found or picked.settled())


def day(value: Value) -> date | None:
    """The day of a time as AWS writes it (``2026-05-01T03:00:00Z``); None where there is none."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def moment(value: Value) -> datetime | None:
    """The moment of a time as AWS writes it, in UTC where it names no zone; None where there is none."""
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def whole(value: Value, what: str) -> int:
    """A whole number, whichever way its source writes it. Raises NotKnown for anything else."""
    text = str(known(value, what))
    if not text.lstrip("-").isdigit():
        raise NotKnown(what, f"{text!r} is not a number")
    return int(text)


def whole_or_part(value: Value) -> float | None:
    """A number, whichever way its source writes it; None for what is none."""
    try:
        return float(str(value))
    except ValueError:
        return None


def switched_on(value: Value) -> bool:
    """Whether a switch is on, in the words of any format (``true``, ``enabled``, ``ENABLED``)."""
    return value is True or str(value).lower() in ("true", "enabled")


def of_account(fact: Fact, action: str) -> None:
    """Raise NotKnown for what files declare, where only the account can tell; ``action`` is the read that would."""
    if fact.declared:
        raise NotKnown(f"how {fact.name} is now", "only the account can tell", action)


def balanced(service: Fact) -> list[Value]:
    """The target groups that a service's tasks stand behind, as files or as an account name them."""
    declared = [field(one, "target_group_arn") for one in listed(service.attributes.get("load_balancer"))]
    return [*declared, *listed(service.attributes.get("target_group_arns"))]
