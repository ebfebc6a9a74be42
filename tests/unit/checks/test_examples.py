"""The examples: every planted gap is found at its line, the ready one fails nothing, each removal turns its line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from launchbook.check import evaluate
from launchbook.checklist import Checklist, load
from launchbook.checks import checks
from launchbook.model import Facts, Finding
from launchbook.repo import discover
from tests.rules.source import ROOT
from tests.unit.expected import removals

TODAY = date(2026, 6, 1)
GAPS = json.loads((ROOT / "tests/unit/expected/huntaze-gaps.json").read_text("utf-8"))["gaps"]


def findings_of(facts: Facts, checklist: Checklist) -> list[Finding]:
    known = checks()
    names = dict.fromkeys(name for line in checklist.lines for name in line.checks)
    return evaluate([known[name] for name in names], facts, today=TODAY)


def failing_lines(path: Path) -> set[str]:
    checklist = load("launch-readiness")
    failed = {one.check for one in findings_of(discover(path).facts, checklist) if one.status == "FAIL"}
    return {line.id for line in checklist.lines if failed & set(line.checks)}


@pytest.fixture(scope="module")
def found() -> tuple[Facts, list[Finding]]:
    facts = discover(ROOT / "examples/huntaze").facts
    return facts, findings_of(facts, load("launch-readiness"))


def of_line(findings: Sequence[Finding], line: str) -> list[Finding]:
    (wanted,) = [one for one in load("launch-readiness").lines if one.id == line]
    return [one for one in findings if one.check in wanted.checks]


@pytest.mark.parametrize("gap", GAPS, ids=lambda gap: gap["id"])
def test_every_planted_gap_is_found_at_its_line(
    gap: dict[str, Any], found: tuple[Facts, list[Finding]]
) -> None:
    _, findings = found
    own = of_line(findings, gap["requirement"])
    if gap["status"] == "NOK":
        at = f"{gap['file']}:{gap['line']}"
        failed = [one for one in own if one.status == "FAIL"]
        assert any(one.source == at for finding in failed for one in finding.evidence), at
    else:
        assert any(one.status in ("UNKNOWN", "FAIL") for one in own)


def test_the_ready_example_fails_nothing() -> None:
    facts = discover(ROOT / "examples/huntaze-ready").facts
    failed = [one for one in findings_of(facts, load("launch-readiness")) if one.status == "FAIL"]
    assert [(one.check, one.subject, one.why) for one in failed] == []


@pytest.mark.parametrize("removal", removals.load(), ids=lambda removal: removal["id"])
def test_a_removal_turns_its_line_and_no_other(removal: dict[str, Any], tmp_path: Path) -> None:
    copy = tmp_path / "ready"
    shutil.copytree(ROOT / "examples/huntaze-ready", copy)
    removals.apply(removal, copy)
    assert failing_lines(copy) == {removal["requirement"]}
