"""What a format's reader gets and gives: :class:`File`, :class:`Found`, and the :func:`reader` declaration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Protocol

from launchbook.model import Fact, Gap, Level, Origin, Relation, Unread, Value, Where, make_fact
from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.redact import names_secret, shown, without_secrets
from launchbook.repo.files import File, Tree
from launchbook.repo.lined import Unreadable
from launchbook.repo.mounts import Mounts
from launchbook.repo.needles import Needles, needles
from launchbook.repo.scrub import scrubbed

__all__ = ["LIMIT", "UNREADABLE", "File", "Format", "Found", "Tree", "reader", "reader_of_all", "unread"]

#: Files above this many bytes are a gap, unless their format says otherwise.
LIMIT = 2_000_000
#: What settles a file that could not be opened, or is not what its name says.
UNREADABLE = "make the file readable and run again"


def settling(error: Unreadable, name: str) -> str:
    """What to do about a file that the reader ``name`` could not read: a large one is not wrong."""
    too_large = "more than is read" in error.what
    return (
        f"split the file: {name} reads no more"
        if too_large
        else f"correct the file: {name} could not be read"
    )


@dataclass
class Found:
    """What the readers found so far. Secrets are dropped here, at the door, whatever a reader hands over.

    ``environment`` is the one that was asked for (empty: none), which decides the variable and parameter files used.
    """

    tree: Tree
    environment: str = ""
    facts: list[Fact] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    references: list[tuple[Fact, str, str]] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)  # ids, with how often each was wanted
    mounts: Mounts = field(default_factory=Mounts)
    hides: tuple[str, ...] = ("*",)  # of the format that is reading now
    earlier: list[Fact] = field(default_factory=list)  # of all other formats, for one that reads late
    told: set[tuple[str, str]] = field(default_factory=set)
    gap_at: dict[tuple[str, str], int] = field(
        default_factory=dict
    )  # where and what to its place among the gaps

    def fact(
        self,
        file: File,
        kind: str,
        address: str,
        *,
        name: str = "",
        line: int = 0,
        attributes: Mapping[str, Value] | None = None,
        lines: Mapping[str, int | str] | None = None,
        origin: Origin | None = None,
        level: Level | None = None,
        whole: bool = True,
        condition: str = "",
        created: bool | None = True,
        region: str = "",
        owner: File | None = None,
    ) -> Fact:
        """Add one fact and return it. Its id is ``file#address``; ``name`` defaults to the address.

        ``owner`` is another file for the id to begin with, where one file is used many times (a module's).

        ``attributes`` use Terraform's names; ``lines`` maps a dotted path to a line of ``file``, or to ``path:line``
        of another. ``whole=False`` says that attributes may exist unseen.
        """
        of = origin or file.origin
        sources = {
            path: at if isinstance(at, str) else f"{file.shown}:{at}" for path, at in (lines or {}).items()
        }
        fact = make_fact(
            kind,
            id=self._unique(f"{(owner or file).shown}#{shown(address)}"),
            name=shown(name or address),
            where=Where(file=file.shown, line=line, region=shown(region)),
            origin=of,
            level=level or ("document" if of in ("document", "archived") else "static"),
            attributes=scrubbed(attributes or {}, kind),
            sources=sources,
            whole=whole,
            condition=shown(condition),
            created=created,
        )
        self.facts.append(fact)
        return fact

    def first(self, kind: str, name: str) -> bool:
        """Whether this is the first time that anything of this kind and name is told."""
        new = (kind, name) not in self.told
        self.told.add((kind, name))
        return new

    def taken_out(self) -> list[Fact]:
        """The facts added since the last time, which are no longer in here."""
        taken, self.facts = self.facts, []
        return taken

    def _unique(self, wanted: str) -> str:
        """The id itself for the first fact that wants it; later ones are counted on (``…~2``)."""
        count = self.taken[wanted] = self.taken.get(wanted, 0) + 1
        return wanted if count == 1 else f"{wanted}~{count}"

    def gap(
        self, file: File, what: str, hint: str, line: int = 0, hides: Sequence[str] | None = None
    ) -> None:
        """Something in a file that was not read; ``hides`` defaults to the kinds of the format."""
        hidden = self.hides if hides is None else tuple(hides)
        # Every reader of a file, and every use of a module, says the same of it: one gap for all they would have seen.
        known = self.gap_at.setdefault((str(file.where(line)), shown(what)), len(self.gaps))
        if known < len(self.gaps):
            before = self.gaps[known]
            self.gaps[known] = replace(before, hides=tuple(dict.fromkeys((*before.hides, *hidden))))
            return
        self.gaps.append(Gap(where=file.where(line), what=shown(what), hint=shown(hint), hides=hidden))

    @contextmanager
    def sparing(self, file: File, name: str) -> Iterator[None]:
        """What the reader ``name``, which has all files at once, did not foresee in one costs that one alone."""
        try:
            yield
        except Unreadable as error:
            self.gap(file, error.what, settling(error, name), error.line)
        except Exception as error:  # no input may end a run, nor hide what the other files hold
            what = f"the {name} reader failed: {type(error).__name__}"
            self.gap(file, what, "report this file's shape to the maintainers")

    def relation(self, kind: str, source: str, target: str, where: Where, resolved: bool = True) -> None:
        """One thing refers to another: fact ids, or the target as written when it is in no file."""
        self.relations.append(
            Relation(kind=kind, source=source, target=without_secrets(target), where=where, resolved=resolved)
        )

    def refer(self, fact: Fact, path: str, target: str) -> None:
        """An attribute of a fact was written with a reference to another fact, whatever its value came to."""
        self.references.append((fact, path, target))

    def setting(
        self,
        file: File,
        name: str,
        role: str,
        line: int,
        environment: str = "",
        *,
        of: str = "",
        more: Mapping[str, Value] | None = None,
        **others: Value,
    ) -> Fact:
        """The name of an environment variable: ``role`` is ``set``, ``read`` or ``document``. Takes no value.

        ``of`` tells apart settings of one name in one file (a container's, a job's).
        """
        address = ":".join(part for part in ("setting", role, environment, of, name) if part)
        attributes: dict[str, Value] = {
            "role": role,
            "environment": environment,
            "secret": names_secret(name),
        }
        attributes |= {**(more or {}), **others}
        return self.fact(file, "setting", address, name=name, line=line, attributes=attributes)

    def endpoint(
        self,
        file: File,
        method: str,
        path: str,
        line: int,
        *,
        kind: str = "other",
        of: str = "",
        lines: Mapping[str, int | str] | None = None,
        condition: str = "",
        **more: Value,
    ) -> Fact:
        """A route that the code serves; parameters written ``{id}``. One with a ``condition`` is there perhaps."""
        name = f"{method} {path}"
        address = ":".join(part for part in ("endpoint", of, name) if part)
        held: dict[str, Value] = {"method": method, "path": path, "kind": kind, **more}
        fact = partial(self.fact, file, "endpoint", address, name=name, line=line, attributes=held)
        return fact(lines=lines, condition=condition, created=None if condition else True)

    def document(
        self,
        file: File,
        kind: str,
        title: str = "",
        line: int = 1,
        *,
        more: Mapping[str, Value] | None = None,
        lines: Mapping[str, int | str] | None = None,
        **others: Value,
    ) -> Fact:
        """A page, or a file that counts as evidence (``slo``, ``budget``, ``runbook``, ``secrets``, ``result``)."""
        attributes: dict[str, Value] = {"kind": kind, "title": title}
        return self.fact(
            file,
            "document",
            f"document:{kind}",
            name=file.path,
            line=line,
            attributes=attributes | {**(more or {}), **others},
            lines=lines or {},
        )


class ReadEach(Protocol):
    """Reads one file into what was found."""

    def __call__(self, file: File, found: Found, /) -> None:
        """Add what the file shows; raise Unreadable for a file that shows nothing."""


class ReadTogether(Protocol):
    """Reads all files of a format at once: for formats whose files complete each other."""

    def __call__(self, files: Sequence[File], found: Found, /) -> None:
        """Add what the files show together."""


@record(eq=False)  # each is its own: a lookup by it costs nothing
class Format:
    """A declared reader: which files it claims, and which kinds stay unseen when one of them cannot be read."""

    name: str
    names: tuple[str, ...]
    sniff: re.Pattern[bytes] | None
    hides: tuple[str, ...]
    limit: int
    each: ReadEach | None
    together: ReadTogether | None
    late: bool = False

    @cached_property
    def needed(self) -> Needles:
        """Texts of which any content that the pattern matches holds one; none where it does not say."""
        return needles(self.sniff.pattern) if self.sniff is not None else ()

    def may_claim(self, content: bytes) -> bool:
        """Whether the content is worth a look with the pattern: False where it cannot match."""
        for text in self.needed:  # asked of every file for every format; a generator costs as much again
            if text in content:
                return True
        return not self.needed

    def claims(self, content: bytes) -> bool:
        """Whether a file of the right name is of this format."""
        return self.sniff is None or (self.may_claim(content) and self.sniff.search(content) is not None)


def reader(
    name: str, *names: str, sniff: bytes = b"", hides: Sequence[str] = ("*",), limit: int = LIMIT
) -> Callable[[ReadEach], Format]:
    """Declare a function as the reader of a format, one file at a time.

    ``names`` are glob patterns for the file's name, or for its whole path when they hold a ``/`` (``**/`` for any
    folders); ``sniff`` is a regular expression that the content must match as well (bytes, multi-line).
    """

    def declare(read: ReadEach) -> Format:
        return Format(name, names, _pattern(sniff), tuple(hides), limit, read, None)

    return declare


def reader_of_all(
    name: str,
    *names: str,
    sniff: bytes = b"",
    hides: Sequence[str] = ("*",),
    limit: int = LIMIT,
    late: bool = False,
) -> Callable[[ReadTogether], Format]:
    """Like :func:`reader`, for a function that gets every claimed file at once (Terraform: a folder is a module).

    A ``late`` one reads after all others and finds their facts in ``found.earlier``.
    """

    def declare(read: ReadTogether) -> Format:
        return Format(name, names, _pattern(sniff), tuple(hides), limit, None, read, late)

    return declare


def _pattern(sniff: bytes) -> re.Pattern[bytes] | None:
    return regex(sniff, re.M) if sniff else None


def unread(reason: str) -> Unread:
    """An attribute that exists but was not read, and why."""
    return Unread(shown(reason))
