"""A plan of deletions: a list that a person reads and approves, as data, and carrying out exactly that list.

The file holds each leftover with the operations that remove it, and the digest of all of it. What is sent is what the
file says; a file that was changed, or things that are not as they were when it was written, stop it before anything is.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from launchbook.act import Operation, WriteFailed, Writer, digest
from launchbook.collect.engine import Reads
from launchbook.errors import RunFailed, UnreadableInput
from launchbook.lifecycle.certificate import Certificate, Leftover
from launchbook.lifecycle.deletion_takes import TAKES
from launchbook.lifecycle.deletion_ways import BY_HAND, WAYS
from launchbook.lifecycle.home import write_json
from launchbook.lifecycle.lookup import Lookup

_KIND = "launchbook-deletions/2"
_RANK = {kind: rank for rank, kind in enumerate(WAYS)}
#: How long something may take to let go of what it uses, and how often it is tried again.
PATIENCE, PAUSE = 900.0, 3.0
#: Seconds between two lines that stay, while something is waited for.
_TOLD_EVERY = 30.0


@dataclass(frozen=True)
class Deletion:
    """One leftover and the operations that remove it, in order; ``takes`` names what AWS deletes with it."""

    type: str
    id: str
    region: str
    why: tuple[str, ...]
    monthly_cost: float | None
    operations: tuple[Operation, ...]
    takes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from every other."""
        return f"{self.type} {self.region} {self.id}"

    def to_json(self) -> dict[str, Any]:
        """As it stands in a plan file."""
        return {
            "type": self.type, "id": self.id, "region": self.region, "why": list(self.why),
            "monthly_cost": self.monthly_cost, "operations": [one.to_json() for one in self.operations],
            "takes": list(self.takes),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Deletion:
        """What :meth:`to_json` gave. Raises KeyError and TypeError for anything else."""
        return cls(
            data["type"], data["id"], data["region"], tuple(data["why"]), data["monthly_cost"],
            tuple(Operation.from_json(one) for one in data["operations"]),
            tuple(data["takes"]),
        )  # fmt: skip


@dataclass(frozen=True)
class DeletionPlan:
    """What would be deleted in an account; ``left_out`` says by key what would not, and why."""

    platform: str
    account: str
    at: str
    items: tuple[Deletion, ...]
    left_out: Mapping[str, str]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation, in the order in which they are sent."""
        return tuple(operation for item in self.items for operation in item.operations)

    @property
    def digest(self) -> str:
        """What an approval names: SHA-256 of the account and the list."""
        return digest({"account": self.account, "items": [one.to_json() for one in self.items]})

    def to_json(self) -> dict[str, Any]:
        """The plan file."""
        return {
            "kind": _KIND, "platform": self.platform, "account": self.account, "at": self.at,
            "digest": self.digest, "items": [one.to_json() for one in self.items],
            "left_out": dict(self.left_out),
        }  # fmt: skip


def plan_deletions(found: Certificate, reader: Reads, *, others: bool = True) -> DeletionPlan:
    """The deletions of everything that a sweep found. Raises ReadFailed.

    ``others``: also what only its age points to; false where somebody else may work in the same account.
    """
    items, out = [], {}
    for left in found.left:
        if left.kept:
            out[left.key] = left.kept
        elif left.only_new and not others:
            out[left.key] = "nothing but its age points to this platform: somebody else may have made it"
        elif left.by_hand or left.type not in WAYS:
            out[left.key] = f"by hand: {left.by_hand or BY_HAND[left.type]}"
        else:
            made = _deletion(left, reader)
            if made.operations:
                items.append(made)
            else:
                out[left.key] = left.note or "it goes by itself"
    items.sort(key=lambda one: (_RANK[one.type], one.key))
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return DeletionPlan(found.platform, found.account, at, tuple(items), out)


def save_plan(plan: DeletionPlan, path: Path) -> None:
    """Write a plan file, readable by its owner alone."""
    try:
        write_json(path, plan.to_json())
    except OSError as error:
        raise RunFailed(
            f"cannot write {path}", error.strerror or str(error), hint="choose another file"
        ) from None


def load_plan(path: Path) -> DeletionPlan:
    """Read a plan file. Raises UnreadableInput when it is none, or was changed since it was written."""
    hint = f"launchbook sweep --plan {path}   (writes it anew)"
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["kind"] != _KIND:
            raise ValueError(data["kind"])
        plan = DeletionPlan(
            data["platform"], data["account"], data["at"],
            tuple(Deletion.from_json(one) for one in data["items"]), data["left_out"],
        )  # fmt: skip
        said = data["digest"]
    except OSError as error:
        raise UnreadableInput(f"cannot read {path}", error.strerror or str(error), hint=hint) from None
    except (ValueError, KeyError, TypeError):
        raise UnreadableInput(f"{path} is no plan of deletions", "its shape is another", hint=hint) from None
    if said != plan.digest:
        raise UnreadableInput(
            f"{path} was changed after it was written",
            "its list is not the one that its digest names",
            hint=hint,
        )
    return plan


def still_true(plan: DeletionPlan, found: Certificate, reader: Reads) -> tuple[Deletion, ...]:
    """What of a plan is still to be done: what has gone meanwhile is done.

    Raises RunFailed when a thing is not as it was: of another account, not suspected any more, or holding something
    that the plan does not name.
    """
    hint = "launchbook sweep --plan FILE   (then look at it again)"
    if plan.account != found.account:
        raise RunFailed("the plan is of another account", f"{plan.account}, not {found.account}", hint=hint)
    now = {left.key: left for left in found.left}
    todo = []
    for item in plan.items:
        left = now.get(item.key)
        if left is None:
            continue
        if left.kept:
            raise RunFailed(f"{item.type} {item.id} is not as it was", left.kept, hint=hint)
        made = _deletion(left, reader)
        more = [str(one) for one in made.operations if one not in item.operations]
        more += [one for one in made.takes if one not in item.takes]
        if more:
            raise RunFailed(f"{item.type} {item.id} is not as it was", f"it would take {more[0]}", hint=hint)
        todo.append(item)
    if not todo and plan.items and found.gaps:
        raise RunFailed("what is left is not known", str(found.gaps[0].what), hint=found.gaps[0].hint)
    return tuple(todo)


def carry_out(
    writer: Writer,
    items: Sequence[Deletion],
    say: Callable[[str], None],
    done: Callable[[Deletion, str], None],
    *,
    patience: float = PATIENCE,
    pause: float = PAUSE,
    note: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Send the operations of these items, in order; what AWS refuses is returned in words, and the rest goes on.

    Type by type, what each thing holds goes before any of the things: two groups that name each other can't be deleted
    otherwise. Something that is still in use is tried again for ``patience`` seconds in all; ``note`` is told every
    half a minute what is waited for. ``done`` is told of each item and what went wrong with it (nothing: empty).
    """
    waiting = _Waiting(time.monotonic() + patience, pause, say, note)
    wrong: dict[str, str] = {}
    for _, group in groupby(items, lambda item: item.type):
        same = list(group)
        held = [(item, one) for item in same for one in item.operations[:-1]]
        for item, operation in [*held, *((item, item.operations[-1]) for item in same)]:
            if wrong.get(item.key):
                continue
            say(f"{operation.operation} {item.type} {item.id}")
            wrong[item.key] = _sent(writer, operation, waiting, f"{item.type} {item.id}")
        for item in same:
            done(item, wrong[item.key])
    return [f"{item.type} {item.id}: {wrong[item.key]}" for item in items if wrong[item.key]]


@dataclass
class _Waiting:
    """Patience, and what is said of it: in place on a terminal, every so often anywhere else."""

    end: float
    pause: float
    say: Callable[[str], None]
    note: Callable[[str], None]

    def once(self, thing: str, code: str, since: float, told: float) -> float:
        """Wait before the next try; when it was last told for good."""
        now = time.monotonic()
        more = max(0.0, self.end - now)
        text = f"waiting until {thing} can go ({code}, {now - since:.0f} s; at most {more:.0f} s more)"
        self.say(text)
        if now - told >= _TOLD_EVERY:
            self.note(text)
            told = now
        time.sleep(self.pause)
        return told


def _sent(writer: Writer, operation: Operation, waiting: _Waiting, thing: str) -> str:
    since = told = time.monotonic()
    while True:
        try:
            writer.send(operation)
        except WriteFailed as failure:
            if _gone(failure.code):
                return ""
            if _busy(failure.code) and time.monotonic() < waiting.end:
                told = waiting.once(thing, failure.code, since, told)
                continue
            return f"{failure.code}: {failure.why}"
        return ""


def _deletion(left: Leftover, reader: Reads) -> Deletion:
    service, way = WAYS[left.type]
    lookup = Lookup(reader, left.region)
    operations = tuple(
        Operation(service, operation, left.region, parameters) for operation, parameters in way(left, lookup)
    )
    takes = tuple(sorted(TAKES[left.type](left, lookup))) if left.type in TAKES else ()
    monthly = left.cost.monthly
    return Deletion(
        left.type, left.id, left.region, left.why, None if monthly is None else float(monthly), operations, takes
    )  # fmt: skip


def _gone(code: str) -> bool:
    """Somebody or something else was faster."""
    return "NotFound" in code or code.startswith("NoSuch") or code.endswith(".NonExistentQueue")


def _busy(code: str) -> bool:
    """In use, or not in a state to be deleted yet."""
    words = ("InUse", "Dependency", "Conflict", "Contains", "InvalidState", "StateFault", "Limit")
    return any(
        word in code for word in (*words, "InvalidDBInstanceState", "Throttling", "OperationNotPermitted")
    )
