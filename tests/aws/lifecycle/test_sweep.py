"""What is left after a destroy is found, whoever made it, and nothing is called empty that was not asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from launchbook.collect import Reader, Target
from launchbook.collect.engine import Asked
from launchbook.lifecycle.certificate import Certificate
from launchbook.lifecycle.inventory import LISTINGS, reads
from launchbook.lifecycle.inventory.before import Before, inventory
from launchbook.lifecycle.sweep import Known, sweep
from launchbook.local import control
from launchbook.local.run import Options
from tests.aws.conftest import client_factory

REGION = "eu-west-1"
#: An untagged thing of each kind, in no state, with a name like any other: what a forgotten experiment leaves.
PLANTED = {
    "aws_eip": "3.65",
    "aws_db_snapshot": "1.90",
    "aws_cloudwatch_log_group": "0.00",
    "aws_secretsmanager_secret": "0.40",
    "aws_sqs_queue": "0.00",
}


@dataclass(frozen=True)
class Account:
    """An embedded AWS, clients for it, and what was there before anything was planted."""

    endpoint: str
    aws: Callable[..., object]
    before: Before

    def sweep(self, known: Known, regions: tuple[str, ...] = (REGION,)) -> Certificate:
        return sweep(self.reader(), known, regions, asked())

    def reader(self) -> Reader:
        return Reader(Target(endpoint=self.endpoint, dummy=("test", "test")), reads(LISTINGS))


def asked() -> Asked:
    return Asked("123456789012", "emulated", datetime.now(UTC))


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    started = control.start(Options(port=0))
    reader = Reader(Target(endpoint=started.endpoint, dummy=("test", "test")), reads(LISTINGS))
    before = inventory(reader, LISTINGS, [REGION], asked())
    yield Account(started.endpoint, client_factory(started.endpoint), before)
    control.stop(started)


@pytest.fixture(scope="module")
def known(account: Account) -> Known:
    return Known("shop", tags={"Project": "shop"}, names=("shop",), before=account.before)


def test_an_account_with_nothing_but_its_defaults_is_proven_empty(account: Account, known: Known) -> None:
    found = account.sweep(known)
    assert found.gaps == ()
    assert found.left == ()
    assert (found.verdict, found.exit_code) == ("PROVEN EMPTY", 0)
    assert found.not_ours == {}


def test_defaults_are_no_leftovers_even_without_an_inventory(account: Account, known: Known) -> None:
    found = account.sweep(replace(known, before=None))
    assert (found.left, found.not_ours, found.verdict) == ((), {}, "PROVEN EMPTY")
    assert "No inventory" in found.limits[1]


def test_two_certificates_list_the_same_questions(account: Account, known: Known) -> None:
    first, second = account.sweep(known).to_json(), account.sweep(known).to_json()
    assert first["queries"] == second["queries"]
    assert first["tag_queries"] == second["tag_queries"]
    assert len({one["type"] for one in first["queries"]}) > 60


@pytest.fixture(scope="module")
def planted(account: Account) -> Account:
    aws = account.aws
    aws("ec2").allocate_address(Domain="vpc")
    aws("logs").create_log_group(logGroupName="/forgotten")
    aws("secretsmanager").create_secret(Name="forgotten", SecretString="planted-value")
    aws("sqs").create_queue(QueueName="forgotten")
    aws("rds").create_db_instance(
        DBInstanceIdentifier="brief", Engine="postgres", DBInstanceClass="db.t4g.micro", AllocatedStorage=20,
        MasterUsername="u", MasterUserPassword="planted-password", BackupRetentionPeriod=0,
    )  # fmt: skip
    aws("rds").get_waiter("db_instance_available").wait(
        DBInstanceIdentifier="brief", WaiterConfig={"Delay": 1}
    )
    aws("rds").create_db_snapshot(DBInstanceIdentifier="brief", DBSnapshotIdentifier="forgotten")
    aws("rds").get_waiter("db_snapshot_available").wait(
        DBSnapshotIdentifier="forgotten", WaiterConfig={"Delay": 1}
    )
    aws("rds").delete_db_instance(DBInstanceIdentifier="brief", SkipFinalSnapshot=True)
    aws("rds").get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="brief", WaiterConfig={"Delay": 1})
    return account


def test_five_untagged_things_made_behind_its_back_are_found_with_their_cost(
    planted: Account, known: Known
) -> None:
    found = planted.sweep(known)
    assert {one.type: str(one.cost.monthly) for one in found.left} == PLANTED
    assert (found.verdict, found.exit_code, found.monthly) == ("LEFT", 1, Decimal("5.95"))
    assert all(one.only_new and one.region == REGION for one in found.left)
    assert "planted" not in str(found.to_json())
