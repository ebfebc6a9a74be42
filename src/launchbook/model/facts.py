"""The facts of one run, with what could not be read kept beside what was.

A listing that failed is never "nothing there": each failed or partial read is a :class:`Gap` that names the
kinds it may hide, and asking for *all* facts of such a kind raises :class:`NotKnown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from typing import TypeVar, cast, overload

from launchbook.model.fact import CLASSES, Fact, Where
from launchbook.model.file_kinds import IN_FILES_ALONE
from launchbook.model.records import record
from launchbook.model.values import NotKnown, Ref, Unread

F = TypeVar("F", bound=Fact)


@record(kw_only=True)
class Gap:
    """A read that failed or was refused.

    ``what`` happened, in words; ``hint`` what would settle it (a command, an IAM action); ``hides`` the kinds of
    facts that may exist unseen because of it: type names or patterns (``aws_*``), or ``"*"`` for any.
    """

    where: Where
    what: str
    hint: str
    hides: tuple[str, ...] = ("*",)

    def may_hide(self, kind: str) -> bool:
        """Whether facts of this kind may exist unseen because of this gap."""
        return any(fnmatchcase(kind, pattern) for pattern in self.hides)


@record(kw_only=True)
class Relation:
    """One thing that refers to another: ``kind`` is what for (``alarm-action``, ``dead-letter``, ``origin``).

    ``source`` and ``target`` are fact ids. A target that is not in the facts is kept as written: an ARN, a host, a
    name; ``resolved`` says which.
    """

    kind: str
    source: str
    target: str
    where: Where
    resolved: bool = True


class Facts:
    """An immutable collection of facts, gaps and relations, indexed for checks.

    ``complete`` names the kinds of which some source showed every one there is (a full listing of an account); files
    are never complete about an account. ``files`` are the paths of the repository that was read, from its root;
    ``now`` is the moment that ages are counted to (UTC), ``today`` its day.
    """

    def __init__(
        self,
        facts: Iterable[Fact] = (),
        gaps: Iterable[Gap] = (),
        relations: Iterable[Relation] = (),
        complete: Iterable[str] = (),
        files: Iterable[str] = (),
        today: date | None = None,
        now: datetime | None = None,
    ) -> None:
        self.all: tuple[Fact, ...] = tuple(facts)
        self.gaps: tuple[Gap, ...] = tuple(gaps)
        self.relations: tuple[Relation, ...] = tuple(relations)
        self.complete: frozenset[str] = frozenset(complete)
        self.files: frozenset[str] = frozenset(files)
        # Of a day alone its end counts: nothing is younger than it is.
        self.now = now or (datetime.combine(today, time.max, UTC) if today else datetime.now(UTC))
        self.today: date = today or self.now.date()
        self._by_id: dict[str, Fact] = {}
        self._by_type: dict[str, list[Fact]] = {}
        for fact in self.all:
            self._by_id.setdefault(fact.id, fact)
            self._by_type.setdefault(fact.type, []).append(fact)
        self._doubted = [fact for fact in self.all if fact.created is None]
        self._certain: dict[str, Facts] = {}
        self._there: Facts | None = None
        self._by_arn = {arn: fact for fact in self.all if isinstance(arn := fact.attributes.get("arn"), str)}

    def hiding(self, kind: str) -> list[Gap]:
        """The gaps that may hide facts of a kind. A file that was not read hides nothing of what an account listed, but
        it may well hide what only files have."""
        listed = kind in self.complete and kind not in IN_FILES_ALONE
        return [gap for gap in self.gaps if gap.may_hide(kind) and not (gap.where.file and listed)]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def __add__(self, other: Facts) -> Facts:
        return Facts(
            self.all + other.all,
            self.gaps + other.gaps,
            self.relations + other.relations,
            self.complete | other.complete,
            self.files | other.files,
            min(self.today, other.today),
            min(self.now, other.now),
        )

    @overload
    def seen(self, kind: str) -> list[Fact]: ...
    @overload
    def seen(self, kind: type[F]) -> list[F]: ...
    def seen(self, kind: type[F] | str) -> list[F]:
        """Every fact of a kind that was read. There may be more: use :meth:`of` to say "none" or "all".

        What its condition leaves out (``count = 0``) is in :attr:`all` alone.
        """
        named = (fact for name in kinds(kind) for fact in self._by_type.get(name, ()))
        found = [fact for fact in named if fact.created is not False]
        return cast("list[F]", found)

    @overload
    def of(self, kind: str) -> list[Fact]: ...
    @overload
    def of(self, kind: type[F]) -> list[F]: ...
    def of(self, kind: type[F] | str) -> list[F]:
        """All facts of a kind, as far as the sources of this run go.

        Raises NotKnown when a gap may hide some of them.
        """
        for name in kinds(kind):
            for gap in self.hiding(name):
                raise NotKnown(f"all {name}", f"{gap.what} ({gap.where})", gap.hint)
        return cast("list[F]", self.seen(kind))

    def certain(self, condition: str = "") -> Facts:
        """These facts without what may not exist (``count = var.enabled ? 1 : 0`` with no value), but for what exists
        under the very ``condition`` given."""
        doubted = {id(one) for one in self._doubted if one.condition != condition}
        if not doubted:
            return self
        if condition not in self._certain:
            self._certain[condition] = self._only(one for one in self.all if id(one) not in doubted)
        return self._certain[condition]

    def there(self) -> Facts:
        """These facts without what files declare of the kinds that an account listed to their end: of those nothing
        else exists there, whatever files promise. What is in an account is judged beside these alone."""
        if self._there is None:
            listed = {kind for kind in self.complete if kind.startswith("aws_")}
            promised = any(one.declared and one.type in listed for one in self.all)
            kept = (one for one in self.all if not (one.declared and one.type in listed))
            self._there = self._only(kept) if promised else self
        return self._there

    def _only(self, facts: Iterable[Fact]) -> Facts:
        return Facts(
            facts, self.gaps, self.relations, self.complete, self.files, today=self.today, now=self.now
        )

    def none_exists(self, kind: type[F] | str) -> bool:
        """True only if every one of this kind was looked for and there is none.

        Raises NotKnown when nobody listed the kind completely or a gap may hide one.
        """
        if self.of(kind):
            return False
        missing = [name for name in kinds(kind) if name not in self.complete]
        if missing:
            raise NotKnown(f"all {', '.join(missing)}", "no source lists every one of them")
        return True

    def has_file(self, path: str) -> bool:
        """Whether a path (from the root, or from any folder of it) is a file of the repository.

        Raises NotKnown when no repository was read.
        """
        if not self.files:
            raise NotKnown(f"whether {path} exists", "no repository was read", "launchbook audit PATH")
        clean = path.removeprefix("./").lstrip("/")
        return clean in self.files or any(one.endswith(f"/{clean}") for one in self.files)

    def find(self, pointer: object) -> Fact | None:
        """The fact that a reference, an id or an ARN points to; None if it was not read."""
        if isinstance(pointer, Ref):
            return self._by_id.get(pointer.to)
        if isinstance(pointer, str):
            return self._by_id.get(pointer) or self._by_arn.get(pointer)
        return None

    def one(self, pointer: object, kind: type[F]) -> F | None:
        """Like :meth:`find`, but only a fact of this kind.

        Raises NotKnown when the pointer itself was not read, or when it points to something unseen that a gap may hide.
        """
        if isinstance(pointer, Unread):
            raise NotKnown("a reference", pointer.reason, pointer.settle)
        found = self.find(pointer)
        if found is None:
            self.of(kind)
            return None
        return found if isinstance(found, kind) else None


def kinds(kind: type[Fact] | str) -> tuple[str, ...]:
    """The type names that a fact class stands for (``aws_lb`` and ``aws_alb``), or the one named."""
    if isinstance(kind, str):
        return (kind,)
    return tuple(name for name, cls in CLASSES.items() if issubclass(cls, kind))
