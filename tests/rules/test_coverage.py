"""The launch-readiness runbook is covered: each line has its answer, each check its line."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from launchbook.checklist import built_in, load
from launchbook.checks import checks
from launchbook.collect import collectors
from tests.rules.source import ROOT


def page() -> Any:
    spec = importlib.util.spec_from_file_location("coverage_page", ROOT / "docs/coverage_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGE = page()
ROWS = [row for section in PAGE.table()["section"] for row in section["rows"]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["line"])
def test_a_line_has_a_check_or_a_command_and_what_it_names_exists(row: dict[str, Any]) -> None:
    assert row.keys() <= {"line", "checks", "reads", "command", "note"}
    assert row.get("checks") or row.get("command"), "nothing answers this line"
    assert set(row.get("checks", ())) <= set(checks())
    declared = {f"{call.service}:{call.operation}" for one in collectors().values() for call in one.calls}
    assert set(row.get("reads", ())) <= declared
    assert not row.get("reads") or PAGE.facts_of(row)


def test_no_check_is_without_a_line_that_asks_for_it() -> None:
    asked = {check for row in ROWS for check in row.get("checks", ())}
    others = {
        check
        for name in built_in()
        if name != "launch-readiness"
        for line in load(name).lines
        for check in line.checks
    }
    assert set(checks()) - asked - others == set()
    wanted = {check for line in load("launch-readiness").lines for check in line.checks}
    assert wanted - asked == set(), "the checklist asks for more than the runbook and its safety nets"


def test_every_section_of_the_runbook_and_its_thirty_commands_are_there() -> None:
    titles = [section["title"] for section in PAGE.table()["section"]]
    assert {title[0] for title in titles if title[0].isdigit()} == {"1", "2", "3", "4", "5"}
    assert "Endpoints" in titles
    commands = [row["line"] for row in ROWS if row["line"].startswith("aws ")]
    assert len(commands) >= 26
