"""Cases of checks as data: ``cases/<topic>.toml``, one table a check, one list of facts a status.

The first fact that has a type is the subject. Keys that begin with ``_`` are the fact's own: ``_name``, ``_id``,
``_level``, ``_origin``, ``_file``, ``_region``, ``_whole``, and ``_type`` for an attribute of that name. All others are
its attributes; ``{ref = "name"}`` points to another fact of the case, ``{unread = "why"}`` was not read. An entry
without a type says what was collected: ``_complete``, ``_files``, ``_gaps``, ``_relations``. ``"FAIL: by hand"`` is one
more case with the status FAIL.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from launchbook.check import Check, evaluate
from launchbook.model import Fact, Facts, Finding, Gap, Ref, Relation, Unread, Where, make_fact

CASES = Path(__file__).parent / "cases"
TODAY = date(2026, 6, 1)


@dataclass(frozen=True)
class Case:
    """One check, what is collected, and what it must say of the subject."""

    check: str
    name: str
    entries: tuple[Mapping[str, Any], ...]

    @property
    def status(self) -> str:
        """The status that is expected: the first word of the name."""
        return self.name.partition(":")[0]

    @property
    def subject(self) -> str:
        """The id of the subject."""
        return next(_id(one, index) for index, one in enumerate(self.entries) if "type" in one)

    def facts(self, bare: bool = False) -> Facts:
        """What is collected. ``bare`` takes every attribute of the subject away, as if nothing of it had been read."""
        found: list[Fact] = []
        said: dict[str, Any] = {}
        for index, one in enumerate(self.entries):
            if "type" not in one:
                said |= one
                continue
            found.append(_fact(one, index, bare and _id(one, index) == self.subject))
        gaps = [_gap(kind) for kind in said.get("_gaps", ())]
        relations = [
            Relation(kind=kind, source=source, target=target, where=Where("main.tf", 99))
            for kind, source, target in said.get("_relations", ())
        ]
        return Facts(found, gaps, relations, said.get("_complete", ()), said.get("_files", ()), TODAY)


def _gap(kind: str) -> Gap:
    return Gap(where=Where("bad.tf", 1), what="it does not parse", hint="terraform fmt", hides=(kind,))


def _id(entry: Mapping[str, Any], index: int) -> str:
    return str(entry.get("_id") or entry.get("_name") or f"{entry['type']}.{index}")


def _fact(entry: Mapping[str, Any], index: int, bare: bool) -> Fact:
    attributes = {
        key: _value(item) for key, item in entry.items() if key != "type" and not key.startswith("_")
    }
    if "_type" in entry:
        attributes["type"] = entry["_type"]
    level = entry.get("_level", "static")
    name = str(entry.get("_name") or attributes.get("name") or _id(entry, index))
    where = Where(entry.get("_file", "main.tf"), index + 1)
    if level not in ("static", "plan", "document"):
        where = Where(account="1", region=entry.get("_region", "eu-west-1"))
    return make_fact(
        entry["type"],
        id=_id(entry, index),
        name=name,
        where=where,
        level=level,
        origin=entry.get("_origin", "source"),
        whole=not bare and entry.get("_whole", level in ("static", "plan")),
        attributes={} if bare else attributes,
    )


def _value(item: Any) -> Any:
    if isinstance(item, dict):
        if "ref" in item:
            return Ref(item["ref"], item.get("attribute", "id"))
        if "unread" in item:
            return Unread(item["unread"], refs=tuple(Ref(one) for one in item.get("refs", ())))
        return {key: _value(inner) for key, inner in item.items()}
    return [_value(one) for one in item] if isinstance(item, list) else item


def load() -> list[Case]:
    """Every case of every topic."""
    found = []
    for path in sorted(CASES.glob("*.toml")):
        for check, statuses in tomllib.loads(path.read_text("utf-8")).items():
            found += [Case(check, name, tuple(entries)) for name, entries in statuses.items()]
    return found


def judged(one: Check, facts: Facts, subject: str) -> list[Finding]:
    """What the check says of the subject; of a presence check, everything that it says."""
    findings = evaluate([one], facts, today=TODAY)
    return findings if one.present else [finding for finding in findings if finding.subject == subject]


def statuses(findings: Sequence[Finding]) -> set[str]:
    """The statuses of findings."""
    return {finding.status for finding in findings}
