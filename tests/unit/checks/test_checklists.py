"""Checklists name checks that exist, every check is asked for by one, and a user's own is read like a built-in one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from launchbook.checklist import built_in, load
from launchbook.checks import checks
from launchbook.collect import collectors
from launchbook.collect.policy import actions
from launchbook.errors import UsageError
from tests.rules.source import sources

CHECKS = checks()


@pytest.mark.parametrize("name", built_in())
def test_a_checklist_names_checks_that_exist(name: str) -> None:
    for line in load(name).lines:
        assert set(line.checks) <= set(CHECKS), line.id
        assert len(line.checks) == len(set(line.checks)), line.id


def test_every_check_is_asked_for() -> None:
    asked = {check for name in built_in() for line in load(name).lines for check in line.checks}
    assert set(CHECKS) == asked


def test_launch_readiness_has_the_lines_of_the_runbook() -> None:
    lines = load("launch-readiness").lines
    assert [line.id for line in lines] == [
        *("iam", "backups", "recovery", "multi-az", "failover", "patching", "network", "load-test", "mail"),
        *("monitoring", "repository-secrets"),
    ]
    assert [line.titles["fr"].split()[0] for line in lines] == [
        *("IAM", "Backups", "Recovery", "Multi-AZ", "Failover", "Patching", "Security", "Perf", "SES:"),
        *("Monitoring/alerting", "Secrets/state"),
    ]


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_says_why_and_what_to_do(name: str) -> None:
    one = CHECKS[name]
    assert (one.body.__doc__ or "").strip().endswith(".")
    assert not one.title.endswith(".")
    assert one.fix.endswith(".")
    assert name == name.lower().replace("_", "-")


def test_a_checklist_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('[[line]]\nid = "a"\ntitle = "A"\nwhy = "B."\nchecks = ["log-retention"]\n')
    assert load(str(path)).lines[0].checks == ("log-retention",)


def test_an_unknown_checklist_is_a_clear_error() -> None:
    with pytest.raises(UsageError, match="there is no checklist nothing"):
        load("nothing")


def test_a_permission_that_a_check_asks_for_is_one_that_an_audit_reads_with() -> None:
    """Another one would settle nothing, and the printed policy does not have it."""
    asked = {
        (source.name, text.value)
        for source in sources("src/launchbook/checks")
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in ("NotKnown", "of_account")
        for text in ast.walk(call)
        if isinstance(text, ast.Constant) and re.fullmatch(r"[\w-]+:[A-Z]\w+", str(text.value))
    }
    assert len(asked) > 15
    assert [one for one in sorted(asked) if one[1] not in actions(collectors().values())] == []
