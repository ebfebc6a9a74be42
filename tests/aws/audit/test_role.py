"""An audit in a role that its caller may take: what the role may read, whatever the caller may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from launchbook.cli.audit import command
from launchbook.collect import Call, Reader, Target, collectors
from launchbook.collect.policy import policy
from launchbook.collect.role import SESSION_NAME
from launchbook.errors import LaunchbookError, UnreadableInput, UsageError, WriteRefused
from launchbook.local import control
from tests.aws.conftest import client_factory
from tests.support.embedded import embedded as embedded_aws

ROLE = "arn:aws:iam::123456789012:role/auditor"
REGION = "eu-west-1"
EXTERNAL_ID = "shop-7"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture(scope="module")
def account() -> Iterator[tuple[Any, dict[str, str]]]:
    """An account that enforces policies: a role that may read, and a user who may take it and nothing else."""
    with embedded_aws(enforce_iam=True) as started:
        root = client_factory(started.endpoint)
        iam = root("iam")
        user = iam.create_user(UserName="caller")["User"]["Arn"]
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": user},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
        }
        iam.create_role(RoleName="auditor", AssumeRolePolicyDocument=document(trust))
        reads = json.dumps(policy(collectors().values()))
        iam.put_role_policy(RoleName="auditor", PolicyName="reads", PolicyDocument=reads)
        take = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}
        iam.put_user_policy(UserName="caller", PolicyName="take", PolicyDocument=document(take))
        root("sqs").create_queue(QueueName="jobs")
        key = iam.create_access_key(UserName="caller")["AccessKey"]
        yield (
            started,
            {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]},
        )


@pytest.fixture(autouse=True)
def _caller(account: tuple[Any, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name, value in account[1].items():
        monkeypatch.setenv(name, value)


def run(account: tuple[Any, dict[str, str]], *words: str) -> Any:
    return CliRunner().invoke(command, ["--endpoint-url", account[0].endpoint, "--region", REGION, *words])


def test_the_role_reads_and_the_report_says_so_first(account: tuple[Any, dict[str, str]]) -> None:
    said = run(account, "--role", ROLE, "--external-id", EXTERNAL_ID)
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    first = "\n".join(said.stdout.splitlines()[:5])
    assert f"123456789012 as arn:aws:sts::123456789012:assumed-role/auditor/{SESSION_NAME}" in first
    assert "reads failed" not in first
    assert "dead-letter-queue" in said.stdout, "what is there was read"


def test_the_caller_s_own_credentials_read_nothing(account: tuple[Any, dict[str, str]]) -> None:
    first = run(account).stdout.splitlines()
    assert "reads failed" in first[0]
    assert "user/caller" in "\n".join(first[:5])


def test_a_role_in_the_settings_is_taken(account: tuple[Any, dict[str, str]], tmp_path: Path) -> None:
    told = f'[audit]\nrole = "{ROLE}"\nexternal_id = "{EXTERNAL_ID}"\n'
    (tmp_path / "launchbook.toml").write_text(told)
    said = run(account, str(tmp_path))
    assert f"assumed-role/auditor/{SESSION_NAME}" in said.stdout


def test_a_role_that_may_not_be_taken_is_said_with_what_would_let_it(
    account: tuple[Any, dict[str, str]],
) -> None:
    refused = run(account, "--role", ROLE).exception
    assert isinstance(refused, UnreadableInput)
    assert "AccessDenied" in str(refused)
    assert refused.hint.startswith(f"allow sts:AssumeRole on {ROLE}")


def test_taking_a_role_is_all_that_is_asked_besides_the_reads(account: tuple[Any, dict[str, str]]) -> None:
    before = len(control.ask(account[0], "requests"))
    run(account, "--role", ROLE, "--external-id", EXTERNAL_ID)
    log = control.ask(account[0], "requests")[before:]
    asked = [one["operation"] for one in log]
    assert asked.count("AssumeRole") == 1
    reads = {call.operation for one in collectors().values() for call in one.calls}
    assert {one for one in asked if not one.startswith(("Get", "List", "Describe"))} == {"AssumeRole"}
    assert set(asked) - {"AssumeRole"} <= reads


def test_nobody_reads_what_signing_in_is_answered(account: tuple[Any, dict[str, str]]) -> None:
    reader = Reader(Target(endpoint=account[0].endpoint), collectors().values())
    with pytest.raises(WriteRefused, match="sts:AssumeRole"):
        next(reader.read(Call("sts", "AssumeRole"), REGION, {"RoleArn": ROLE, "RoleSessionName": "x"}))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--role", "auditor"], "auditor is no role: a role is named by its ARN"),
        (["--external-id", "shop-7"], "an external id is for a role: none is to be taken"),
        (["--role", ROLE, "--external-id", "no spaces"], "that is no external id"),
        (["--role", ROLE, "--account", "210987654321"], "that role is of account 123456789012"),
    ],
)
def test_what_is_no_role_is_refused_before_anything_is_asked(
    account: tuple[Any, dict[str, str]], words: list[str], said: str
) -> None:
    before = len(control.ask(account[0], "requests"))
    refused = run(account, *words).exception
    assert isinstance(refused, UsageError)
    assert isinstance(refused, LaunchbookError)
    assert str(refused).startswith(said)
    assert refused.hint
    assert len(control.ask(account[0], "requests")) == before
