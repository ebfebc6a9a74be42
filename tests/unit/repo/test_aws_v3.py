"""The platform's own Terraform, read from its files alone, beside what Terraform itself plans for it.

``aws_v3_plan.json`` is what :mod:`tests.unit.repo.make_aws_v3_plan` makes of three plans: the bootstrap, the stack
as it stands, and the stack with ``READY``. It holds each planned resource with what Terraform knows of it, and each
reference between resources that the configuration makes.
"""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from launchbook.model import Fact, NotKnown, plain
from launchbook.repo import Discovery, discover
from tests.unit.repo.make_aws_v3_plan import READY

ROOT = Path(__file__).parents[3]
INFRA = ROOT / "infra/aws-v3"
PLANNED: dict[str, Any] = json.loads((Path(__file__).with_name("aws_v3_plan.json")).read_text("utf-8"))
#: Blocks of a copy of another resource that a loop goes through: not followed, and said to be unread.
UNREAD = {("aws_cloudwatch_metric_alarm.service_errors", name) for name in ("metric_name", "namespace")}
#: What a secret decides about: files never tell whether it is there.
UNDECIDED = {"aws_sns_topic_subscription.pager"}
POSTURES = ("bootstrap", "default", "ready")


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    ready = tmp_path_factory.mktemp("ready") / "stack"
    shutil.copytree(INFRA / "stack", ready, ignore=shutil.ignore_patterns(".terraform*", "*.tfvars"))
    (ready / "terraform.tfvars").write_text(READY)
    return {"bootstrap": INFRA / "bootstrap", "default": INFRA / "stack", "ready": ready}


@cache
def found_in(root: Path) -> Discovery:
    return discover(str(root))


def resources(found: Discovery) -> dict[str, Fact]:
    """What is created, by Terraform's address."""
    made = (fact for fact in found.facts if fact.type.startswith("aws_") and fact.created)
    return {plainly(fact.id.partition("#")[2]): fact for fact in made}


def plainly(address: str) -> str:
    """An address without the number of an only copy."""
    return address.removesuffix("[0]")


def alarms(found: Discovery) -> dict[str, Fact]:
    return {
        address: fact
        for address, fact in resources(found).items()
        if fact.type == "aws_cloudwatch_metric_alarm"
    }


def test_the_plan_knows_every_block_that_is_in_force(roots: dict[str, Path]) -> None:
    blocks = {
        f"{kind}.{name}"
        for path in INFRA.rglob("*.tf")
        for kind, name in re.findall(r'^resource "(\w+)" "(\w+)"', path.read_text("utf-8"), re.M)
    }
    planned = {address.split("[")[0] for one in PLANNED.values() for address in one["resources"]}
    made = {address.split("[")[0] for root in roots.values() for address in resources(found_in(root))}
    assert planned <= blocks
    assert blocks - planned == blocks - made - UNDECIDED


@pytest.mark.parametrize("posture", POSTURES)
def test_every_resource_that_terraform_plans_is_found_and_no_other(
    posture: str, roots: dict[str, Path]
) -> None:
    found = found_in(roots[posture])
    assert sorted(resources(found)) == sorted(
        {plainly(one) for one in PLANNED[posture]["resources"]} - UNDECIDED
    )
    assert found.facts.gaps == ()


def test_what_a_secret_decides_about_may_be_there_and_may_not(roots: dict[str, Path]) -> None:
    for posture in ("default", "ready"):
        found = {plainly(one.id.partition("#")[2]): one.created for one in found_in(roots[posture]).facts}
        assert {address: found[address] for address in UNDECIDED} == dict.fromkeys(UNDECIDED)


@pytest.mark.parametrize("posture", POSTURES)
def test_what_terraform_knows_of_each_is_read_the_same(posture: str, roots: dict[str, Path]) -> None:
    facts = resources(found_in(roots[posture]))
    wrong = []
    for address, known in PLANNED[posture]["resources"].items():
        for name, value in known.items():
            try:
                read = plain(facts[plainly(address)].get(name))
            except NotKnown:
                if (address.split("[")[0], name) not in UNREAD:
                    wrong.append(f"{address}.{name} is unread, planned {value!r}")
                continue
            if read not in (None, value):  # None: not written, the provider's own default
                wrong.append(f"{address}.{name}: {read!r}, planned {value!r}")
    assert wrong == []


@pytest.mark.parametrize("posture", POSTURES)
def test_every_reference_is_a_relation(posture: str, roots: dict[str, Path]) -> None:
    found = found_in(roots[posture])
    ids = {fact.id: address.split("[")[0] for address, fact in resources(found).items()}
    related = {(ids.get(link.source), ids.get(link.target)) for link in found.facts.relations}
    planned = {address.split("[")[0] for address in PLANNED[posture]["resources"]} - UNDECIDED
    missing = [
        (source, attribute, target)
        for source, attribute, target in PLANNED[posture]["references"]
        if {source, target} <= planned and source != target and (source, target) not in related
    ]
    assert missing == []


@pytest.mark.parametrize("posture", ["default", "ready"])
def test_every_alarm_tells_the_topic_and_watches_what_is_there(posture: str, roots: dict[str, Path]) -> None:
    found = found_in(roots[posture])
    links = found.facts.relations
    scaling = {fact.id for fact in found.facts.seen("aws_appautoscaling_policy")}
    for address, alarm in alarms(found).items():
        told = {link.target for link in links if link.source == alarm.id and link.kind == "alarm-action"}
        assert told, address
        assert told <= {"topics.tf#aws_sns_topic.alarms", *scaling}, address
        watched = [link for link in links if link.source == alarm.id and link.kind == "alarm-dimension"]
        assert all(link.resolved and found.facts.find(link.target) for link in watched), address
        named = alarm.attributes.get("dimensions")
        assert watched or not named or "LogGroup" not in str(named), address
