"""A root of ``launchbook.toml`` is judged with the variables that it is given there, and so as it is applied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from launchbook.audit import Question, audit
from launchbook.model import Fact
from launchbook.repo import Discovery, discover
from tests.unit.repo.test_aws_v3 import ROOT

PLATFORM = (ROOT / "launchbook.toml").read_text("utf-8")
STACK = 'path = "infra/aws-v3/stack"\n'
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0"
READY = f'variables = {{ posture = "ready", certificate_arn = "{CERTIFICATE}", alarm_email = "ops@orders.example" }}\n'


def platform(folder: Path, text: str) -> Path:
    """A repository of the order platform with a ``launchbook.toml`` of its own."""
    shutil.copytree(
        ROOT / "infra/aws-v3", folder / "infra/aws-v3", ignore=shutil.ignore_patterns(".terraform*")
    )
    (folder / "launchbook.toml").write_text(text)
    return folder


def database(found: Discovery) -> Fact:
    [one] = found.facts.seen("aws_db_instance")
    return one


def variable(found: Discovery, name: str) -> Fact:
    [one] = [
        one for one in found.facts.seen("parameter") if one.id.endswith(f"stack/variables.tf#var.{name}")
    ]
    return one


def test_each_posture_is_read_as_it_is_given(tmp_path: Path) -> None:
    cheap = discover(platform(tmp_path / "cheap", PLATFORM))
    ready = discover(platform(tmp_path / "ready", PLATFORM.replace(STACK, STACK + READY)))
    assert [database(one).get("multi_az") for one in (cheap, ready)] == [False, True]
    assert [variable(one, "posture").get("value") for one in (cheap, ready)] == ["cheap", "ready"]


def test_the_value_is_shown_at_its_line_of_the_file(tmp_path: Path) -> None:
    text = PLATFORM.replace(STACK, STACK + READY)
    found = discover(platform(tmp_path, text))
    line = text.splitlines().index(READY.strip()) + 1
    assert variable(found, "posture").source("value") == f"launchbook.toml:{line}"
    assert variable(found, "region").source("value") == "launchbook.toml:5"


@pytest.mark.parametrize(
    "given",
    [
        '[platform.root.variables]\nposture = "ready"\n',
        'variables.posture = "ready"\n',
        'variables = { posture = "cheap" }\naws = { posture = "ready" }\n',
    ],
    ids=["table", "dotted", "over the common ones"],
)
def test_however_it_is_written(given: str, tmp_path: Path) -> None:
    above, _, below = PLATFORM.partition(STACK)
    own, _, others = below.partition("\n\n")
    text = f"{above}{STACK}{own}\n{given}\n{others}"
    found = discover(platform(tmp_path, text))
    assert variable(found, "posture").get("value") == "ready"
    line = int(variable(found, "posture").source("value").partition(":")[2])
    assert 'posture = "ready"' in text.splitlines()[line - 1]


def test_what_is_for_the_embedded_aws_alone_is_not_taken(tmp_path: Path) -> None:
    found = discover(platform(tmp_path, PLATFORM.replace(STACK, STACK + 'local = { posture = "ready" }\n')))
    assert variable(found, "posture").get("value") == "cheap"


def test_a_file_that_does_not_parse_is_a_gap_and_the_defaults_stand(tmp_path: Path) -> None:
    found = discover(platform(tmp_path, "[platform\n"))
    assert {gap.where.file for gap in found.facts.gaps} == {"launchbook.toml"}
    assert database(found).get("multi_az") is False


def test_the_audit_judges_the_posture_that_an_apply_makes(tmp_path: Path) -> None:
    def failing(text: str, name: str) -> set[str]:
        folder = platform(tmp_path / name, text)
        report = audit(Question(path=folder)).report
        return {one.check for one in report.findings if one.status == "FAIL"}

    cheap = failing(PLATFORM, "cheap")
    ready = failing(PLATFORM.replace(STACK, STACK + READY), "ready")
    assert {"rds-multi-az", "task-public-ip"} <= cheap
    assert not {"rds-multi-az", "task-public-ip"} & ready
