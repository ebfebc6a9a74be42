"""The release workflow's commands, as the role that it takes, from a checkout that knows nothing of the platform."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.client import Config
from botocore.exceptions import ClientError

from launchbook.local.plane import ACCOUNT
from tests.e2e.conftest import GITHUB
from tests.support.tool import Tool, copied

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
REGION = "eu-west-1"
RELEASED = "3" * 40
MAIN = f"repo:{GITHUB}:ref:refs/heads/main"


def keys(stack: Tool, subject: str) -> Mapping[str, str]:
    """What GitHub's token of a run about ``subject`` is exchanged for. Raises ClientError."""
    claims = {
        "aud": "sts.amazonaws.com",
        "sub": subject,
        "iss": "https://token.actions.githubusercontent.com",
    }
    parts = (json.dumps(one).encode() for one in ({"alg": "none"}, claims))
    token = ".".join([*(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts), "signature"])
    sts = botocore.session.Session().create_client(
        "sts", REGION, endpoint_url=f"http://127.0.0.1:{stack.port}", config=Config(signature_version=botocore.UNSIGNED)
    )  # fmt: skip
    said = sts.assume_role_with_web_identity(
        RoleArn=stack.outputs("stack")["deploy_role_arn"], RoleSessionName="deploy-1", WebIdentityToken=token
    )["Credentials"]
    names = {
        "AccessKeyId": "access_key_id",
        "SecretAccessKey": "secret_access_key",
        "SessionToken": "session_token",
    }
    return {f"aws_{name}": said[key] for key, name in names.items()}


@pytest.mark.parametrize(
    "subject",
    [
        f"repo:{GITHUB}:ref:refs/heads/feature",
        f"repo:{GITHUB}:pull_request",
        f"repo:{GITHUB}:environment:production",
        "repo:somebody/else:ref:refs/heads/main",
    ],
)
def test_nobody_but_the_main_branch_takes_the_role(stack: Tool, subject: str) -> None:
    assert keys(stack, MAIN)
    with pytest.raises(ClientError, match="AccessDenied"):
        keys(stack, subject)


def test_the_role_releases_verifies_and_validates_and_cannot_write_the_state(
    stack: Tool, tmp_path: Path
) -> None:
    taken = keys(stack, MAIN)
    tagged(stack, RELEASED)
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    copied(checkout)

    outputs = tmp_path / "stack.json"
    outputs.write_text(json.dumps({name: {"value": value} for name, value in state(stack, taken).items()}))
    ran("release", checkout, stack, taken, "--commit", RELEASED, "--outputs", f"stack={outputs}")
    verified = ran("verify", checkout, stack, taken)
    assert {one["status"] for step in verified["steps"] for one in step["findings"]} == {"PASS"}
    ran("validate", checkout, stack, taken)

    refused = ran("destroy", checkout, stack, taken, "--yes", "--account", ACCOUNT, code=3)
    (failed,) = [step["error"] for step in refused["steps"] if step["error"]]
    assert "a permission is missing" in failed
    assert "dynamodb:PutItem" in failed


def tagged(stack: Tool, commit: str) -> None:
    """The image that is stable, pushed under another commit's SHA."""
    ecr = stack.aws("ecr")
    for name in ("order-platform/api", "order-platform/worker"):
        (image,) = ecr.batch_get_image(repositoryName=name, imageIds=[{"imageTag": "stable"}])["images"]
        ecr.put_image(repositoryName=name, imageManifest=image["imageManifest"], imageTag=commit)


def state(stack: Tool, taken: Mapping[str, str]) -> dict[str, Any]:
    """The stack's outputs, as the role reads them; it cannot put another state in its place."""
    s3 = botocore.session.Session().create_client(
        "s3", REGION, endpoint_url=f"http://127.0.0.1:{stack.port}", config=Config(s3={"addressing_style": "path"}),
        **taken,
    )  # fmt: skip
    place = {"Bucket": "order-platform-v3-tfstate", "Key": "stack/terraform.tfstate"}
    stored = json.loads(s3.get_object(**place)["Body"].read())
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(**place, Body=b"{}")
    return {name: one["value"] for name, one in stored["outputs"].items()}


def ran(
    command: str, checkout: Path, stack: Tool, taken: Mapping[str, str], *arguments: str, code: int = 0
) -> dict[str, Any]:
    """A command on the account, with the role's keys and nothing else."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    given |= {name.upper(): value for name, value in taken.items()}
    given |= {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{stack.port}", "AWS_REGION": REGION}
    argv = [
        sys.executable,
        "-m",
        "launchbook.cli",
        command,
        str(checkout),
        "--target",
        "aws",
        *arguments,
        "--json",
    ]
    done = subprocess.run(argv, env=given, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return dict(json.loads(done.stdout))
