"""``launchbook explain``: each check says why, how it judges and how to fix it; a wrong name leads to the right one."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from launchbook.checks import checks
from launchbook.cli.explain import command
from launchbook.errors import UsageError


def said(*arguments: str) -> str:
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


@pytest.mark.parametrize("check", sorted(checks()))
def test_a_check_is_explained(check: str) -> None:
    text = said(check)
    one = checks()[check]
    assert text.startswith(f"{check} ({one.severity})\n{one.title}.")
    for word in ("why      ", "judged   ", "rests on ", "asked by ", "fix      "):
        (line,) = [line for line in text.splitlines() if line.startswith(word)][:1]
        assert len(line) > len(word) + 4
    assert one.fix in text
    assert "None" not in text.replace("None of", "")


def test_without_a_name_all_are_listed() -> None:
    assert [line.split()[0] for line in said().splitlines() if not line.startswith("next")] == sorted(
        checks()
    )


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("rds-multiaz", "rds-multi-az"),
        ("RDS-MULTI-AZ", "rds-multi-az"),
        ("multi_az", "rds-multi-az"),
        ("dead letter", "alarm-dead-letters"),
        ("bounce", "ses-bounce-alarm"),
    ],
)
def test_a_wrong_name_leads_to_the_right_one(asked: str, wanted: str) -> None:
    with pytest.raises(UsageError) as wrong:
        CliRunner().invoke(command, [asked], standalone_mode=False, catch_exceptions=False)
    assert wanted in wrong.value.why
    assert wrong.value.hint.startswith("launchbook explain ")


@pytest.mark.parametrize("asked", ["zzzz", "", "-", "\x1b[31m"])
def test_a_name_like_none_says_how_to_list_them(asked: str) -> None:
    with pytest.raises(UsageError) as wrong:
        CliRunner().invoke(command, ["--", asked], standalone_mode=False, catch_exceptions=False)
    assert wrong.value.hint == "launchbook explain   (lists them all)"
    assert "\x1b" not in str(wrong.value)
