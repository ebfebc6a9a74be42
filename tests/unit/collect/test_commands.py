"""The printed commands and the printed policy say what the live reads do."""

from __future__ import annotations

import re
import subprocess

from launchbook.collect import collectors
from launchbook.collect.actions import iam_actions
from launchbook.collect.commands import script
from launchbook.collect.policy import LIMIT, actions, policy

ALL = list(collectors().values())


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
