"""What names mean while an expression is evaluated, and how values that are partly unknown are looked into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from launchbook.model import Ref, Unread, Value
from launchbook.model.records import record

#: Expressions evaluated for one root module; a file that needs more is no configuration.
MOST_STEPS = 200_000


@dataclass
class Budget:
    """Steps left for one root module and everything it calls."""

    left: int = MOST_STEPS

    def spend(self) -> bool:
        """Take one step; False when none is left."""
        self.left -= 1
        return self.left > 0


@record()
class Scope:
    """What names mean: ``resolve`` knows a module's own (var, local, resources), ``bound`` a loop's variables."""

    resolve: Callable[[tuple[str, ...], Scope], Value]
    call: Callable[[str, list[Value], Scope], Value]
    budget: Budget
    bound: Mapping[str, Value] = field(default_factory=dict)

    def binding(self, **names: Value) -> Scope:
        """This scope with more variables bound."""
        return self.with_bound(names)

    def with_bound(self, names: Mapping[str, Value]) -> Scope:
        """This scope with more variables bound, by any name."""
        return replace(self, bound={**self.bound, **names})


#: Parts of nearly every ARN that only the account knows; an ARN is still known by the rest of it.
REGION = Unread("the region that it runs in decides it")
ACCOUNT = Unread("the account decides it")
PARTITION = Unread("the account's partition decides it")
_IN_ARN = {REGION.reason: "${AWS::Region}", ACCOUNT.reason: "${AWS::AccountId}", PARTITION.reason: "aws"}


def arn_parts(values: list[Value]) -> list[Value]:
    """The parts of a text; in an ARN, region and account become ``${AWS::Region}`` and ``${AWS::AccountId}``."""
    if not (isinstance(values[0], str) and values[0].startswith("arn:")) if values else True:
        return values
    return [_IN_ARN.get(value.reason, value) if isinstance(value, Unread) else value for value in values]


def plain_scope() -> Scope:
    """A scope in which no name means anything: for defaults, backends and variable files."""
    return Scope(_nothing, _nothing, Budget())


def _nothing(*_: object) -> Value:
    return Unread("only plain values are allowed here")


def pointers(value: Value) -> Iterator[Ref]:
    """Every reference in a value, also those that an unread part was made of."""
    stack = [value]
    while stack:
        here = stack.pop()
        if isinstance(here, Ref):
            yield here
        elif isinstance(here, Unread):
            yield from here.refs
        elif isinstance(here, dict):
            stack.extend(here.values())
        elif isinstance(here, list):
            stack.extend(here)


def stepped(value: Value, steps: Sequence[str | int]) -> Value:
    """The value below ``value`` at the steps; a reference steps into the attribute of what it points to."""
    for at, step in enumerate(steps):
        if isinstance(value, Unread):
            return value
        if isinstance(value, Ref):
            rest = [str(part) for part in steps[at:] if not isinstance(part, int)]
            return Ref(value.to, rest[0]) if rest and value.attribute == "id" else value
        if isinstance(value, dict):
            if str(step) not in value:
                return Unread(f"it has no {step}")
            value = value[str(step)]
        elif isinstance(value, list) and str(step).isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            value = stepped(value[0], [step])
        else:
            return Unread(f"it has no {step}")
    return value


def partial(value: Value) -> bool:
    """Whether a list or object has parts that are not known here."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(item, Unread | Ref) or partial(item) for item in items)
