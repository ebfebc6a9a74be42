"""A list of deletions is data: complete, valid for AWS, and carried out exactly or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.validate import ParamValidator

from launchbook.act import Operation, WriteFailed, Writer, digest_of
from launchbook.collect import Target
from launchbook.collect.declare import Call
from launchbook.errors import RunFailed, UnreadableInput, WriteRefused
from launchbook.lifecycle import deletions
from launchbook.lifecycle.certificate import Certificate, Leftover
from launchbook.lifecycle.cost import cost_of
from launchbook.lifecycle.deletion_ways import BY_HAND, WAYS
from launchbook.lifecycle.deletions import (
    Deletion,
    carry_out,
    load_plan,
    plan_deletions,
    save_plan,
    still_true,
)
from launchbook.lifecycle.inventory import TYPES
from tests.unit.lifecycle.absence import certificate

SESSION = botocore.session.Session()
#: What every lookup finds: one of each.
ANSWERS = {
    "Versions": [{"Key": "a", "VersionId": "1"}],
    "DeleteMarkers": [{"Key": "a", "VersionId": "2"}],
    "PolicyNames": ["inline"],
    "AttachedPolicies": [{"PolicyArn": "arn:aws:iam::123456789012:policy/attached"}],
    "InstanceProfiles": [{"InstanceProfileName": "profile"}],
    "PolicyRoles": [{"RoleName": "role"}],
    "PolicyUsers": [{"UserName": "user"}],
    "Targets": [{"Id": "1"}],
    "BackupSelectionsList": [{"SelectionId": "selection"}],
    "SecurityGroupRules": [
        {"SecurityGroupRuleId": "sgr-1", "IsEgress": False},
        {"SecurityGroupRuleId": "sgr-2", "IsEgress": True},
    ],
}


class Answering:
    """Answers every lookup with the same page."""

    def __init__(self, page: Mapping[str, Any]) -> None:
        self.page = page

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        if call.operation == "ListPolicyVersions":
            yield {"Versions": [{"VersionId": "v1", "IsDefaultVersion": False}]}
        else:
            yield self.page


def left(kind: str, id_: str = "an-id-that-is-long-enough-for-all-of-them", **values: Any) -> Leftover:
    more = {
        "cluster": "c", "repository": "repository", "namespace": "ecs", "dimension": "ecs:service:DesiredCount",
        "vault": "v", "group": "g", "account": "123456789012", "attachment": "eni-attach-1",
        "resource": "service/c/s", "digest": f"sha256:{'a' * 64}", "vpc_ids": ["vpc-1"],
        "protected": True, "key_state": "Enabled", "version": 3,
    }  # fmt: skip
    return Leftover(
        kind, id_, "eu-west-1", ("new",), cost_of(kind, {}, "eu-west-1"), name="shop", values=more | values
    )


def found(*leftovers: Leftover) -> Certificate:
    return certificate(left=leftovers)


def test_every_type_that_a_sweep_lists_can_be_deleted_or_says_how_by_hand() -> None:
    assert set(WAYS) | set(BY_HAND) == TYPES
    assert set(WAYS) & set(BY_HAND) == set()


@pytest.mark.parametrize("kind", sorted(WAYS))
def test_each_deletion_is_a_call_that_aws_knows_with_parameters_that_it_takes(kind: str) -> None:
    (item,) = plan_deletions(found(left(kind)), Answering(ANSWERS)).items
    for operation in item.operations:
        model = SESSION.get_service_model(operation.service).operation_model(operation.operation)
        report = ParamValidator().validate(dict(operation.parameters), model.input_shape)
        assert not report.has_errors(), report.generate_report()
    assert json.loads(json.dumps(item.to_json())) == item.to_json()


def test_users_are_deleted_before_what_they_use() -> None:
    kinds = ["aws_vpc", "aws_subnet", "aws_eip", "aws_nat_gateway", "aws_lb", "aws_ecs_cluster", "ecs_task"]
    plan = plan_deletions(found(*(left(kind) for kind in kinds)), Answering({}))
    assert [item.type for item in plan.items] == [
        "ecs_task", "aws_ecs_cluster", "aws_lb", "aws_nat_gateway", "aws_eip", "aws_subnet", "aws_vpc",
    ]  # fmt: skip


def test_every_version_and_delete_marker_of_a_bucket_is_named() -> None:
    (item,) = plan_deletions(found(left("aws_s3_bucket", "logs")), Answering(ANSWERS)).items
    assert [one.operation for one in item.operations] == ["DeleteObjects", "DeleteBucket"]
    assert item.operations[0].parameters["Delete"]["Objects"] == [
        {"Key": "a", "VersionId": "1"},
        {"Key": "a", "VersionId": "2"},
    ]


def test_what_only_a_person_can_delete_is_left_out_and_said() -> None:
    plan = plan_deletions(found(left("aws_iam_user", "robot")), Answering({}))
    assert plan.items == ()
    assert "by hand" in plan.left_out["aws_iam_user eu-west-1 robot"]


def test_a_group_of_schedules_names_every_schedule_that_goes_with_it() -> None:
    schedules = Answering({"Schedules": [{"Name": "shops"}, {"Name": "somebodys"}]})
    (item,) = plan_deletions(found(left("aws_scheduler_schedule_group", "g")), schedules).items
    assert [(one.operation, one.parameters["Name"]) for one in item.operations] == [
        ("DeleteSchedule", "shops"),
        ("DeleteSchedule", "somebodys"),
        ("DeleteScheduleGroup", "g"),
    ]


def test_a_repository_goes_after_its_images_and_a_table_after_its_associations() -> None:
    images = Answering({"imageIds": [{"imageDigest": "sha256:a"}, {"imageDigest": "sha256:a"}]})
    (item,) = plan_deletions(found(left("aws_ecr_repository", "api")), images).items
    assert [one.operation for one in item.operations] == ["BatchDeleteImage", "DeleteRepository"]
    held = [
        {"RouteTableAssociationId": "a-1", "Main": True},
        {"RouteTableAssociationId": "a-2", "Main": False},
    ]
    tables = Answering({"RouteTables": [{"Associations": held}]})
    (item,) = plan_deletions(found(left("aws_route_table", "rtb-1")), tables).items
    assert [(one.operation, one.parameters) for one in item.operations] == [
        ("DisassociateRouteTable", {"AssociationId": "a-2"}),
        ("DeleteRouteTable", {"RouteTableId": "rtb-1"}),
    ]


def test_what_is_the_accounts_own_or_of_a_type_that_nobody_lists_is_for_a_person() -> None:
    own = replace(left("aws_vpc", "vpc-1"), by_hand="it is the account's default")
    plan = plan_deletions(found(own), Answering({}))
    assert (plan.items, plan.left_out) == ((), {own.key: "by hand: it is the account's default"})


def test_what_somebody_else_may_have_made_is_left_out_on_an_account() -> None:
    new = Leftover(
        "aws_eip", "e", "eu-west-1", ("not there before the first apply",), cost_of("aws_eip", {}, "")
    )
    tagged = Leftover("aws_eip", "f", "eu-west-1", ("tagged Project=shop",), cost_of("aws_eip", {}, ""))
    plan = plan_deletions(found(new, tagged), Answering({}), others=False)
    assert [item.id for item in plan.items] == ["f"]
    assert "somebody else" in plan.left_out[new.key]


def test_a_plan_file_reads_back_and_one_that_was_changed_is_refused(tmp_path: Path) -> None:
    plan = plan_deletions(found(left("aws_eip", "eip-1"), left("aws_sqs_queue", "q")), Answering({}))
    path = tmp_path / "plan.json"
    save_plan(plan, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_plan(path).items == plan.items
    path.write_text(path.read_text().replace("eip-1", "eip-2"))
    with pytest.raises(UnreadableInput, match="was changed"):
        load_plan(path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"kind": "other"}'])
def test_what_is_no_plan_is_said_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(UnreadableInput, match="no plan of deletions"):
        load_plan(path)


def test_a_bucket_that_has_got_another_object_since_is_not_touched() -> None:
    bucket = left("aws_s3_bucket", "logs")
    plan = plan_deletions(found(bucket), Answering({"Versions": ANSWERS["Versions"]}))
    with pytest.raises(RunFailed, match="not as it was"):
        still_true(plan, found(bucket), Answering(ANSWERS))


def test_what_has_gone_meanwhile_needs_no_deletion() -> None:
    eip, queue = left("aws_eip"), left("aws_sqs_queue")
    plan = plan_deletions(found(eip, queue), Answering({}))
    assert [one.type for one in still_true(plan, found(queue), Answering({}))] == ["aws_sqs_queue"]


def test_a_plan_of_another_account_is_refused() -> None:
    plan = plan_deletions(found(left("aws_eip")), Answering({}))
    with pytest.raises(RunFailed, match="another account"):
        still_true(plan, certificate(account="999999999999"), Answering({}))


RELEASE = Operation("ec2", "ReleaseAddress", "eu-west-1", {"AllocationId": "eipalloc-1"})
NOWHERE = Target(endpoint="http://127.0.0.1:9", dummy=("test", "test"))


def test_a_list_that_was_not_approved_makes_no_writer() -> None:
    with pytest.raises(WriteRefused, match="not those that were approved"):
        Writer(NOWHERE, [RELEASE], digest_of([]))


@pytest.mark.parametrize(
    "other",
    [
        Operation("ec2", "ReleaseAddress", "eu-west-1", {"AllocationId": "eipalloc-2"}),
        Operation("ec2", "ReleaseAddress", "us-east-1", {"AllocationId": "eipalloc-1"}),
        Operation("ec2", "DeleteVpc", "eu-west-1", {"VpcId": "vpc-1"}),
    ],
)
def test_what_is_not_on_the_list_is_refused_by_every_way(other: Operation) -> None:
    writer = Writer(NOWHERE, [RELEASE], digest_of([RELEASE]))
    with pytest.raises(WriteRefused, match="not among"):
        writer.send(other)
    client = writer.client(other.service, other.region)
    with pytest.raises(WriteRefused, match="not among"):
        getattr(client, botocore.xform_name(other.operation))(**other.parameters)


def test_what_is_on_the_list_is_sent() -> None:
    writer = Writer(NOWHERE, [RELEASE], digest_of([RELEASE]))
    with pytest.raises(WriteFailed, match="EndpointConnectionError"):
        writer.send(RELEASE)


class Refusing:
    """A writer to which AWS gives these answers, one after the other; an empty text is a success."""

    def __init__(self, *codes: str) -> None:
        self.codes, self.sent = list(codes), 0

    def send(self, operation: Operation) -> None:
        self.sent += 1
        code = self.codes.pop(0)
        if code:
            raise WriteFailed(operation, code, "said AWS")


def carried(writer: Refusing, *items: Deletion, patience: float = 5.0) -> list[str]:
    return carry_out(writer, items, lambda _: None, lambda *_: None, patience=patience, pause=0.0)  # type: ignore[arg-type]


ITEM = Deletion("aws_eip", "e", "eu-west-1", ("new",), 3.65, (RELEASE,))


def test_what_is_still_in_use_is_tried_again() -> None:
    writer = Refusing("InvalidIPAddress.InUse", "DependencyViolation", "")
    assert (carried(writer, ITEM), writer.sent) == ([], 3)


def test_what_is_gone_already_is_done() -> None:
    assert carried(Refusing("InvalidAllocationID.NotFound"), ITEM) == []
    assert carried(Refusing("NoSuchBucket"), ITEM) == []


def test_a_refusal_is_said_and_the_rest_goes_on() -> None:
    writer = Refusing("UnauthorizedOperation", "")
    assert carried(writer, ITEM, replace(ITEM, id="f")) == ["aws_eip e: UnauthorizedOperation: said AWS"]
    assert writer.sent == 2


def test_what_is_waited_for_is_said_also_off_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletions, "_TOLD_EVERY", 0.0)
    notes: list[str] = []
    writer = Refusing("DependencyViolation", "")
    carry_out(writer, (ITEM,), lambda _: None, lambda *_: None, pause=0.0, note=notes.append)  # type: ignore[arg-type]
    assert [one.partition(",")[0] for one in notes] == ["waiting until aws_eip e can go (DependencyViolation"]


def test_patience_ends() -> None:
    assert len(carried(Refusing("DependencyViolation"), ITEM, patience=0.0)) == 1


def test_what_things_of_a_type_hold_goes_before_any_of_them() -> None:
    sent: list[str] = []

    class Noting:
        def send(self, operation: Operation) -> None:
            sent.append(operation.operation + operation.parameters["GroupId"])

    groups = (left("aws_security_group", "sg-a"), left("aws_security_group", "sg-b"))
    plan = plan_deletions(
        found(*groups), Answering({"SecurityGroupRules": ANSWERS["SecurityGroupRules"][:1]})
    )
    carry_out(Noting(), plan.items, lambda _: None, lambda *_: None)  # type: ignore[arg-type]
    assert sent == [
        "RevokeSecurityGroupIngresssg-a", "RevokeSecurityGroupIngresssg-b",
        "DeleteSecurityGroupsg-a", "DeleteSecurityGroupsg-b",
    ]  # fmt: skip
