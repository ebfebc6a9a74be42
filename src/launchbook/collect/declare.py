"""The declaration of a read. One declaration feeds the live call, the guard, the IAM policy, the printed AWS CLI
commands and the paste reader, so that none of them can know something that the others do not.

::

    @collector(
        Queue,
        Call("sqs", "ListQueues", keep=["QueueUrls[]"], each="QueueUrls"),
        Call("sqs", "GetQueueAttributes", keep=["Attributes.*"],
             given={"QueueUrl": "$ListQueues", "AttributeNames": ["All"]}),
    )
    def queue(row: Row) -> Seen | None: ...

Calls run in order. A call with ``each`` makes a row for every item of its answer; the calls after it run
once a row, and ``$Operation`` (or ``$Operation.path``) in ``given`` is that row's item. The function is pure: it
turns a row into what was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from launchbook.collect.keep import Keep, pick
from launchbook.model import Fact, Unread, Value, kinds


@dataclass(frozen=True)
class Call:
    """One read-only operation, by botocore's names.

    ``keep`` are the only paths of its answer that anything will see; ``each`` is the path of the list whose items
    become rows (none: the answer itself is the item).
    """

    service: str
    operation: str
    keep: Sequence[str]
    each: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    #: Errors that mean "there is none": the answer is then empty and complete, not a gap.
    none_codes: Sequence[str] = ()

    @property
    def tree(self) -> Keep:
        """The tree of ``keep``."""
        return Keep.parse(self.keep)

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


@dataclass
class Row:
    """The answers behind one fact, by operation; ``failed`` holds why an operation gave none."""

    answers: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, Unread] = field(default_factory=dict)

    def get(self, operation: str, path: str = "") -> Value:
        """A value of an operation's answer: None when AWS left it out, Unread when the call failed."""
        if operation in self.failed:
            return self.failed[operation]
        return pick(self.answers.get(operation), path)  # type: ignore[return-value]  # JSON

    def below(self, operation: str, item: Any) -> Row:
        """This row with one more item."""
        return Row({**self.answers, operation: item}, dict(self.failed))


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
