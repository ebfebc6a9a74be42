"""The release workflow is held to what discovery and the audit's checks say of it, and to the commands there are."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import botocore.session
import click
import pytest
import yaml

from launchbook.check import evaluate
from launchbook.checklist import load
from launchbook.checks import checks
from launchbook.collect import collectors
from launchbook.collect.actions import iam_actions
from launchbook.model import Facts, kinds
from launchbook.repo import discover

ROOT = Path(__file__).parents[3]
FILE = ".github/workflows/deploy.yml"
WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / FILE).read_text("utf-8"))
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["deploy"]["steps"]
RUN = "\n".join(step.get("run", "") for step in STEPS)


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """What discovery says of the workflow and the stack that it deploys."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(ROOT / ".github", folder / ".github")
    shutil.copytree(ROOT / "infra", folder / "infra")
    values = folder / "infra/aws-v3/stack/terraform.tfvars"
    values.write_text('github_repository = "owner/name"\n', encoding="utf-8")
    return discover(folder).facts


def test_it_runs_on_push_to_main_one_at_a_time_and_never_in_the_middle_of_another() -> None:
    assert WORKFLOW[True] == {"push": {"branches": ["main"]}}  # YAML reads `on` as a truth value
    assert WORKFLOW["concurrency"] == {"group": "deploy", "cancel-in-progress": False}


def test_discovery_sees_a_role_by_oidc_and_the_commit_as_tag(facts: Facts) -> None:
    (workflow,) = facts.seen("github_workflow")
    assert workflow.get("authentication") == "oidc"
    assert workflow.get("branches") == ["main"]
    assert workflow.get("tags") == ["${{ github.sha }}"]
    assert WORKFLOW["permissions"] == {"id-token": "write", "contents": "read"}


def test_the_audits_own_check_of_ci_passes(facts: Facts) -> None:
    (finding,) = evaluate([checks()["workflow-uses-oidc"]], facts, today=date(2026, 6, 1))
    assert finding.status == "PASS", finding.why


def test_its_role_trusts_one_repository_and_branch(facts: Facts) -> None:
    findings = evaluate([checks()["oidc-trust-narrow"]], facts, today=date(2026, 6, 1))
    assert findings
    assert [one.why for one in findings if one.status == "FAIL"] == []
    text = (ROOT / "infra/aws-v3/stack/deploy.tf").read_text("utf-8")
    assert '"repo:${var.github_repository}:ref:refs/heads/${var.github_branch}"' in text


def test_no_job_names_an_environment() -> None:
    # GitHub names the environment instead of the branch when a job has one: the role could not be taken.
    assert all("environment" not in job for job in WORKFLOW["jobs"].values())


def test_the_image_is_built_once_and_pushed_under_the_commit_to_every_repository() -> None:
    assert len(re.findall(r"docker build ", RUN)) == 1
    pushed = re.findall(r"docker push \$REGISTRY/\$(\w+):(\S+.*)", RUN)
    assert [(name, tag.strip()) for name, tag in pushed] == [
        ("API", "${{ github.sha }}"), ("WORKER", "${{ github.sha }}"),
    ]  # fmt: skip
    named = re.findall(
        r'name\s+= "\$\{var\.name_prefix\}/', (ROOT / "infra/aws-v3/stack/registry.tf").read_text()
    )
    assert named, "the repositories are called after the prefix"
    assert {WORKFLOW["env"]["API"], WORKFLOW["env"]["WORKER"]} == {
        "order-platform/api",
        "order-platform/worker",
    }


def commands() -> list[list[str]]:
    """The arguments of each launchbook line, in order."""
    joined = RUN.replace("\\\n", " ").replace("${{ github.sha }}", "0" * 40)
    return [
        shlex.split(line)[1:]
        for line in joined.splitlines()
        if line.strip().startswith(".venv/bin/launchbook")
    ]


def test_release_verify_and_validate_are_its_gate_in_this_order() -> None:
    assert [one[0] for one in commands()] == ["release", "verify", "validate"]
    assert all("continue-on-error" not in step for step in STEPS)


@pytest.mark.parametrize("line", commands(), ids=lambda line: line[0])
def test_each_command_exists_with_its_options(
    line: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
    command: click.Command = import_module(f"launchbook.cli.{line[0]}").command
    arguments = [os.path.expandvars(one) for one in line[1:]]
    command.make_context(line[0], arguments)  # raises UsageError for an option that there is not


def test_what_is_kept_of_a_run_is_its_evidence_and_not_the_stacks_outputs() -> None:
    written = {
        Path(word).name for line in commands() for word in line if word.endswith(".json") and "=" not in word
    }
    (kept,) = [step["with"]["path"] for step in STEPS if "upload-artifact" in step.get("uses", "")]
    assert {Path(line.strip()).name for line in kept.splitlines()} == written
    assert len(written) == len(commands())


def test_its_role_may_ask_and_do_whatever_the_commands_ask_and_do() -> None:
    text = (ROOT / "infra/aws-v3/stack/deploy.tf").read_text("utf-8")
    granted = set(re.findall(r'"([a-z0-9]+:[A-Z]\w+)"', text))
    judged = {
        kind for line in load("platform").lines for name in line.checks for kind in kinds(checks()[name].of)
    }
    # What may send to a queue or read from it: without them nobody knows what a dead-letter queue is of.
    judged |= {"aws_cloudwatch_event_target", "aws_lambda_event_source_mapping", "aws_lambda_function"}
    judged |= {"aws_scheduler_schedule"}
    calls = {
        (call.service, call.operation)
        for one in collectors().values()
        if one.kind in judged
        for call in one.calls
    }
    own = set(called_in(ROOT / "src/launchbook/lifecycle"))
    assert ("ecr", "PutImage") in own
    wanted = {action for call in calls | own for action in iam_actions(*call)} | {
        "ecs:RunTask",
        "iam:PassRole",
    }
    assert wanted <= granted, sorted(wanted - granted)


def called_in(folder: Path) -> Iterator[tuple[str, str]]:
    """What is asked of AWS and changed in it through asking.Aws: releasing, verifying and validating do it so."""
    session = botocore.session.Session()
    for path in folder.glob("*.py"):
        for service, method in re.findall(
            r'aws\.(?:read|change)\(\s*"([\w-]+)",\s*"(\w+)"', path.read_text("utf-8")
        ):
            names = session.get_service_model(service).operation_names
            yield service, next(name for name in names if botocore.xform_name(name) == method)


def test_actions_are_pinned() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", one) for one in used)
