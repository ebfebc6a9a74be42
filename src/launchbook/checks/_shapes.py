"""Small questions about values that many checks ask: one or many, whose policy, which statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Generic, TypeVar

from launchbook.model import Fact, Facts, Gap, NotKnown, Ref, Unread, Value

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


def targets(facts: Facts, fact: Fact, path: str) -> list[Fact | str]:
    """What an attribute points at: facts where they are known, else the text as written.

    Raises NotKnown when a part was not read.
    """
    found: list[Fact | str] = []
    for one in listed(fact.get(path)):
        pointer = known(one, f"{path} of {fact.name}")
        target = facts.find(pointer)
        if target is not None:
            found.append(target)
        elif isinstance(pointer, str):
            found.append(pointer)
        elif isinstance(pointer, Ref):
            raise NotKnown(f"{path} of {fact.name}", f"{pointer.to} was not read")
    return found


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


def points_at(facts: Facts, value: Value, target: Fact) -> bool:
    """Whether a value is the target: a reference to it, its ARN, or its name at the end of one.

    A file and an account tell of one thing under two ids: there the type and the name decide. Raises NotKnown for a
    value that was not read, unless the references that it is made of lead to the target, or all elsewhere.
    """
    if isinstance(value, Unread):
        if any(points_at(facts, ref, target) for ref in value.refs):
            return True
        if value.refs and all(facts.find(ref) is not None for ref in value.refs):
            return False
        raise NotKnown(f"whether something is for {target.name}", value.reason, value.settle)
    found = facts.find(value)
    if found is not None and found is not target and elsewhere(found, target):
        return False
    if found is not None and (found is target or (found.type, found.name) == (target.type, target.name)):
        return True
    if not isinstance(value, str) or value.rpartition(":")[2].rpartition("/")[2] != target.name:
        return False
    return not _of_another_place(value, target)


def elsewhere(one: Fact, other: Fact) -> bool:
    """Whether two things of accounts are in two regions: alarms, topics and queues don't reach across."""
    regions = (one.where.region, other.where.region)
    return regions[0] != regions[1] and all(_REGION.fullmatch(region) for region in regions)


_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")


def _of_another_place(pointer: str, target: Fact) -> bool:
    """Whether an ARN names a region or an account that the target, of the same name, is not in."""
    parts = pointer.split(":")
    if len(parts) < 6 or parts[0] != "arn":
        return False
    region, account = target.where.region, target.where.account
    return (bool(_REGION.fullmatch(region) and _REGION.fullmatch(parts[3])) and parts[3] != region) or (
        bool(_ACCOUNT.fullmatch(account) and _ACCOUNT.fullmatch(parts[4])) and parts[4] != account
    )


_ACCOUNT = re.compile(r"\d{12}")


def beside(facts: Facts, kind: str, path: str, target: Fact) -> Picked[Fact]:
    """The facts of a kind that point at the target: what is attached to a bucket, a topic, a role."""
    return pick(facts.seen(kind), lambda one: among(facts, one.attributes.get(path), target))


def among(facts: Facts, value: Value, target: Fact) -> bool:
    """Whether a value, or one of a list, is the target. Raises NotKnown as :func:`points_at` does."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return some(values, lambda one: points_at(facts, one, target))


def unhidden(facts: Facts, subject: Fact, *kinds: str) -> None:
    """Let a verdict rest on the companions that were seen. Raises NotKnown when a read that failed may hide one.

    What files declare, they declare with its companions: what any other file may hold counts only where it is near.
    """
    declared = subject.declared
    for kind in kinds:
        for gap in facts.hiding(kind):
            just = kind in gap.hides and not any("*" in one for one in gap.hides)
            if not declared or just or _near(gap, subject):
                raise NotKnown(f"all {kind}", f"{gap.what} ({gap.where})", gap.hint)


def absent(facts: Facts, subject: Fact, *kinds: str) -> None:
    """Let a verdict rest on the absence of a companion of these kinds (an alarm on the queue, a role's policy).

    What files declare, they declare with its companions: for them what is not there counts, unless a file that may
    hold one could not be read. Of an account every one must have been listed. Raises NotKnown otherwise.
    """
    unhidden(facts, subject, *kinds)
    if subject.declared:
        return
    for kind in kinds:
        if kind not in facts.complete:
            raise NotKnown(f"all {kind}", "no source lists every one of them")


def _near(gap: Gap, subject: Fact) -> bool:
    """Whether a file that may hold anything may hold a companion of the subject: it is written in the same language, or
    the subject lies below its folder. Else one forgotten application would hide what every other one lacks."""
    folder, _, name = gap.where.file.rpartition("/")
    ending = name.rpartition(".")[2]
    return subject.where.file.startswith(f"{folder}/" if folder else "") or (
        subject.where.file.endswith(f".{ending}")
    )


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
