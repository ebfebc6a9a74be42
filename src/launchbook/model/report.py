"""A report: each requirement of a checklist with its status, the findings behind it, what would settle the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Literal

from launchbook.model.fact import LEVELS, Level
from launchbook.model.facts import Gap
from launchbook.model.finding import Finding, Severity
from launchbook.model.records import record

#: The runbook's own words for a line of its checklist.
LineStatus = Literal["OK", "NOK", "TODO", "NOT_APPLICABLE"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")


@record(kw_only=True)
class Requirement:
    """One line of a checklist, judged.

    ``titles`` maps a language to the line's words; ``settle`` says how what is open could be settled.
    """

    id: str
    title: str
    why: str
    status: LineStatus
    findings: tuple[Finding, ...]
    settle: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)

    def of(self, status: str) -> list[Finding]:
        """Its findings of one status, the gravest first."""
        found = [finding for finding in self.findings if finding.status == status]
        return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))

    @property
    def levels(self) -> tuple[Level, ...]:
        """The worst and the best level of evidence behind it; empty without any."""
        held = [one.level for finding in self.findings for one in finding.evidence]
        return (min(held, key=LEVELS.index), max(held, key=LEVELS.index)) if held else ()


@record(kw_only=True)
class Report:
    """An audit's answer. ``sources`` says what was read: ``repository PATH``, ``account``, ``3 pasted files``.

    ``emulated`` says that the account was an embedded AWS: its lines are OK or NOK of that rehearsal, and the whole is
    never GO.
    """

    run: str
    at: datetime
    checklist: str
    sources: Sequence[str]
    account: str = ""
    role: str = ""
    regions: Sequence[str] = ()
    not_asked: Sequence[str] = ()
    environment: str = ""
    scope: Sequence[str] = ()
    outside_scope: int = 0
    emulated: bool = False
    requirements: tuple[Requirement, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def go(self) -> bool:
        """Whether every line is OK, or does not apply, of a real account."""
        return not self.emulated and all(one.status in ("OK", "NOT_APPLICABLE") for one in self.requirements)

    @property
    def exit_code(self) -> int:
        """0 all OK, 1 any NOK, 3 only TODO, or all OK of an embedded AWS."""
        statuses = {one.status for one in self.requirements}
        return 1 if "NOK" in statuses else 0 if self.go else 3

    def first(self, count: int = 5) -> list[Finding]:
        """What to fix first: failures, the gravest first, one a check; of equally grave ones one a line in turn."""
        ranked: list[tuple[int, int, int, Finding]] = []
        for place, one in enumerate(self.requirements):
            turns: dict[Severity, int] = {}
            for finding in reversed(
                {finding.check: finding for finding in reversed(one.of("FAIL"))}.values()
            ):
                turns[finding.severity] = turn = turns.get(finding.severity, -1) + 1
                ranked.append((SEVERITIES.index(finding.severity), turn, place, finding))
        ranked.sort(key=lambda entry: entry[:3])
        return list({entry[3].check: entry[3] for entry in ranked}.values())[:count]

    @property
    def findings(self) -> list[Finding]:
        """Every finding once, in the order of the checklist."""
        held = {id(finding): finding for one in self.requirements for finding in one.findings}
        return list(held.values())
