"""Facts: what exists, where it was seen, and which attributes were read.

A fact has the same type from every source (files, plan, paste, account): Terraform's own name, such as
``aws_sqs_queue``, and Terraform's own attribute names, whatever the source calls them. So a check is written
once. A type that no class here describes is still a plain :class:`Fact` with all its attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar, overload

from launchbook.model.records import record
from launchbook.model.values import NotKnown, Ref, Unread, Value, plain

#: How much a piece of evidence can prove, weakest first.
Level = Literal["document", "static", "plan", "pasted", "emulated", "live"]
LEVELS: tuple[Level, ...] = ("document", "static", "plan", "pasted", "emulated", "live")

#: What kind of file a static fact comes from; an account's facts are ``source``.
Origin = Literal["source", "generated", "state", "document", "archived"]

T = TypeVar("T")

#: Type name to the class that describes it; filled as classes are defined.
CLASSES: dict[str, type[Fact]] = {}


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@record(slots=True)
class Where:
    """A file and line (1-based, path relative to the root, ``/``-separated), or an account and region."""

    file: str = ""
    line: int = 0
    account: str = ""
    region: str = ""

    def __str__(self) -> str:
        if self.file:
            return f"{self.file}:{self.line}" if self.line else self.file
        return "/".join(part for part in (self.account, self.region) if part)


@record(slots=True)
class Evidence:
    """One place that shows one value.

    ``source`` is ``path:line``, or ``service:Operation region account time``, or a pasted file's name and position;
    ``value`` is JSON, already free of secrets.
    """

    source: str
    level: Level
    value: object = None


@record(kw_only=True, eq=False)
class Fact:
    """Something that exists, or is declared to.

    ``id`` is unique among all facts of a run: an ARN where AWS gave one, else ``file#address``. ``name`` is
    the name it has or will have; its address in the file when the name is not known. ``attributes`` hold what
    was read, by Terraform's names, blocks as lists of dicts as in a plan (``{"health_check": [{"path": "/"}]}``).
    ``sources`` maps a dotted attribute path (``health_check.0.path``) to where it was read; the longest prefix
    counts, and ``""`` is the fact itself. ``whole`` says that the source shows every attribute, so that an
    absent one has its default; a projection or a paste is not whole.
    """

    type: str
    id: str
    name: str
    where: Where
    level: Level = "static"
    origin: Origin = "source"
    attributes: Mapping[str, Value] = field(default_factory=_nothing)
    sources: Mapping[str, str] = field(default_factory=_nothing)
    whole: bool = True
    #: Why it may not exist at all: a condition or count that depends on a parameter; empty when it surely does.
    condition: str = ""
    #: Whether the condition holds under the values in force; None when they don't settle it.
    created: bool | None = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in cls.__dict__.get("TYPES", ()):
            CLASSES[name] = cls

    @property
    def declared(self) -> bool:
        """Whether files say that it is to exist: how it is now, only an account can tell."""
        return self.level in ("document", "static", "plan")

    def get(self, path: str) -> Value:
        """The value at a dotted path (``health_check.0.path``).

        None when the source is whole and does not give it. Raises NotKnown when it was not read.
        """
        value: Value = dict(self.attributes)
        for part in path.split("."):
            if isinstance(value, dict) and part in value:
                value = value[part]
            elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
                value = value[int(part)]
            elif self.whole:
                return None
            else:
                raise NotKnown(f"{path} of {self.name}", f"{self.source()} does not show it")
            if isinstance(value, Unread):
                raise NotKnown(f"{path} of {self.name}", value.reason, value.settle)
        return value

    def source(self, path: str = "") -> str:
        """Where an attribute was read: ``path:line`` or ``service:Operation …``."""
        parts = path.split(".") if path else []
        while parts:
            found = self.sources.get(".".join(parts))
            if found:
                return found
            parts.pop()
        return self.sources.get("") or str(self.where)

    def at(self, path: str = "") -> Evidence:
        """Evidence for one attribute, or for the fact itself; an unread value is shown as such."""
        if not path:
            return Evidence(self.source(), self.level, self.name)
        try:
            value: object = plain(self.get(path))
        except NotKnown as unknown:
            value = {"unread": unknown.reason}
        return Evidence(self.source(path), self.level, value)


def make_fact(kind: str, **fields: Any) -> Fact:
    """A fact of the class that describes the type named ``kind``, or a plain one."""
    return CLASSES.get(kind, Fact)(type=kind, **fields)


@record()
class attribute(Generic[T]):
    """A typed view of one attribute of a fact class: ``delay = attribute(int, "delay_seconds", default=0)``.

    Reading it raises NotKnown when the attribute was not read, or when it is absent and has no default.
    ``default`` is the provider's own documented default, used only when the source is whole.
    Strings are turned into numbers and booleans where the type asks for it (CloudFormation writes ``"30"``).
    """

    kind: type[T]
    path: str
    default: T | None = field(default=None)
    required: bool = False

    @overload
    def __get__(self, fact: None, owner: type[Fact]) -> attribute[T]: ...
    @overload
    def __get__(self, fact: Fact, owner: type[Fact]) -> T: ...
    def __get__(self, fact: Fact | None, owner: type[Fact]) -> attribute[T] | T:
        if fact is None:
            return self
        value = fact.get(self.path)
        if value is None:
            if self.required:
                raise NotKnown(f"{self.path} of {fact.name}", "not given, and it has no default")
            return self.default  # type: ignore[return-value]  # None only where T admits it
        return self._typed(fact, value)

    def _typed(self, fact: Fact, value: Value) -> T:
        if isinstance(value, Ref) and self.kind not in (object, Ref):
            raise NotKnown(f"{self.path} of {fact.name}", f"known only as {value.to}.{value.attribute}")
        if self.kind is bool and isinstance(value, str):
            return value.lower() == "true"  # type: ignore[return-value]
        if self.kind in (int, float) and isinstance(value, str):
            try:
                return self.kind(value)  # type: ignore[call-arg]
            except ValueError:
                raise NotKnown(f"{self.path} of {fact.name}", f"{value!r} is not a number") from None
        return value  # type: ignore[return-value]  # as its source gave it
