"""``launchbook discover`` as a person and a program meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from launchbook.cli.discover import command
from launchbook.errors import UsageError
from tests.unit.expected import reline

HUNTAZE = str(reline.REPOSITORY / "examples/huntaze")


def run(*arguments: str) -> tuple[str, str]:
    done = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout, done.stderr


def test_the_first_screen_says_what_deploys_where_and_what_differs() -> None:
    text, err = run(HUNTAZE)
    first = "\n".join(text.splitlines()[:24])
    for word in (
        "CloudFormation",
        "Terraform",
        "Amplify",
        "us-east-2",
        "production, staging",
        "contradictions",
    ):
        assert word in first
    assert err.strip().splitlines()[-1].startswith("next: launchbook audit ")


def test_json_has_the_documented_keys_and_nothing_else_on_stdout() -> None:
    text, _ = run(HUNTAZE, "--json")
    document = json.loads(text)
    assert {"root", "facts", "relations", "endpoints", "contradictions", "gaps", "skipped"} <= set(document)
    fact = document["facts"][0]
    assert {"type", "id", "name", "where", "origin", "attributes"} <= set(fact)
    assert {"file", "line"} <= set(fact["where"])
    for end in (end for one in document["contradictions"] for end in one["ends"]):
        assert set(end) == {"file", "line", "value"}


def test_ids_are_unique() -> None:
    text, _ = run(HUNTAZE, "--json")
    ids = [fact["id"] for fact in json.loads(text)["facts"]]
    assert sorted({one for one in ids if ids.count(one) > 1}) == []


def test_every_relation_leads_to_a_fact_or_says_that_it_does_not() -> None:
    text, _ = run(HUNTAZE, "--json")
    document = json.loads(text)
    ids = {fact["id"] for fact in document["facts"]}
    wrong = [one for one in document["relations"] if one["resolved"] and one["to"] not in ids]
    assert [one for one in wrong if one["kind"] not in ("overlay", "cdk-app", "cdk-output")] == []


def test_groups_are_cut_and_all_shows_the_rest() -> None:
    short, long = run(HUNTAZE)[0], run(HUNTAZE, "--all")[0]
    assert "more: --all shows them" in short
    assert "more: --all shows them" not in long
    assert len(long) > len(short)


def test_a_page_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    out, err = run(HUNTAZE, "--html", str(page))
    assert out == ""
    assert "written:" in err
    assert "<svg" in page.read_text("utf-8")


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    assert "nothing here deploys to AWS" in run(str(tmp_path))[0]


def test_a_path_that_is_none_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        run("/no/such/folder")


def test_an_environment_that_no_file_knows_is_said_with_those_that_exist() -> None:
    told = "no file here is about the environment nosuch: they name "
    assert told in run(HUNTAZE, "--env", "nosuch")[1]
    assert "production, staging" in run(HUNTAZE, "--env", "nosuch")[1]
    assert told not in run(HUNTAZE, "--env", "prod")[1]
