"""What is left after a destroy is found, whoever made it, and nothing is called empty that was not asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from launchbook.act import Writer, digest_of
from launchbook.collect import Reader, Target
from launchbook.collect.engine import Asked
from launchbook.lifecycle.certificate import Certificate
from launchbook.lifecycle.deletions import carry_out, plan_deletions, still_true
from launchbook.lifecycle.inventory import LISTINGS, reads
from launchbook.lifecycle.inventory.before import Before, inventory
from launchbook.lifecycle.known import Known
from launchbook.lifecycle.lookup import LOOKUPS
from launchbook.lifecycle.questions import ASKS
from launchbook.lifecycle.sweep import sweep
from launchbook.local import control
from launchbook.local.instance import Instance
from tests.aws.conftest import client_factory
from tests.support.embedded import embedded

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

    instance: Instance
    aws: Callable[..., Any]
    before: Before
    reader: Reader

    def sweep(self, known: Known, regions: tuple[str, ...] = (REGION,)) -> Certificate:
        return sweep(self.reader, known, regions, asked())

    @contextmanager
    def denying(self, operation: str) -> Iterator[None]:
        """One operation is denied meanwhile."""
        rule = {"kind": "deny", "operation": operation, "rate": 1.0, "seconds": 1.0, "times": None}
        control.ask(self.instance, "faults", body=rule)
        yield
        control.ask(self.instance, "faults", {}, method="DELETE")


def reader_of(instance: Instance) -> Reader:
    return Reader(
        Target(endpoint=instance.endpoint, dummy=("test", "test")), [*reads(LISTINGS), *ASKS, *LOOKUPS]
    )


def asked() -> Asked:
    return Asked("123456789012", "emulated", datetime.now(UTC))


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with embedded() as started:
        reader = reader_of(started)
        before = inventory(reader, LISTINGS, [REGION], asked())
        yield Account(started, client_factory(started.endpoint), before, reader)


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
    found = account.sweep(replace(known, before=None, since=datetime.now(UTC)))
    assert (found.left, found.not_ours, found.verdict) == ((), {}, "PROVEN EMPTY")
    assert "No inventory" in found.limits[1]


def test_two_certificates_list_the_same_questions(account: Account, known: Known) -> None:
    first, second = account.sweep(known).to_json(), account.sweep(known).to_json()
    assert first["queries"] == second["queries"]
    assert first["tag_queries"] == second["tag_queries"]
    assert len({one["type"] for one in first["queries"]}) > 60


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("ec2:DescribeAddresses", "ec2:DescribeAddresses"),
        ("s3:ListBuckets", "s3:ListAllMyBuckets"),
        ("elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
    ],
)
def test_what_may_not_be_read_is_not_called_empty(
    account: Account, known: Known, operation: str, action: str
) -> None:
    with account.denying(operation):
        found = account.sweep(known)
    assert (found.verdict, found.exit_code, found.proven_empty) == ("UNPROVEN", 3, None)
    assert {gap.hint for gap in found.gaps} == {f"allow {action}"}
    assert account.sweep(known).verdict == "PROVEN EMPTY"


def test_a_secret_in_its_recovery_window_is_left_and_costs_nothing(account: Account, known: Known) -> None:
    secrets = account.aws("secretsmanager")
    secrets.create_secret(Name="shop-key", SecretString="planted-value")
    secrets.delete_secret(SecretId="shop-key", RecoveryWindowInDays=30)
    (left,) = account.sweep(known).left
    assert (left.name, left.cost.monthly) == ("shop-key", 0)
    assert "waits for its deletion" in left.note
    assert left.why[0] == "its name begins with shop"
    secrets.delete_secret(SecretId="shop-key", ForceDeleteWithoutRecovery=True)


def test_what_an_earlier_state_held_is_asked_for_by_its_id(account: Account, known: Known) -> None:
    topic = account.aws("sns").create_topic(Name="other")["TopicArn"]
    saved = SimpleNamespace(type="aws_sns_topic", id=topic, arn=topic, region=REGION, of={})
    (left,) = account.sweep(replace(known, before=None, saved=(saved,))).left
    assert (left.id, left.why) == (topic, ("in a saved state of this platform",))
    account.aws("sns").delete_topic(TopicArn=topic)


def test_tags_that_a_list_does_not_show_are_asked_for(account: Account, known: Known) -> None:
    queue = account.aws("sqs").create_queue(QueueName="plain", tags={"Project": "shop"})["QueueUrl"]
    (left,) = account.sweep(replace(known, before=None)).left
    assert left.why == ("tagged Project=shop",)
    account.aws("sqs").delete_queue(QueueUrl=queue)


def test_what_others_had_before_is_counted_and_not_judged(account: Account, known: Known) -> None:
    queue = account.aws("sqs").create_queue(QueueName="colleague")["QueueUrl"]
    before = inventory(account.reader, LISTINGS, [REGION], asked())
    found = account.sweep(replace(known, before=before))
    assert (found.verdict, found.not_ours) == ("PROVEN EMPTY", {"aws_sqs_queue": 1})
    without = account.sweep(replace(known, before=None))
    assert (without.verdict, without.left) == ("UNPROVEN", ())
    assert "no inventory of them" in without.gaps[0].what
    account.aws("sqs").delete_queue(QueueUrl=queue)


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


def test_the_approved_list_is_deleted_and_nothing_else(planted: Account, known: Known) -> None:
    reader = planted.reader
    plan = plan_deletions(planted.sweep(known), reader)
    assert {item.type for item in plan.items} == set(PLANTED)
    bystander = planted.aws("sqs").create_queue(QueueName="bystander")["QueueUrl"]
    todo = still_true(plan, planted.sweep(known), reader)
    writer = Writer(
        Target(endpoint=planted.instance.endpoint, dummy=("test", "test")),
        plan.operations,
        digest_of(plan.operations),
    )
    assert carry_out(writer, todo, lambda _: None, lambda *_: None, patience=30) == []
    assert [one.id for one in planted.sweep(known).left] == [bystander]
    planted.aws("sqs").delete_queue(QueueUrl=bystander)
    assert planted.sweep(known).verdict == "PROVEN EMPTY"


def test_a_network_with_all_that_hangs_on_it_can_be_deleted(account: Account, known: Known) -> None:
    ec2 = account.aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    groups = [
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in "ab"
    ]
    for one, other in (groups, reversed(groups)):
        permission = {
            "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": other}],
        }  # fmt: skip
        ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=[permission])
    ec2.create_network_interface(SubnetId=subnet, Groups=groups)
    emptied(account, known)


def test_two_repositories_with_the_same_image_are_both_emptied_first(account: Account, known: Known) -> None:
    ecr = account.aws("ecr")
    layer = {
        "mediaType": "application/vnd.docker.container.image.v1+json",
        "size": 2,
        "digest": f"sha256:{'a' * 64}",
    }
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": layer, "layers": [],
    }  # fmt: skip
    for name in ("shop/api", "shop/worker"):
        ecr.create_repository(repositoryName=name)
        for tag in ("stable", "1"):
            ecr.put_image(repositoryName=name, imageManifest=json.dumps(manifest), imageTag=tag)
    emptied(account, known)


def test_a_role_and_a_versioned_bucket_can_be_deleted_with_what_they_hold(
    account: Account, known: Known
) -> None:
    iam, s3 = account.aws("iam"), account.aws("s3")
    iam.create_role(RoleName="shop-task", AssumeRolePolicyDocument="{}")
    iam.put_role_policy(RoleName="shop-task", PolicyName="inline", PolicyDocument=json.dumps(ALLOW))
    policy = iam.create_policy(PolicyName="shop-policy", PolicyDocument=json.dumps(ALLOW))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="shop-task", PolicyArn=policy)
    s3.create_bucket(Bucket="shop-state", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="shop-state", VersioningConfiguration={"Status": "Enabled"})
    for text in (b"1", b"2"):
        s3.put_object(Bucket="shop-state", Key="state", Body=text)
    s3.delete_object(Bucket="shop-state", Key="state")
    emptied(account, known)


ALLOW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}],
}


def emptied(account: Account, known: Known) -> None:
    """Plan and carry out the deletion of everything that is left, and find nothing."""
    plan = plan_deletions(account.sweep(known), account.reader)
    assert plan.left_out == {}
    door = Target(endpoint=account.instance.endpoint, dummy=("test", "test"))
    writer = Writer(door, plan.operations, digest_of(plan.operations))
    failed = carry_out(writer, plan.items, lambda _: None, lambda *_: None, patience=20, pause=0.5)
    assert failed == []
    assert account.sweep(known).verdict == "PROVEN EMPTY"
