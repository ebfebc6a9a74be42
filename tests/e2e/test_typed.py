"""The runbook typed by hand, line by line, on the platform as it stands: what it says to expect is what comes.

Section 6 is last: after it there is no platform any more.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from launchbook.local import instance
from tests.aws.stacks.cycle import environment
from tests.support.cli import CommandLine, interpreter
from tests.support.terraform import Terraform, TerraformFailed
from tests.support.tool import REPOSITORY, Tool

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
INFRA = REPOSITORY / "infra/aws-v3"
REGION = "eu-west-1"
SERVICES = ["dynamodb", "ec2", "ecr", "ecs", "elbv2", "logs", "rds", "s3", "sqs"]
Typed = Callable[[str], Any]


@dataclass
class Roots:
    """The two folders of the runbook, each initialised."""

    bootstrap: Terraform
    stack: Terraform


@pytest.fixture(scope="module")
def roots(stack: Tool, tmp_path_factory: pytest.TempPathFactory) -> Roots:
    """Section 2: `terraform init`, with the bootstrap's own state, and `terraform init -backend-config=backend.hcl`."""
    folder = tmp_path_factory.mktemp("by-hand")
    given = environment(instance.find(stack.port), REGION)
    bootstrap = Terraform.of(INFRA / "bootstrap", folder / "bootstrap", given)
    (state,) = stack.folder.glob(".launchbook/state/local-*/roots/bootstrap/**/terraform.tfstate")
    shutil.copy(state, bootstrap.directory)
    typed = Terraform(Path(shutil.copytree(INFRA / "stack", folder / "stack")), bootstrap.environment)
    typed.run("init", "-input=false", "-backend-config=backend.hcl")
    return Roots(bootstrap, typed)


@pytest.fixture(scope="module")
def outputs(roots: Roots) -> dict[str, Any]:
    """Section 2: `terraform output`, in the stack's folder."""
    return roots.stack.outputs()


@pytest.fixture(scope="module")
def typed(stack: Tool) -> Iterator[Typed]:
    """``typed("ecs list-clusters")``: what the AWS CLI answers; nothing but the embedded AWS is in its reach."""
    if not interpreter():
        pytest.skip("the AWS CLI is not installed")
    command_line = CommandLine(f"http://127.0.0.1:{stack.port}", SERVICES)

    def typed(line: str) -> Any:
        said = command_line.run(f"aws {line} --region {REGION} --output json")
        try:
            return json.loads(said) if said.strip() else None
        except ValueError:
            raise AssertionError(f"aws {line}: {said}") from None

    yield typed
    command_line.close()


def curl(*arguments: str) -> tuple[int, Any]:
    """`curl -i …`: status and body."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--write-out", "\n%{http_code}", *arguments],
        capture_output=True, text=True, timeout=600, check=True,
    )  # fmt: skip
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


def test_the_state_store_is_listed(typed: Typed) -> None:
    buckets = [one["Name"] for one in typed("s3api list-buckets")["Buckets"]]
    assert [name for name in buckets if "tfstate" in name] == ["order-platform-v3-tfstate"]
    assert typed("dynamodb list-tables")["TableNames"] == ["order-platform-tflock"]


def test_the_services_run_as_the_outputs_name_them(typed: Typed, outputs: dict[str, Any]) -> None:
    cluster = outputs["cluster_name"]
    assert [arn.rpartition("/")[2] for arn in typed("ecs list-clusters")["clusterArns"]] == [cluster]
    listed = typed(f"ecs list-services --cluster {cluster}")["serviceArns"]
    named = {outputs["api_service"], outputs["worker_service"]}
    assert {arn.rpartition("/")[2] for arn in listed} == named
    for service in typed(f"ecs describe-services --cluster {cluster} --services {' '.join(sorted(named))}")[
        "services"
    ]:
        assert service["runningCount"] == service["desiredCount"] == 1
        assert [one["rolloutState"] for one in service["deployments"]] == ["COMPLETED"]


def test_an_order_is_taken_and_the_backlog_falls(typed: Typed, outputs: dict[str, Any]) -> None:
    address = f"http://{outputs['alb_dns']}"
    assert curl("-L", f"{address}/actuator/health") == (200, {"status": "UP"})
    status, order = curl(
        "-X", "POST", f"{address}/orders", "-H", "Content-Type: application/json",
        "-d", '{"customerId":"test","amount":123}',
    )  # fmt: skip
    assert (status, order["status"]) == (202, "PENDING")
    deadline = time.monotonic() + 600
    while (counts := backlog(typed, outputs["queue_url"])) != {"0"}:
        assert time.monotonic() < deadline, counts
        time.sleep(0.5)


def backlog(typed: Typed, url: str) -> set[str]:
    """The queue's two counts; SQS calls the runbook's `ApproximateNumberOfMessagesVisible` without its last word."""
    names = "ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible"
    return set(
        typed(f"sqs get-queue-attributes --queue-url {url} --attribute-names {names}")["Attributes"].values()
    )


def test_the_worker_logs_where_the_runbook_looks(typed: Typed, outputs: dict[str, Any]) -> None:
    prefix = outputs["name_prefix"]
    groups = [one["logGroupName"] for one in typed("logs describe-log-groups")["logGroups"]]
    assert {f"/ecs/{prefix}/api", f"/ecs/{prefix}/worker"} <= set(groups)
    streams = typed(
        f"logs describe-log-streams --log-group-name /ecs/{prefix}/worker --order-by LastEventTime --descending"
    )
    assert streams["logStreams"]


def test_the_images_carry_commit_and_stable_tag(typed: Typed, outputs: dict[str, Any]) -> None:
    for repository in (outputs["api_repository"], outputs["worker_repository"]):
        images = typed(f"ecr list-images --repository-name {repository}")["imageIds"]
        assert "stable" in {one.get("imageTag") for one in images}


def test_the_cost_checklist_finds_everything_that_costs(typed: Typed, outputs: dict[str, Any]) -> None:
    """Section 7, on a platform that stands: each line would show what was left of it."""
    databases = typed("rds describe-db-instances")["DBInstances"]
    assert [one["DBInstanceIdentifier"] for one in databases] == [outputs["database_identifier"]]
    assert {outputs["queue_url"], outputs["dead_letter_queue_url"]} <= set(
        typed("sqs list-queues")["QueueUrls"]
    )
    assert len(typed("elbv2 describe-load-balancers")["LoadBalancers"]) == 1
    assert len(typed("ecr describe-repositories")["repositories"]) == 2


def test_what_is_destroyed_by_hand_leaves_nothing_that_costs(typed: Typed, roots: Roots) -> None:
    """Sections 6 and 7: the stack first, then the bootstrap, whose bucket goes when its versions have gone."""
    bucket = roots.bootstrap.outputs()["state_bucket"]
    roots.stack.destroy()
    assert roots.stack.resources() == []
    with pytest.raises(TerraformFailed, match="BucketNotEmpty"):
        roots.bootstrap.destroy()
    listed = typed(f"s3api list-object-versions --bucket {bucket}")
    versions = [*listed["Versions"], *listed.get("DeleteMarkers", [])]
    assert len(versions) > 1, "every apply stored a version of the state"
    for one in versions:
        typed(f"s3api delete-object --bucket {bucket} --key {one['Key']} --version-id {one['VersionId']}")
    roots.bootstrap.destroy()
    for line, answer in CHECKLIST.items():
        found = typed(line)  # `aws sqs list-queues` prints nothing where there is none
        assert found is None or found[answer] == [], line


#: Section 7, its manual list included: each line, and where its answer holds what is left.
CHECKLIST = {
    "ecs list-clusters": "clusterArns",
    "rds describe-db-instances": "DBInstances",
    "sqs list-queues": "QueueUrls",
    "elbv2 describe-load-balancers": "LoadBalancers",
    "ecr describe-repositories": "repositories",
    "logs describe-log-groups": "logGroups",
    "rds describe-db-snapshots": "DBSnapshots",
    "ec2 describe-addresses": "Addresses",
    "ec2 describe-nat-gateways": "NatGateways",
    "s3api list-buckets": "Buckets",
    "dynamodb list-tables": "TableNames",
}
