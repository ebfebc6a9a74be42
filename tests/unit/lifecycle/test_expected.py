"""What a platform's file names must be there: what is not can't be missed by a check of what is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from launchbook.errors import RunFailed
from launchbook.lifecycle.asking import Aws
from launchbook.lifecycle.door import includes
from launchbook.lifecycle.expected import backends, named, outputs_present
from launchbook.lifecycle.home import Home, write_json
from launchbook.lifecycle.platform import load_platform
from launchbook.lifecycle.run import Run
from launchbook.lifecycle.steps import Work
from launchbook.lifecycle.target import Target
from launchbook.model import Fact, Facts, Gap, Where, make_fact

TEXT = """
[platform]
name = "shop"
region = "eu-west-1"
[[platform.root]]
name = "base"
path = "."
[[platform.root]]
name = "stack"
path = "."
backend = "{base.hcl}"
[[platform.service]]
cluster = "{stack.cluster}"
name = "{stack.web}"
log_group = "/ecs/web"
"""
OUTPUTS = {
    "base": {"hcl": 'bucket = "states"\n  dynamodb_table = "locks"\nregion = "eu-west-1"\n'},
    "stack": {"cluster": "shop", "web": "shop-web", "password": "of nobody's concern"},
}


@pytest.fixture
def work(tmp_path: Path) -> Work:
    (tmp_path / "launchbook.toml").write_text(TEXT)
    (tmp_path / "main.tf").write_text("")
    platform, home = load_platform(tmp_path), Home.of(tmp_path)
    target = Target("local", "eu-west-1", "1", "local-1", endpoint="http://127.0.0.1:1")
    run = Run("r", "verify", tmp_path, "local", target.key, datetime.now(UTC))
    return Work(platform, target, run, home)


def applied(work: Work, outputs: dict[str, Any]) -> None:
    write_json(work.home.state(work.target.key) / "outputs.json", outputs)


def test_outputs_are_counted_and_their_values_never_shown(work: Work) -> None:
    applied(work, OUTPUTS)
    found = outputs_present(work, Aws(work.target))
    assert [(one.subject, one.status, one.why) for one in found] == [
        ("base", "PASS", "1 outputs"), ("stack", "PASS", "3 outputs"),
    ]  # fmt: skip
    assert "concern" not in repr(found)


@pytest.mark.parametrize(
    ("outputs", "why"),
    [
        ({**OUTPUTS, "stack": {"cluster": "shop"}}, "missing: web"),
        ({**OUTPUTS, "stack": {"cluster": "shop", "web": None}}, "missing: web"),
        ({"base": OUTPUTS["base"]}, "it has no output: was it applied?"),
    ],
)
def test_a_root_without_what_the_file_names_fails(work: Work, outputs: dict[str, Any], why: str) -> None:
    applied(work, outputs)
    (_, stack) = outputs_present(work, Aws(work.target))
    assert (stack.status, stack.why) == ("FAIL", why)


def test_the_backend_of_a_root_is_a_fact(work: Work) -> None:
    applied(work, OUTPUTS)
    (backend,) = backends(work, work.outputs())
    assert backend.type == "terraform_backend"
    assert dict(backend.attributes) == {"bucket": "states", "dynamodb_table": "locks"}


def test_a_backend_file_beside_a_root_stands_for_the_state_that_is_elsewhere(
    work: Work, tmp_path: Path
) -> None:
    applied(work, {"stack": OUTPUTS["stack"]})
    (base, _) = outputs_present(work, Aws(work.target))
    assert (base.status, base.why) == ("FAIL", "it has no output: was it applied?")
    with pytest.raises(RunFailed, match=r"names \{base.hcl\}"):
        backends(work, work.outputs())
    (tmp_path / "backend.hcl").write_text('bucket = "kept"\n')
    found = outputs_present(work, Aws(work.target))
    assert [(one.subject, one.status) for one in found] == [("base", "PASS"), ("stack", "PASS")]
    assert (
        found[0].why == "its state is not here, and backend.hcl beside stack says all that is taken from it"
    )
    (backend,) = backends(work, work.outputs())
    assert dict(backend.attributes) == {"bucket": "kept"}


def seen(kind: str, name: str, **attributes: Any) -> Fact:
    where = Where(account="1", region="eu-west-1")
    return make_fact(kind, id=name, name=name, where=where, level="emulated", attributes=attributes)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (Facts([seen("aws_ecs_service", "shop-web", status="ACTIVE")], complete=["aws_ecs_service"]), "PASS"),
        (
            Facts([seen("aws_ecs_service", "shop-web", status="INACTIVE")], complete=["aws_ecs_service"]),
            "FAIL",
        ),
        (
            Facts(
                [seen("aws_ecs_service", "shop-web", status="ACTIVE", desired_count=0)],
                complete=["aws_ecs_service"],
            ),
            "FAIL",
        ),
        (Facts([seen("aws_ecs_service", "shop-job")], complete=["aws_ecs_service"]), "FAIL"),
        (Facts(complete=["aws_ecs_service"]), "FAIL"),
        (Facts(), "UNKNOWN"),
        (
            Facts(
                gaps=[
                    Gap(
                        where=Where(account="1"),
                        what="AccessDenied",
                        hint="allow it",
                        hides=("aws_ecs_service",),
                    )
                ],
                complete=["aws_ecs_service"],
            ),
            "UNKNOWN",
        ),
    ],
)
def test_a_service_that_the_file_names_must_be_there(work: Work, facts: Facts, status: str) -> None:
    applied(work, OUTPUTS)
    (finding,) = named("services", work, facts, work.outputs())
    assert (finding.subject, finding.status) == ("shop-web", status)


@pytest.mark.parametrize(
    ("answer", "expected", "holds"),
    [
        ({"status": "UP", "more": 1}, {"status": "UP"}, True),
        ({"status": "DOWN"}, {"status": "UP"}, False),
        ({}, {"status": "UP"}, False),
        ("UP", {"status": "UP"}, False),
        ({"a": {"b": 1.0, "c": 2}}, {"a": {"b": 1}}, True),
        ({"a": True}, {"a": 1}, False),
        ({"a": 1}, {"a": True}, False),
        ([1, 2], [1, 2], True),
        (None, {}, False),
    ],
)
def test_an_answer_says_all_that_is_expected(answer: object, expected: object, holds: bool) -> None:
    assert includes(answer, expected) is holds
