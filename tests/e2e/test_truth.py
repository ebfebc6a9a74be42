"""Verify, validate and release tell the truth of the whole platform: when all is well, and when something is broken."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest

from launchbook.local import control, instance
from tests.support.tool import Tool, findings, replaced

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
CLUSTER, API, WORKER = "order-platform", "order-platform-api", "order-platform-worker"
PROOFS = {
    "proof-stored": "Order stored in RDS",
    "proof-published": "Event published to SQS",
    "proof-consumed": "Worker consumes message",
    "proof-processed": "Order state transitions",
    "proof-deleted": "Message deleted from SQS",
}
FIRST, SECOND, BROKEN = ("1" * 40, "2" * 40, "b" * 40)


def scaled(stack: Tool, count: int) -> None:
    """The worker runs so many tasks, and no others are on their way."""
    # An alarm on a short backlog would bring a service below its minimum back to it, one on a long one start a task.
    stack.aws("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs", ResourceId=f"service/{CLUSTER}/{WORKER}",
        ScalableDimension="ecs:service:DesiredCount", MinCapacity=count, MaxCapacity=5 * count,
    )  # fmt: skip
    ecs = stack.aws("ecs")
    ecs.update_service(cluster=CLUSTER, service=WORKER, desiredCount=count)
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        (service,) = ecs.describe_services(cluster=CLUSTER, services=[WORKER])["services"]
        ended = ecs.list_tasks(cluster=CLUSTER, serviceName=WORKER, desiredStatus="STOPPED")["taskArns"]
        # A worker that was told to stop takes what its last question to the queue brings it.
        ending = [
            task for task in (ecs.describe_tasks(cluster=CLUSTER, tasks=ended)["tasks"] if ended else [])
            if task["lastStatus"] != "STOPPED"
        ]  # fmt: skip
        if service["runningCount"] == count and len(service["deployments"]) == 1 and not ending:
            return
        time.sleep(0.2)
    raise AssertionError(f"the worker never came to {count}")


@pytest.fixture
def stopped_worker(stack: Tool) -> Iterator[Tool]:
    """The platform without its worker, and with it again after the test."""
    scaled(stack, 0)
    yield stack
    scaled(stack, 1)


def test_a_provisioned_platform_is_verified_line_by_line(stack: Tool) -> None:
    run = stack.data("verify")
    assert {one["status"] for step in run["steps"] for one in step["findings"]} == {"PASS"}
    checks = {one["check"] for step in run["steps"] for one in step["findings"]}
    assert checks >= {
        "outputs-present", "state-bucket-versioned", "state-bucket-encrypted", "state-bucket-private",
        "lock-table-active", "backend-exists", "ecs-running-as-desired", "ecs-rollout-completed",
        "tasks-keep-running", "service-wanted", "targets-healthy", "log-group-exists", "log-retention",
        "log-events-fresh", "health",
    }  # fmt: skip
    assert all(one["evidence"] for step in run["steps"] for one in step["findings"])


def test_an_order_is_followed_to_its_end_and_the_backlog_falls(stack: Tool) -> None:
    run = stack.data("validate")
    proofs = findings(run, "proofs")
    assert {check: one["subject"] for check, one in proofs.items()} == PROOFS
    assert {one["status"] for one in proofs.values()} == {"PASS"}
    assert proofs["proof-processed"]["why"].startswith("PENDING 20")
    assert " → PROCESSING 20" in proofs["proof-processed"]["why"]
    assert " → PROCESSED 20" in proofs["proof-processed"]["why"]
    backlog = findings(run, "backlog")["proof-backlog"]
    assert backlog["status"] == "PASS"
    assert "100 requests in" in backlog["why"]


def test_without_its_worker_exactly_that_proof_is_missing_first_with_its_cause(stopped_worker: Tool) -> None:
    run = stopped_worker.data("validate", code=1)
    proofs = findings(run, "proofs")
    assert {check: one["status"] for check, one in proofs.items()} == {
        "proof-stored": "PASS", "proof-published": "PASS", "proof-consumed": "FAIL", "proof-processed": "FAIL",
        "proof-deleted": "FAIL",
    }  # fmt: skip
    why = proofs["proof-consumed"]["why"]
    assert f"first cause: service {WORKER} has 0 running tasks of 0 that it should have" in why
    assert "Scaling activity initiated" in why
    assert "first cause" not in proofs["proof-processed"]["why"]
    (step,) = [one for one in run["steps"] if one["name"] == "proofs"]
    assert step["note"].startswith("2 of 5; missing: Worker consumes message; then")
    assert findings(run, "backlog")["proof-backlog"]["status"] == "UNKNOWN", (
        "nothing more is put into the queue"
    )


@pytest.fixture
def denied(stack: Tool) -> Iterator[Callable[[str], None]]:
    """``denied("ecs:RunTask")``: the platform's AWS refuses an operation until the test ends."""
    found = instance.find(stack.port)
    yield (
        lambda operation: control.ask(found, "faults", body={"kind": "deny", "operation": operation}) and None
    )
    control.ask(found, "faults", method="DELETE")


@pytest.mark.parametrize(
    ("operation", "unknown"),
    [
        ("ecs:RunTask", {"proof-stored", "proof-published", "proof-processed"}),
        ("logs:FilterLogEvents", {"proof-consumed", "proof-deleted"}),
    ],
)
def test_what_may_not_be_read_is_unknown_and_never_proven(
    stack: Tool, denied: Callable[[str], None], operation: str, unknown: set[str]
) -> None:
    denied(operation)
    proofs = findings(stack.data("validate", code=3), "proofs")
    assert all(proofs[check]["status"] == "UNKNOWN" for check in unknown)
    # Without the consumer's log, a message that it took between two looks was seen by nobody.
    lucky = {"proof-published"} if operation == "logs:FilterLogEvents" else set()
    assert {proofs[check]["status"] for check in PROOFS.keys() - unknown - lucky} == {"PASS"}
    assert {proofs[check]["status"] for check in lucky} <= {"PASS", "UNKNOWN"}
    assert all(
        operation in proofs[check]["why"] or "AccessDenied" in proofs[check]["why"] for check in unknown
    )


def test_a_listing_that_is_denied_leaves_verify_open(stack: Tool, denied: Callable[[str], None]) -> None:
    denied("ecs:DescribeServices")
    services = findings(stack.data("verify", code=3), "services")
    assert services["ecs-running-as-desired"]["status"] == "UNKNOWN"
    assert services["service-wanted"]["status"] == "UNKNOWN"


def test_a_service_that_is_told_to_run_nothing_is_not_verified(stopped_worker: Tool) -> None:
    found = findings(stopped_worker.data("verify", code=1), "services")
    assert found["ecs-running-as-desired"]["status"] == "PASS", "none of none is what it was told"
    assert (found["service-wanted"]["subject"], found["service-wanted"]["why"]) == (
        WORKER,
        "it is told to run no task",
    )


def test_a_state_bucket_that_is_opened_is_seen_by_verify(stack: Tool) -> None:
    s3, bucket = stack.aws("s3"), stack.outputs("bootstrap")["state_bucket"]
    shut = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=shut | {"BlockPublicPolicy": False}
    )
    try:
        found = findings(stack.data("verify", code=1), "bootstrap")["state-bucket-private"]
        assert (found["status"], found["why"]) == ("FAIL", "off: block_public_policy")
    finally:
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=shut)


def test_a_release_has_one_digest_everywhere_and_leaves_nothing_to_plan(stack: Tool) -> None:
    run = stack.data("release", "--commit", FIRST)
    assert findings(run, "rollout")["rollout-completed"]["status"] == "PASS"
    found = {one["check"]: one["status"] for step in run["steps"] for one in step["findings"]}
    assert {found["image-tags"], found["released-image-runs"], found["image-tagged-with-commit"]} == {"PASS"}
    for repository in ("order-platform/api", "order-platform/worker"):
        images = stack.aws("ecr").describe_images(repositoryName=repository)["imageDetails"]
        assert {"stable", FIRST} <= set(
            next(one for one in images if "stable" in one.get("imageTags", []))["imageTags"]
        )
    planned = json.loads(stack.run("plan", "--json", code=None).stdout)  # its exit code is about a destroy
    assert set(planned["changes"]) == {"bootstrap", "stack"}
    assert [one for root in planned["changes"].values() for one in root] == []


def test_an_image_that_crashes_is_rolled_back_and_the_cause_comes_first(stack: Tool, tmp_path) -> None:
    before = stable(stack)
    broken = stack.beside(tmp_path / "broken")
    replaced(
        broken.folder / "services/orders/src/orders/app.py", r"def run_api\(settings: Settings\) -> int:\n",
        'def run_api(settings: Settings) -> int:\n    raise RuntimeError("no address of the price list")\n',
    )  # fmt: skip
    done = broken.run("release", "--commit", BROKEN, code=1)
    error = done.stderr.partition(f"the release of {BROKEN[:12]} failed: ")[2]
    first, _, rest = error.partition("\n")
    assert first.startswith(f"{API}: task ")
    assert "exit code 1" in first
    assert "RuntimeError: no address of the price list" in first
    assert rest.startswith("Rolled back: order-platform/api:stable is sha256:")
    assert stable(stack) == before
    assert stack.data("verify")["steps"][-1]["status"] == "done", "the platform is as well as before"


def test_a_migration_that_fails_touches_no_service(stack: Tool, tmp_path) -> None:
    before = stable(stack)
    tasks = stack.aws("ecs").list_tasks(cluster=CLUSTER, serviceName=API)["taskArns"]
    broken = stack.beside(tmp_path / "unmigrated")
    replaced(
        broken.folder / "services/orders/src/orders/migrate.py", r"async def migrate\([^\n]*\n",
        'async def migrate(settings: Settings) -> tuple[str, str]:\n    raise RuntimeError("no such column")\n',
    )  # fmt: skip
    run = broken.data("release", "--commit", SECOND, code=1)
    assert run["steps"][-1]["name"] == "migrate"
    assert "no such column" in findings(run, "migrate")["task-ended-well"]["why"]
    assert stable(stack) == before
    assert stack.aws("ecs").list_tasks(cluster=CLUSTER, serviceName=API)["taskArns"] == tasks


def stable(stack: Tool) -> dict[str, str]:
    """The digest of the stable tag in each repository."""
    found = {}
    for name in ("order-platform/api", "order-platform/worker"):
        said = stack.aws("ecr").describe_images(repositoryName=name, imageIds=[{"imageTag": "stable"}])
        found[name] = said["imageDetails"][0]["imageDigest"]
    return found
