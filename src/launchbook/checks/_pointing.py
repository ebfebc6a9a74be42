"""What points at what: a reference, an ARN or a name, in files and in accounts, in this region or another."""

from __future__ import annotations

import re

from launchbook.checks._shapes import Picked, known, listed, pick, some
from launchbook.model import Fact, Facts, NotKnown, Ref, Unread, Value


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
    return regions[0] != regions[1] and all(REGION.fullmatch(region) for region in regions)


#: How AWS writes a region.
REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")


def _of_another_place(pointer: str, target: Fact) -> bool:
    """Whether an ARN names a region or an account that the target, of the same name, is not in."""
    parts = pointer.split(":")
    if len(parts) < 6 or parts[0] != "arn":
        return False
    region, account = target.where.region, target.where.account
    return (bool(REGION.fullmatch(region) and REGION.fullmatch(parts[3])) and parts[3] != region) or (
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
