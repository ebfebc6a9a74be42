"""The printed commands and the printed policy say what the live reads do."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from launchbook.cli.commands import command
from launchbook.collect import collectors
from launchbook.collect.actions import iam_actions
from launchbook.collect.commands import script
from launchbook.collect.policy import LIMIT, actions, policy
from launchbook.errors import UsageError

ALL = list(collectors().values())
ACCOUNT = "123456789012"


def test_the_script_is_valid_and_only_reads(tmp_path: object) -> None:
    text = script(ALL, ["eu-west-1"])
    assert subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True).stderr == ""
    commands = re.findall(r"(?:ask \w+|\$\{AWS:-aws\}) [\w-]+ ([\w-]+)", text)
    assert len(commands) > 60
    assert {name.split("-")[0] for name in commands} <= {"list", "get", "describe"}


def test_every_call_of_every_collector_is_in_the_script() -> None:
    text = script(ALL, ["eu-west-1"])
    for one in ALL:
        assert text.count(f"ask {one.name} ") == len(one.calls), one.name


def test_every_answer_is_cut_by_a_query() -> None:
    for line in script(ALL, ["eu-west-1"]).splitlines():
        if line.lstrip().startswith("ask ") and "get-caller-identity" not in line:
            assert "--query" in line, line


def test_the_policy_holds_exactly_the_actions_of_the_declared_calls() -> None:
    expected = {
        action for one in ALL for call in one.calls for action in iam_actions(call.service, call.operation)
    }
    assert set(actions(ALL)) == expected
    (statement,) = policy(ALL)["Statement"]  # type: ignore[misc]
    assert statement["Action"] == sorted(expected)
    assert "*" not in "".join(statement["Action"])
    assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z]\w+", action) for action in expected)


def test_the_policy_fits_a_managed_policy() -> None:
    import json

    assert len(json.dumps(policy(ALL), separators=(",", ":"))) < LIMIT


def run_with(answers: str, folder: object, **environment: str) -> str:
    """All that the script wrote with a program in the place of the AWS CLI that prints ``answers``, and an account's
    id where it is asked for words."""
    from pathlib import Path

    home = Path(str(folder))
    (home / "aws").write_text(
        f"#!/bin/sh\ncase $* in *'--output text') echo {ACCOUNT}; exit;; esac\ncat <<'END'\n{answers}\nEND\n"
    )
    (home / "aws").chmod(0o755)
    subprocess.run(
        ["bash", "-s", str(home / "out")],
        input=script(ALL, ["eu-west-1"]),
        text=True,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "AWS": str(home / "aws"), **environment},
    )
    return "".join(path.read_text("utf-8") for path in sorted((home / "out").glob("*.txt")))


ANSWER = '{"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:role/a", "storedBytes": 123456789012, "x": 1}'


def test_account_ids_leave_as_pseudonyms_that_still_join(tmp_path: object) -> None:
    text = run_with(ANSWER, tmp_path)
    assert "::123456789012:" not in text
    (account,) = set(re.findall(r'"Account": "(\d{12})"', text))
    assert set(re.findall(r"iam::(\d{12}):role", text)) == {account}
    assert '"storedBytes": 123456789012' in text, "a number that only looks like an id stays"
    (tmp_path / "again").mkdir()  # type: ignore[attr-defined]
    assert account in run_with(ANSWER, tmp_path / "again"), "the same one each time"  # type: ignore[operator]


def test_no_command_that_was_run_names_the_account(tmp_path: object) -> None:
    text = run_with(ANSWER, tmp_path)
    ids = set(re.findall(r"--account-id (\d{12}) ", text))
    assert ids
    assert ids == set(re.findall(r'"Account": "(\d{12})"', text))


def test_whoever_runs_it_may_keep_the_ids(tmp_path: object) -> None:
    assert "::123456789012:" in run_with(ANSWER, tmp_path, ACCOUNT_IDS="keep")


def regions_in(*words: str) -> list[str]:
    said = CliRunner().invoke(command, list(words))
    assert said.exit_code == 0, said.exception
    (named,) = re.findall(r'^regions="\$\{REGIONS:-(.*)\}"$', said.stdout, re.M)
    return str(named).split()


def test_the_regions_of_a_script_are_those_of_the_repository_and_its_settings(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('provider "aws" {\n  region = "eu-central-1"\n}\n')
    (tmp_path / "launchbook.toml").write_text('[audit]\nregions = ["eu-north-1"]\n')
    assert regions_in(str(tmp_path)) == ["eu-north-1", "eu-central-1"]
    assert regions_in(str(tmp_path), "--region", "us-east-1")[0] == "us-east-1"
    assert regions_in("--region", "us-east-1") == ["us-east-1"]


@pytest.mark.parametrize(
    "words",
    [["--region", "mars-1"], ["--new-region", "$(id)-1"], ["no-such-folder"]],
    ids=lambda words: words[-1],
)
def test_a_script_for_what_is_not_there_is_refused(words: list[str]) -> None:
    refused = CliRunner().invoke(command, words).exception
    assert isinstance(refused, UsageError)
    assert refused.hint
