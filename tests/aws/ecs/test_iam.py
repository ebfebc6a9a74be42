"""With IAM enforced, what a task may do is what its roles allow."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.aws.conftest import Clients, client_factory
from tests.aws.ecs.conftest import REGION, Fleet
from tests.support.embedded import embedded as embedded_aws

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
#: Asks for the queues it may see and says how that went.
ASKING = """
import boto3
try:
    print(boto3.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"])
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.fixture(scope="module")
def enforced() -> Iterator[Clients]:
    with embedded_aws(enforce_iam=True) as started:
        yield client_factory(started.endpoint)


def role(aws: Clients, name: str, **allowed: str) -> str:
    """A role for tasks that may do each action on its resource."""
    iam = aws("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    if allowed:
        statements = [
            {"Effect": "Allow", "Action": action.replace("_", ":"), "Resource": resource}
            for action, resource in allowed.items()
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy)
    return str(made["Role"]["Arn"])


def test_a_task_starts_with_its_execution_roles_rights_alone(enforced: Clients, tmp_path: Path) -> None:
    fleet = Fleet(enforced, tmp_path)
    secret = enforced("secretsmanager", REGION).create_secret(Name="s", SecretString="v")["ARN"]
    image = fleet.image("1", "import os; print(len(os.environ['S']))")

    def task(arn: str) -> dict[str, Any]:
        made = fleet.define(
            image, port=None, secrets=[{"name": "S", "valueFrom": secret}], task={"executionRoleArn": arn}
        )
        return fleet.stopped(fleet.run(made))

    pulling = {"ecr_*": "*", "logs_*": "*"}
    for name, allowed, missing in (
        ("nothing", {}, "ecr:GetAuthorizationToken"),
        ("token", {"ecr_GetAuthorizationToken": "*"}, "ecr:BatchGetImage"),
        ("image", {"ecr_*": "*"}, "logs:CreateLogStream"),
        ("logs", pulling, "secretsmanager:GetSecretValue"),
    ):
        refused = task(role(enforced, name, **allowed))
        assert refused["stopCode"] == "TaskFailedToStart"
        assert "AccessDenied" in refused["stoppedReason"]
        assert missing in refused["stoppedReason"]
    allowed = task(role(enforced, "with", secretsmanager_GetSecretValue=secret, **pulling))
    assert allowed["containers"][0]["exitCode"] == 0


def test_a_task_may_do_what_its_task_role_allows(enforced: Clients, tmp_path: Path) -> None:
    fleet = Fleet(enforced, tmp_path)
    image = fleet.image("1", ASKING)

    def said(name: str, **allowed: str) -> list[str]:
        made = fleet.define(image, port=None, task={"taskRoleArn": role(enforced, name, **allowed)})
        arn = fleet.run(made)
        fleet.stopped(arn)
        return fleet.lines(arn)

    assert "AccessDenied" in said("nobody")[0]
    assert said("reader", sqs_ListQueues="*") == ["200"]
