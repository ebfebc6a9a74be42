"""Findings: what a check says of one subject, with the evidence it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from launchbook.model.fact import LEVELS, Evidence, Level
from launchbook.model.records import record

Status = Literal["PASS", "FAIL", "UNKNOWN", "NOT_APPLICABLE", "WAIVED"]
Severity = Literal["critical", "high", "medium", "low"]


@record(kw_only=True)
class Finding:
    """One check's verdict on one subject.

    ``subject`` is the fact's id, or the kind that a presence check looked for. ``evidence`` shows each end
    that the verdict rests on; an UNKNOWN has none of its own but says in ``why`` what was not read and in ``settle``
    which command or permission would settle it.
    """

    check: str
    status: Status
    severity: Severity
    subject: str
    why: str
    evidence: tuple[Evidence, ...] = ()
    fix: str = ""
    settle: str = ""

    @property
    def level(self) -> Level | None:
        """The weakest level among the evidence; None when there is none."""
        found = [evidence.level for evidence in self.evidence]
        return min(found, key=LEVELS.index) if found else None


@record(slots=True)
class Verdict:
    """What a check's body answers: whether the subject holds, why, and the evidence for it."""

    holds: bool
    why: str
    at: tuple[Evidence, ...]


def verdict(holds: bool, why: str = "", *, at: Sequence[Evidence]) -> Verdict:
    """PASS or FAIL for one subject. Raises ValueError without evidence: nothing is said without it."""
    if not at:
        raise ValueError("a verdict needs evidence")
    return Verdict(holds, why, tuple(at))
