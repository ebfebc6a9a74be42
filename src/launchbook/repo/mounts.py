"""Routers and where they are mounted, across files: what turns ``GET /{id}`` of one file into ``GET /api/users/{id}``.

A reader says which router each endpoint belongs to (:meth:`Mounts.belongs`) and where routers are mounted
(:meth:`Mounts.mount`); :func:`mounted` then gives every endpoint its whole path. A router that is mounted nowhere, or
under a prefix that no file tells, has no path that could be known: its endpoints read ``…/{id}``, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from launchbook.model import Fact, Unread, Value
from launchbook.model.records import record
from launchbook.redact import shown
from launchbook.repo.code.endpoints import kind_of

#: How deep routers may be mounted in each other; a ring ends here as well.
DEEPEST = 12
_NOWHERE = "no file that was read mounts this router"


@record()
class Router:
    """A router: the path of its file, and the name it has there."""

    file: str
    name: str


@record()
class Mount:
    """``inner`` serves below ``prefix`` of ``outer``; a prefix of None is one that the file does not tell.

    ``outside`` are paths of ``inner`` that the prefix does not stand before; ``/auth/*`` is all that begins so.
    """

    outer: Router
    inner: Router
    prefix: str | None = ""
    guards: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


@dataclass
class Mounts:
    """What readers saw of routers. ``roots`` are applications: they serve what they hold as it stands."""

    mounts: dict[Router, list[Mount]] = field(default_factory=dict)
    roots: set[Router] = field(default_factory=set)
    of: dict[str, Router] = field(default_factory=dict)

    def mount(self, mount: Mount) -> None:
        """A router is mounted in another."""
        if mount not in self.mounts.setdefault(mount.inner, []):
            self.mounts[mount.inner].append(mount)

    def belongs(self, endpoint: Fact, router: Router) -> None:
        """An endpoint's path is meant below this router."""
        self.of[endpoint.id] = router

    def prefixes(
        self, router: Router, tail: str = "", depth: int = 0
    ) -> Iterator[tuple[str | None, tuple[str, ...]]]:
        """Every prefix below which a router's path ``tail`` is served, with what stands before it; None: not told."""
        if depth > DEEPEST:
            return
        nowhere = True
        for mount in self.mounts.get(router, ()):
            own = "" if any(_stands_in(tail, one) for one in mount.outside) else mount.prefix
            for above, guards in self.prefixes(mount.outer, tail, depth + 1):
                nowhere = False
                known = above is not None and own is not None
                yield f"{above}{own}" if known else None, (*guards, *mount.guards)
        if nowhere and router in self.roots:
            yield "", ()


def _stands_in(tail: str, outside: str) -> bool:
    return tail == outside or (outside.endswith("*") and tail.startswith(outside[:-1]))


def mounted(facts: list[Fact], mounts: Mounts) -> list[Fact]:
    """The facts, each endpoint of a router under every path at which it is served."""
    taken = {fact.id for fact in facts}
    placed: list[Fact] = []
    for fact in facts:
        router = mounts.of.get(fact.id)
        if router is None:
            placed.append(fact)
            continue
        found = list(dict.fromkeys(mounts.prefixes(router, str(fact.attributes["path"]))))
        known = [(prefix, guards) for prefix, guards in found if prefix is not None]
        if not known:
            placed.append(_unplaced(fact, _NOWHERE if not found else "its prefix is no literal in the files"))
        for number, (prefix, guards) in enumerate(known):
            placed.append(_placed(fact, prefix, guards, taken if number or prefix else set()))
    return placed


def _placed(fact: Fact, prefix: str, guards: tuple[str, ...], taken: set[str]) -> Fact:
    tail = str(fact.attributes["path"])
    path = prefix.rstrip("/") + (tail if tail.startswith("/") else f"/{tail}")
    path = shown(re.sub(r"//+", "/", path))
    # ``/users`` mounted with ``/`` answers as ``/users``, unless the prefix itself ends in a slash, as Django's do.
    path = path.rstrip("/") or "/" if tail == "/" and not prefix.endswith("/") else path
    own = fact.attributes.get("guards")
    before = [*guards, *(own if isinstance(own, list) else [])]
    kind = kind_of(path)
    changed: dict[str, Value] = {"path": path, "guards": list(dict.fromkeys(before))}
    if kind != "other" and fact.attributes.get("kind") in ("other", kind_of(tail)):
        changed["kind"] = kind
    return _renamed(fact, path, changed, taken)


def _unplaced(fact: Fact, reason: str) -> Fact:
    path = "…" + str(fact.attributes["path"])
    return _renamed(fact, path, {"path": path, "prefix": Unread(reason)}, set())


def _renamed(fact: Fact, path: str, changed: Mapping[str, Value], taken: set[str]) -> Fact:
    name = f"{fact.attributes['method']} {path}"
    wanted = fact.id.removesuffix(fact.name) + name if fact.id.endswith(fact.name) else fact.id
    identity, count = wanted, 1
    while identity in taken:
        count += 1
        identity = f"{wanted}~{count}"
    taken.add(identity)
    attributes = {**fact.attributes, **changed}
    return replace(fact, id=identity, name=name, attributes=attributes)
