"""Checklists name checks that exist, every check is asked for by one, and a user's own is read like a built-in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchbook.checklist import built_in, load
from launchbook.checks import checks
from launchbook.errors import UsageError

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
