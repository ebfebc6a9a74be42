"""Facts turned into calls: references resolved, one maker a type, each after what it refers to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from launchbook.model import Fact, Facts, Ref, Unread

ACCOUNT = "123456789012"
Maker = Callable[["Estate", Fact, dict[str, Any], str], dict[str, Any] | None]
#: Type name -> how it is made; what :func:`maker` decorates, in the order of its declaration.
MAKERS: dict[str, Maker] = {}
_THERE = (
    "AlreadyExists", "EntityAlreadyExists", "BucketAlreadyOwnedByYou", "ResourceAlreadyExists", "Duplicate",
    "ResourceExistsException", "RepositoryAlreadyExistsException",
)  # fmt: skip


def maker(kind: str) -> Callable[[Maker], Maker]:
    """Declare how a type is made; the function gives the attributes that others may refer to."""

    def declare(make: Maker) -> Maker:
        MAKERS[kind] = make
        return make

    return declare


@dataclass
class Estate:
    """One deployment: its clients, what was made of each fact, and which file belongs to which region.

    ``regions`` maps the start of a path to a region; the longest one counts. ``parameters`` stands for what the files
    leave to whoever deploys them.
    """

    facts: Facts
    aws: Callable[..., Any]
    regions: Mapping[str, str]
    #: Ids that the files were given of a network made elsewhere, to the ids that it has here.
    renamed: dict[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    def client(self, service: str, region: str) -> Any:
        """A client of the embedded AWS."""
        return self.aws(service, region)

    def region_of(self, fact: Fact) -> str:
        """Where a file's resources stand."""
        starts = [start for start in self.regions if fact.where.file.startswith(start)]
        return self.regions[max(starts, key=len, default="")]

    def value(self, value: Any, region: str) -> Any:
        """A value with its references resolved; None for what is not known before a deployment."""
        if isinstance(value, Ref):
            held = self.made.get(value.to, {})
            return held.get(value.attribute, held.get("id"))
        if isinstance(value, Unread):
            return self._unread(value, region)
        if isinstance(value, list):
            return [self.value(one, region) for one in value]
        if isinstance(value, dict):
            return {key: self.value(one, region) for key, one in value.items()}
        if isinstance(value, str):
            value = self.renamed.get(value, value)
            return value.replace("${AWS::Region}", region).replace("${AWS::AccountId}", ACCOUNT)
        return value

    def _unread(self, value: Unread, region: str) -> Any:
        for words, given in self.parameters.items():
            if words in value.reason:
                return given(self, region) if callable(given) else given
        return None

    def named(self, kind: str, name: str, attribute: str = "id") -> Any:
        """An attribute of what was made of a type under a name."""
        for fact in self.facts.seen(kind):
            if fact.name == name and fact.id in self.made:
                return self.made[fact.id].get(attribute)
        return None


def declare(estate: Estate) -> Estate:
    """Make everything that the files surely declare, type by type."""
    for kind, make in MAKERS.items():
        for fact in estate.facts.seen(kind):
            if fact.origin != "source" or not fact.where.file:
                continue
            region = estate.region_of(fact)
            given = {key: estate.value(one, region) for key, one in fact.attributes.items()}
            try:
                made = make(estate, fact, given, region)
            except ClientError as error:
                if not any(word in error.response["Error"]["Code"] for word in _THERE):
                    raise AssertionError(f"{fact.id}: {error}") from error
                made = None
            if made is None:
                estate.skipped.append(fact.id)
            else:
                estate.made[fact.id] = made
    return estate


def document(value: Any) -> str:
    """A policy as the APIs take it."""
    return value if isinstance(value, str) else json.dumps(value)


def block(value: Any) -> dict[str, Any]:
    """The only block of a list of blocks; empty without one."""
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def only(**given: Any) -> dict[str, Any]:
    """Arguments without those that are not given."""
    return {key: value for key, value in given.items() if value not in (None, "", [], {})}
