"""The order platform's own Terraform, judged from its plan: what each posture costs in readiness, and no dead net."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from launchbook.cli.audit import command as audit
from launchbook.lifecycle.destroyable import obstacles
from launchbook.local.instance import Instance
from tests.aws.stacks.cycle import environment
from tests.support.terraform import Terraform, available

INFRA = Path(__file__).parents[3] / "infra/aws-v3"
REGION = "eu-west-1"
CERTIFICATE = f"arn:aws:acm:{REGION}:123456789012:certificate/00000000-0000-4000-8000-000000000000"
GIVEN = {
    "cheap": {},
    "ready": {
        "posture": "ready",
        "certificate_arn": CERTIFICATE,
        "public_name": "orders.example.com",
        "alarm_email": "ops@example.com",
        "pager_url": "https://pager.example.com/alarms",
    },
}

pytestmark = pytest.mark.skipif(bool(available()), reason=available())


@pytest.fixture(scope="module")
def stack(embedded: Instance, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    folder = tmp_path_factory.mktemp("postures") / "stack"
    folder.mkdir()
    (folder / "here_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    return Terraform.of(INFRA / "stack", folder, environment(embedded, REGION))


@pytest.fixture(scope="module")
def plans(stack: Terraform) -> dict[str, Path]:
    """The plan of each posture, from nothing."""
    found = {}
    for posture, given in GIVEN.items():
        variables = [f"-var={name}={value}" for name, value in given.items()]
        stack.run("plan", "-input=false", "-out=all.tfplan", *variables)
        found[posture] = stack.directory / f"{posture}.json"
        found[posture].write_text(stack.run("show", "-json", "all.tfplan"), encoding="utf-8")
    return found


def failing(plan: Path, checklist: str) -> set[str]:
    """The checks that fail, of those that some resource is judged by."""
    assert len(json.loads(plan.read_text())["resource_changes"]) > 80
    said = CliRunner().invoke(audit, ["--plan", str(plan), "--checklist", checklist, "--json"])
    report: dict[str, Any] = json.loads(said.stdout)
    found = [one for line in report["requirements"] for one in line["findings"]]
    assert len([one for one in found if one["status"] == "PASS"]) > 10
    return {one["check"] for one in found if one["status"] == "FAIL"}


@pytest.mark.slow
@pytest.mark.parametrize("checklist", ["launch-readiness", "order-platform"])
def test_the_ready_posture_is_what_the_audit_calls_ok(plans: dict[str, Path], checklist: str) -> None:
    assert failing(plans["ready"], checklist) == set()


@pytest.mark.slow
def test_what_the_cheap_posture_costs(plans: dict[str, Path]) -> None:
    assert failing(plans["cheap"], "launch-readiness") == {
        "ecs-two-tasks", "http-only-redirects", "rds-backup-retention", "rds-multi-az", "task-public-ip",
        "topic-without-subscription",
    }  # fmt: skip
    assert failing(plans["cheap"], "order-platform") == set()


@pytest.mark.slow
@pytest.mark.parametrize("posture", list(GIVEN))
def test_each_posture_can_be_destroyed_again(plans: dict[str, Path], posture: str) -> None:
    stand = obstacles({"stack": json.loads(plans[posture].read_text("utf-8"))}, REGION, ())
    assert [(one.address, one.what) for one in stand if one.effect != "handled"] == []


@pytest.mark.slow
def test_no_apply_waits_for_a_pager_that_may_be_down(plans: dict[str, Path]) -> None:
    changes = json.loads(plans["ready"].read_text("utf-8"))["resource_changes"]
    readers = [one["change"]["after"] for one in changes if one["type"] == "aws_sns_topic_subscription"]
    waits = {one["protocol"]: one["endpoint_auto_confirms"] for one in readers}
    assert waits == {"https": False, "email": False}


def test_it_is_formatted_and_valid(stack: Terraform, tmp_path: Path) -> None:
    terraform = shutil.which("terraform")
    assert terraform
    said = subprocess.run(
        [terraform, "fmt", "-check", "-recursive", str(INFRA)], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout
    stack.run("validate")
    Terraform.of(INFRA / "bootstrap", tmp_path, stack.environment).run("validate")
