"""The declaration of a read. One declaration feeds the live call, the guard, the IAM policy, the printed AWS CLI
commands and the paste reader, so that none of them can know something that the others do not.

::

    @collector(
        Queue,
        Call("sqs", "ListQueues", each="QueueUrls", take={"url": ""}),
        Call("sqs", "GetQueueAttributes", given={"QueueUrl": "$ListQueues", "AttributeNames": ["All"]},
             take={"visibility_timeout_seconds": "Attributes.VisibilityTimeout"}),
    )
    def queues(row: Row) -> Seen | None:
        return row.seen(id="arn", name="url")

Calls run in order. A call with ``each`` makes a row for every item of its answer; the calls after it run
once a row, and ``$Operation`` (or ``$Operation.path``) in ``given`` is that row's item. ``take`` gives attributes by
Terraform's names the path of the item that shows them; what neither ``take`` nor ``keep`` names is dropped at the
door. The function is pure: it turns a row into what was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from launchbook.collect.keep import Keep, pick
from launchbook.model import Fact, Unread, Value, kinds


@dataclass(frozen=True)
class Call:
    """One read-only operation, by botocore's names.

    ``each`` is the path of the list whose items become rows (none: the answer itself is the item). ``take`` maps an
    attribute to its path in an item; ``keep`` names more paths of an item that the function needs.
    """

    service: str
    operation: str
    each: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    take: Mapping[str, str] = field(default_factory=dict)
    keep: Sequence[str] = ()
    #: Paths of an item that AWS gives whenever it gives what they are in: one that is not there was not read, and is
    #: not taken for "none".
    always: Sequence[str] = ()
    #: Errors that mean "there is none": the answer is then empty and complete, not a gap.
    none_codes: Sequence[str] = ()
    #: The first page is all that is asked for: ``given`` orders the answer and says how much of it.
    one_page: bool = False
    #: Asks about a property that many rows share: rows that would ask the same ask once, and one without it nothing.
    once: bool = False
    #: How many pages are asked for at most; what is left then is a gap. None: to the end.
    most_pages: int | None = None
    #: Parameters without which AWS answers about something else: a pasted answer counts only if its command gave them.
    only_given: Sequence[str] = ()
    #: AWS answers with nothing at all where there is nothing; any other empty answer is a malformed one.
    may_be_empty: bool = False

    @cached_property
    def tree(self) -> Keep:
        """What is kept of the whole answer."""
        start = f"{self.each}[]" if self.each else ""
        paths = [*self.take.values(), *self.keep] or [""]
        return Keep.parse(".".join(part for part in (start, path) if part) for path in paths)

    def parameters(self, row: Row) -> dict[str, Any]:
        """``given`` with every ``$Operation.path`` replaced by the row's item."""
        return {name: _filled(value, row) for name, value in self.given.items()}


def _filled(value: Any, row: Row) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        operation, _, path = value[1:].partition(".")
        return pick(row.answers.get(operation), path)
    if isinstance(value, list):
        return [_filled(item, row) for item in value]
    return value


@dataclass(frozen=True)
class Row:
    """The answers behind one fact, by operation; ``failed`` holds why an operation gave none."""

    calls: Sequence[Call]
    answers: Mapping[str, Any] = field(default_factory=dict)
    failed: Mapping[str, Unread] = field(default_factory=dict)

    def get(self, operation: str, path: str = "") -> Value:
        """A value of an operation's item: None when AWS left it out, Unread when the call failed."""
        if operation in self.failed:
            return self.failed[operation]
        return pick(self.answers.get(operation), path)  # type: ignore[return-value]  # JSON

    def below(self, operation: str, item: Any) -> Row:
        """This row with one more item."""
        return replace(self, answers={**self.answers, operation: item})

    def without(self, operation: str, reason: Unread) -> Row:
        """This row with one more call that gave nothing."""
        return replace(self, failed={**self.failed, operation: reason})

    def seen(self, *, id: str, name: str, **more: Mapping[str, Value]) -> Seen:
        """What ``take`` declares, with ``more`` attributes by operation; ``id`` and ``name`` are attributes' names."""
        attributes: dict[str, dict[str, Value]] = {}
        for call in self.calls:
            taken = {attribute: self.get(call.operation, path) for attribute, path in call.take.items()}
            attributes[call.operation] = taken | dict(more.get(call.operation, {}))
        flat = {key: value for values in attributes.values() for key, value in values.items()}
        identity = flat.get(id)
        held = identity if isinstance(flat.get(name), Unread) else flat.get(name)
        named = str(held)
        return Seen(
            identity if isinstance(identity, str) else named, named.rsplit("/", 1)[-1] or named, attributes
        )


@dataclass(frozen=True)
class Seen:
    """What one row shows: an id (an ARN where there is one), a name, and attributes by the operation that gave them."""

    id: str
    name: str
    attributes: Mapping[str, Mapping[str, Value]]


Scope = Literal["region", "global"]


@dataclass(frozen=True)
class Collector:
    """A declared read of one kind of fact."""

    name: str
    of: type[Fact] | str
    calls: tuple[Call, ...]
    seen: Callable[[Row], Seen | None]
    scope: Scope = "region"

    @property
    def kind(self) -> str:
        """The type of the facts that it gives."""
        return kinds(self.of)[0]


#: Every declared read, by its function's name; modules of ``launchbook.collect`` fill it as they are imported.
COLLECTORS: dict[str, Collector] = {}


def collector(
    of: type[Fact] | str, *calls: Call, scope: Scope = "region"
) -> Callable[[Callable[[Row], Seen | None]], Collector]:
    """Declare a read. Raises ValueError when it declares no call or its name is taken."""

    def declare(seen: Callable[[Row], Seen | None]) -> Collector:
        name = seen.__name__
        if not calls:
            raise ValueError(f"collector {name} declares no call")
        if name in COLLECTORS:
            raise ValueError(f"two collectors are called {name}")
        COLLECTORS[name] = Collector(name, of, tuple(calls), seen, scope)
        return COLLECTORS[name]

    return declare
