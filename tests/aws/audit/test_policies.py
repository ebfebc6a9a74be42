"""What roles may do, and who may take them, as an account answers it: botocore gives policies as data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from launchbook.check import evaluate
from launchbook.checks import checks
from launchbook.collect import Reader, Target, collect, collectors
from launchbook.collect.engine import Asked
from launchbook.collect.pasted import read_pasted
from launchbook.model import Facts
from tests.aws.audit.conftest import ask
from tests.aws.conftest import client_factory
from tests.support.embedded import embedded as embedded_aws
from tests.support.estate import Deployed

IAM = [collectors()[name] for name in ("roles", "role_policies", "policies")]
DOCUMENTS = {
    "aws_iam_role": "assume_role_policy",
    "aws_iam_role_policy": "policy",
    "aws_iam_policy": "policy",
}
GITHUB = "token.actions.githubusercontent.com"
EXPECTED = {
    ("role-may-do-everything", "all"): "FAIL",
    ("role-may-do-everything", "few"): "PASS",
    ("role-may-do-everything", "managed"): "FAIL",
    ("role-may-use-whole-service", "few"): "PASS",
    ("role-may-use-whole-service", "bucket"): "FAIL",
    ("oidc-trust-narrow", "one-branch"): "PASS",
    ("oidc-trust-narrow", "anybody"): "FAIL",
}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(*subjects: str) -> dict[str, Any]:
    audience = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}
    return {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": audience | ({"StringLike": {f"{GITHUB}:sub": list(subjects)}} if subjects else {}),
    }


TASKS = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
RIGHTS = {"all": ("*", "*"), "few": ("sqs:SendMessage", "arn:aws:sqs:*:*:jobs"), "bucket": ("s3:*", "*")}


@pytest.fixture(scope="module")
def iam() -> Iterator[tuple[str, Any]]:
    with embedded_aws() as started:
        made = client_factory(started.endpoint)("iam")
        for name, (action, resource) in RIGHTS.items():
            right = {"Effect": "Allow", "Action": action, "Resource": resource}
            made.create_role(RoleName=name, AssumeRolePolicyDocument=document(TASKS))
            made.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=document(right))
        everything = {"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}
        policy = made.create_policy(PolicyName="everything", PolicyDocument=document(everything))["Policy"]
        made.create_role(RoleName="managed", AssumeRolePolicyDocument=document(TASKS))
        made.attach_role_policy(RoleName="managed", PolicyArn=policy["Arn"])
        for name, subjects in {"one-branch": ("repo:acme/shop:ref:refs/heads/main",), "anybody": ()}.items():
            made.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust(*subjects)))
        yield started.endpoint, made


def statuses(facts: Facts) -> dict[tuple[str, str], str]:
    held = [checks()[name] for name in sorted({check for check, _ in EXPECTED})]
    found = evaluate(held, facts, today=date(2026, 1, 2))
    return {(one.check, one.subject.rpartition("/")[2]): one.status for one in found}


def unread(facts: Facts) -> list[str]:
    return [fact.id for fact in facts if not isinstance(fact.attributes[DOCUMENTS[fact.type]], dict)]


def test_the_policies_of_an_account_are_read_and_judged(iam: tuple[str, Any]) -> None:
    reader = Reader(Target(endpoint=iam[0], dummy=("test", "test")), IAM)
    facts = collect(reader, IAM, ["eu-west-1"], Asked("123456789012", "emulated", datetime.now(UTC)))
    assert {fact.type for fact in facts} == set(DOCUMENTS)
    assert unread(facts) == []
    assert statuses(facts).items() >= EXPECTED.items()


def test_the_policies_of_a_paste_are_read_and_judged(iam: tuple[str, Any]) -> None:
    facts = read_pasted({"iam.txt": "\n".join(_answers(iam[1]))}, IAM, datetime.now(UTC))
    assert {fact.type for fact in facts} == set(DOCUMENTS)
    assert unread(facts) == []
    assert statuses(facts).items() >= EXPECTED.items()


def _answers(iam: Any) -> Iterator[str]:
    """Each command as its user sees it: the AWS CLI gives what botocore gives."""
    roles, policies = iam.list_roles(), iam.list_policies(Scope="Local", OnlyAttached=True)
    yield _said("list-roles", roles)
    for name in (one["RoleName"] for one in roles["Roles"]):
        inline = iam.list_role_policies(RoleName=name)
        yield _said(f"list-role-policies --role-name {name}", inline)
        yield _said(
            f"list-attached-role-policies --role-name {name}", iam.list_attached_role_policies(RoleName=name)
        )
        for policy in inline["PolicyNames"]:
            flags = f"--role-name {name} --policy-name {policy}"
            answer = iam.get_role_policy(RoleName=name, PolicyName=policy)
            yield _said(f"get-role-policy {flags}", answer)
    yield _said("list-policies --scope Local --only-attached", policies)
    for one in policies["Policies"]:
        arn, version = one["Arn"], one["DefaultVersionId"]
        answer = iam.get_policy_version(PolicyArn=arn, VersionId=version)
        yield _said(f"get-policy-version --policy-arn {arn} --version-id {version}", answer)


def _said(command: str, answer: dict[str, Any]) -> str:
    answer.pop("ResponseMetadata")
    return f"$ aws iam {command}\n{json.dumps(answer, default=str)}\n"


def test_no_document_of_an_estate_is_left_out(ready: Deployed) -> None:
    facts = ask(ready, files=False).facts
    kept = Facts([fact for fact in facts if fact.type in DOCUMENTS])
    assert kept
    assert unread(kept) == []
