"""The shape of HCL: bodies, blocks, attributes, and expressions that can be evaluated without tree-sitter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from launchbook.model.records import record


@record(slots=True)
class Literal:
    """A number, string, boolean or null."""

    value: bool | int | float | str | None


@record(slots=True)
class Template:
    """Text with interpolations; one interpolation alone keeps its value's type."""

    parts: tuple[Expression, ...]


@record(slots=True)
class Name:
    """The first word of a reference: ``var``, ``aws_sqs_queue``, a loop's variable."""

    name: str


@record(slots=True)
class Get:
    """``base.name``."""

    base: Expression
    name: str


@record(slots=True)
class Index:
    """``base[key]``."""

    base: Expression
    key: Expression


@record(slots=True)
class Splat:
    """``base[*].name``: ``each`` is evaluated with ``IT`` bound to every item."""

    base: Expression
    each: Expression


#: The variable that a splat binds; no identifier of HCL can be called that.
IT = "*"


@record(slots=True)
class Call:
    """``name(args)``; ``spread`` for a last argument with ``...``."""

    name: str
    args: tuple[Expression, ...]
    spread: bool = False


@record(slots=True)
class Conditional:
    """``test ? yes : no``."""

    test: Expression
    yes: Expression
    no: Expression


@record(slots=True)
class Operation:
    """An operator on one or two operands."""

    operator: str
    operands: tuple[Expression, ...]


@record(slots=True)
class ListOf:
    """``[a, b]`` with the line of every item."""

    items: tuple[Expression, ...]
    lines: tuple[int, ...]


@record(slots=True)
class ObjectOf:
    """``{a = b}`` with the line of every entry."""

    entries: tuple[tuple[Expression, Expression, int], ...]


@record(slots=True)
class For:
    """``[for k, v in over : value if test]``, or with ``key`` an object; ``text`` joins the values (``%{ for }``)."""

    names: tuple[str, ...]
    over: Expression
    key: Expression | None
    value: Expression
    test: Expression | None
    grouped: bool = False
    text: bool = False


@record(slots=True)
class Opaque:
    """An expression that could not be read, and why."""

    reason: str


Expression: TypeAlias = (
    Literal
    | Template
    | Name
    | Get
    | Index
    | Splat
    | Call
    | Conditional
    | Operation
    | ListOf
    | ObjectOf
    | For
    | Opaque
)


@record(slots=True)
class Attribute:
    """``name = value``."""

    name: str
    value: Expression
    line: int


@dataclass(slots=True)
class Body:
    """Attributes by name and blocks in order; ``broken`` holds the lines of parts that don't parse."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)

    def all(self, kind: str) -> Iterator[Block]:
        """The blocks of one type."""
        return (block for block in self.blocks if block.kind == kind)

    def everything_broken(self) -> list[int]:
        """The lines that don't parse in this body and in every block of it."""
        return sorted(
            {*self.broken, *(line for block in self.blocks for line in block.body.everything_broken())}
        )


@dataclass(slots=True)
class Block:
    """``kind "label" { body }``."""

    kind: str
    labels: tuple[str, ...]
    body: Body
    line: int


def references(
    expression: Expression, key: Callable[[Expression], object] = lambda _: None
) -> Iterator[tuple[str, ...]]:
    """Every reference in an expression as its dotted parts: ``("aws_sqs_queue", "jobs", "arn")``.

    ``key`` gives the value of an index; where it knows one, that is a part too: ``("aws_sqs_queue", "jobs", "[a]")``.
    """
    stack = [expression]
    while stack:
        here = stack.pop()
        parts = _dotted(here, key)
        if parts:
            yield parts
            stack.extend(_keys(here))
        else:
            stack.extend(_below(here))


def _dotted(expression: Expression, key: Callable[[Expression], object]) -> tuple[str, ...]:
    parts: list[str] = []
    while True:
        match expression:
            case Name(name):
                return (name, *reversed(parts))
            case Get(base, name):
                parts.append(name)
                expression = base
            case Index(base, index):
                value = key(index)
                if isinstance(value, str | int):
                    parts.append(f"[{value}]")
                expression = base
            case _:
                return ()


def _keys(expression: Expression) -> Iterator[Expression]:
    while isinstance(expression, Get | Index):
        if isinstance(expression, Index):
            yield expression.key
        expression = expression.base


def _below(expression: Expression) -> list[Expression]:
    match expression:
        case Template(parts) | Operation(_, parts) | Call(_, parts) | ListOf(parts):
            return list(parts)
        case Get(base, _):
            return [base]
        case Index(base, key):
            return [base, key]
        case Splat(base, each):
            return [base, each]
        case Conditional(test, yes, no):
            return [test, yes, no]
        case ObjectOf(entries):
            return [part for key, value, _ in entries for part in (key, value) if not isinstance(part, Name)]
        case For(_, over, key, value, test):
            return [part for part in (over, key, value, test) if part is not None]
        case _:
            return []
