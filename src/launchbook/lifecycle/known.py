"""What is known of a platform on a target: how its things are told from everybody else's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from launchbook.lifecycle.inventory import Thing
from launchbook.lifecycle.inventory.before import Before


class Saved(Protocol):
    """Something that was in a state."""

    @property
    def type(self) -> str:
        """Terraform's type."""
        ...

    @property
    def id(self) -> str:
        """Terraform's id."""
        ...

    @property
    def arn(self) -> str:
        """Its ARN, empty where it has none."""
        ...

    @property
    def region(self) -> str:
        """Where it was."""
        ...

    @property
    def of(self) -> Mapping[str, str]:
        """The attributes that parts.py keeps of its type."""
        ...


@dataclass(frozen=True)
class Known:
    """What is known of a platform on a target: how to tell its things from others'.

    ``runs`` are the ids that its run tag may carry; ``since`` is when its first run began; ``before`` the inventory.
    ``standing`` is what the state of each root holds now, by root; ``holders`` are the buckets and lock tables
    (``type id``) of states that hold something, with the root, ``backends`` those of all states.
    """

    platform: str
    tags: Mapping[str, str] = field(default_factory=dict)
    run_tag: str = ""
    runs: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    saved: Sequence[Saved] = ()
    before: Before | None = None
    since: datetime | None = None
    standing: Mapping[str, Sequence[Saved]] = field(default_factory=dict)
    holders: Mapping[str, str] = field(default_factory=dict)
    backends: Mapping[str, str] = field(default_factory=dict)

    def tagged(self, tags: Mapping[str, str]) -> str:
        """Why these tags make a thing ours; empty when they don't."""
        if run := self.of_run(tags):
            return run
        if self.tags and all(tags.get(name) == value for name, value in self.tags.items()):
            return "tagged " + ", ".join(f"{name}={value}" for name, value in self.tags.items())
        return ""

    def of_run(self, tags: Mapping[str, str]) -> str:
        """Why these tags make a thing one of our runs'; empty when they don't."""
        if self.run_tag and tags.get(self.run_tag) in self.runs:
            return f"tagged {self.run_tag}={tags[self.run_tag]}"
        return ""

    def against(self, tags: Mapping[str, str]) -> str:
        """Why these tags make a thing somebody else's; empty when they don't."""
        for name, value in self.tags.items():
            if tags.get(name, value) != value:
                return f"tagged {name}={tags[name]}"
        if self.run_tag in tags and tags[self.run_tag] not in self.runs:
            return f"tagged {self.run_tag}={tags[self.run_tag]}, which is no run known here"
        return ""

    def named(self, thing: Thing) -> str:
        """Which of our names a thing's begins with; empty when none is."""
        return next((one for one in self.names if _begins(thing.name, one) or _begins(thing.id, one)), "")

    @property
    def nothing(self) -> bool:
        """Whether nothing was ever made, as far as this home knows: then there is nothing to prove."""
        return not self.saved and self.before is None and self.since is None


def _begins(name: str, start: str) -> bool:
    """``shop`` begins ``shop`` and ``shop-api``, not ``shopping``."""
    return name.startswith(start) and (
        name == start or start[-1:] in _BOUNDARY or name[len(start)] in _BOUNDARY
    )


_BOUNDARY = tuple("-_/. ")
