"""A home that begins while its platform stands already takes nothing of it for what "was there before"."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launchbook.cli._lifecycle import Asked
from launchbook.cli.sweep import _next
from launchbook.lifecycle.certificate import text
from launchbook.lifecycle.earlier import states
from launchbook.lifecycle.home import Home
from launchbook.lifecycle.inventory.before import load_before
from launchbook.lifecycle.platform import load_platform
from launchbook.lifecycle.run import CARRIES_OUT, open_run
from launchbook.lifecycle.steps import Work
from launchbook.lifecycle.sweeping import Sweeping, known_of, take_before
from launchbook.lifecycle.target import open_target
from tests.aws.conftest import Clients, client_factory
from tests.support.embedded import embedded as embedded_aws

FILE = """
[platform]
name = "acme"
region = "eu-central-1"
tags = { App = "acme" }
run_tag = "Run"
names = ["acme", "/aws/lambda/acme"]

[[platform.root]]
name = "r"
path = "r"
backend = '''
bucket = "acme-st"
key    = "r.tfstate"
region = "eu-central-1"
'''
"""
QUEUE = {
    "mode": "managed",
    "type": "aws_sqs_queue",
    "name": "q",
    "instances": [{"attributes": {"id": "u/acme-q", "tags_all": {"App": "acme", "Run": "theirs"}}}],
}
Checkout = Callable[[str], Work]


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[int, Clients]]:
    with embedded_aws() as started:
        yield started.port, client_factory(started.endpoint)


@pytest.fixture
def checkout(world: tuple[int, Clients], tmp_path: Path) -> Checkout:
    """A fresh checkout, with a home of its own, on the world that all of them share."""

    def fresh(name: str) -> Work:
        folder = tmp_path / name
        (folder / "r").mkdir(parents=True)
        (folder / "r/main.tf").write_text('terraform {\n  backend "s3" {}\n}\n', "utf-8")
        (folder / "launchbook.toml").write_text(FILE, "utf-8")
        platform, home = load_platform(folder), Home.of(folder)
        target = open_target(platform, "local", home=home, port=world[0])
        return Work(platform, target, open_run(home, "apply", target), home)

    return fresh


@pytest.fixture
def bucket(world: tuple[int, Clients]) -> Iterator[Callable[[list[object]], None]]:
    """Stores a state of these resources; the bucket is gone afterwards."""
    s3 = world[1]("s3", region="eu-central-1")
    s3.create_bucket(Bucket="acme-st", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    versioning = {"Status": "Enabled"}
    s3.put_bucket_versioning(Bucket="acme-st", VersioningConfiguration=versioning)

    def store(resources: list[object]) -> None:
        s3.put_object(Bucket="acme-st", Key="r.tfstate", Body=json.dumps({"resources": resources}))

    yield store
    for one in s3.list_object_versions(Bucket="acme-st").get("Versions", []):
        s3.delete_object(Bucket="acme-st", Key=one["Key"], VersionId=one["VersionId"])
    s3.delete_bucket(Bucket="acme-st")


def sweep(work: Work) -> Sweeping:
    sweeping = Sweeping()
    sweeping.steps()[0].do(work)
    return sweeping


@pytest.mark.parametrize("held", [[QUEUE], []], ids=["it stands", "it was destroyed"])
def test_no_inventory_is_taken_while_a_state_exists(
    checkout: Checkout, bucket: Callable[[list[object]], None], world: tuple[int, Clients], held: list[object]
) -> None:
    logs = world[1]("logs", region="eu-central-1")
    eip = world[1]("ec2", region="eu-central-1").allocate_address(Domain="vpc")["AllocationId"]
    logs.create_log_group(logGroupName="/aws/lambda/acme-live")
    bucket(held)
    work = checkout("second")
    try:
        assert "too late for one: there is a state of r already" in take_before(work).note
        assert load_before(work.home.state(work.target.key)) is None
        time.sleep(1.1)  # a service's clock may count whole seconds
        work.run.record({"event": CARRIES_OUT, "root": "r"})
        bucket([])
        found = sweep(work).found
    finally:
        logs.delete_log_group(logGroupName="/aws/lambda/acme-live")
        world[1]("ec2", region="eu-central-1").release_address(AllocationId=eip)
    assert found is not None
    assert found.verdict == "LEFT"
    assert "/aws/lambda/acme-live" in [one.id for one in found.left]
    assert any(eip in gap.hint for gap in found.gaps), "an untagged thing without a date is told by nobody"
    assert ("theirs" in known_of(work).runs) is bool(held)


def test_the_platform_began_with_its_state_not_with_the_first_apply_of_this_home(
    checkout: Checkout, bucket: Callable[[list[object]], None]
) -> None:
    bucket([QUEUE])
    work = checkout("second")
    (state,) = states(work)
    assert (state.versions, [one.type for one in state.resources]) == (1, ["aws_sqs_queue"])
    take_before(work)
    work.run.record({"event": CARRIES_OUT, "root": "r"})
    bucket([])
    assert state.since is not None
    assert known_of(work).since == state.since <= work.run.at.replace(microsecond=0)


def test_an_inventory_is_taken_where_no_state_exists(
    checkout: Checkout, bucket: Callable[[list[object]], None]
) -> None:
    work = checkout("first")
    assert "things are there already" in take_before(work).note
    assert [one.since for one in states(work)] == [None], f"there is a bucket and no state: {bucket}"


def test_an_apply_that_changed_nothing_is_no_run_of_the_platform(checkout: Checkout) -> None:
    work = checkout("refused")
    found = sweep(work).found
    assert found is not None
    assert found.verdict == "UNPROVEN"
    assert "nothing of acme was ever made" in found.gaps[-1].what
    take_before(work)
    assert known_of(work).nothing, "an inventory before a plan that nobody approved is no run either"
    work.run.record({"event": CARRIES_OUT, "root": "r"})
    found = sweep(work).found
    assert found is not None
    assert found.verdict == "PROVEN EMPTY"


def test_while_a_state_holds_something_a_destroy_comes_first_and_its_bucket_is_in_no_plan(
    checkout: Checkout, bucket: Callable[[list[object]], None], world: tuple[int, Clients], tmp_path: Path
) -> None:
    """In a home that knows of nothing: the state says what there is."""
    sqs = world[1]("sqs", region="eu-central-1")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("acme-q", "acme-stray")}
    held = {"id": urls["acme-q"], "tags_all": {"App": "acme"}}
    bucket([{**QUEUE, "instances": [{"attributes": held}]}])
    work, sweeping = checkout("ci"), Sweeping(write=tmp_path / "plan.json")
    try:
        for step in sweeping.steps():
            step.do(work)
    finally:
        for url in urls.values():
            sqs.delete_queue(QueueUrl=url)
    assert sweeping.found is not None
    assert sweeping.plan is not None
    assert text(sweeping.found).startswith("  the platform stands: the state of r holds 1")
    assert [one.id for one in sweeping.plan.items] == [urls["acme-stray"]]
    assert sorted(sweeping.plan.left_out.values()) == [
        "it keeps the state of r, which is not empty: launchbook destroy",
        "the state of r holds it: launchbook destroy",
    ]
    asked = Asked(Path(), "local", None, None, None, as_json=False, out=None)
    assert _next(1, asked, sweeping).startswith("launchbook destroy")
