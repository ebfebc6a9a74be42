"""What AWS deletes as a part of something is on the list by name, and nothing goes that came later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from launchbook.collect.declare import Call
from launchbook.errors import RunFailed
from launchbook.lifecycle.deletions import Deletion, plan_deletions, still_true
from tests.unit.lifecycle.test_deletions import Answering, found, left


def test_what_a_deletion_takes_with_it_is_on_the_list_by_name() -> None:
    inner = "arn:aws:cloudformation:eu-west-1:123456789012:stack/inner/1"

    class Stacks:
        def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
            held = {
                "shop": [
                    ("AWS::CloudFormation::Stack", inner, "CREATE_COMPLETE"),
                    ("AWS::SNS::Topic", "old", "DELETE_COMPLETE"),
                ],
                inner: [
                    ("AWS::SQS::Queue", "jobs", "CREATE_COMPLETE"),
                    ("AWS::SQS::Queue", None, "CREATE_FAILED"),
                ],
            }[parameters["StackName"]]
            names = ("ResourceType", "PhysicalResourceId", "ResourceStatus")
            yield {"StackResourceSummaries": [dict(zip(names, one, strict=True)) for one in held]}

    (item,) = plan_deletions(found(left("aws_cloudformation_stack", "shop")), Stacks()).items
    assert item.takes == (f"AWS::CloudFormation::Stack {inner}", "AWS::SQS::Queue jobs")
    group = Answering({"AutoScalingGroups": [{"Instances": [{"InstanceId": "i-2"}, {"InstanceId": "i-1"}]}]})
    (item,) = plan_deletions(found(left("aws_autoscaling_group", "g")), group).items
    assert item.takes == ("aws_instance i-1", "aws_instance i-2")
    cache = Answering({"ReplicationGroups": [{"MemberClusters": ["r-001"]}]})
    (item,) = plan_deletions(found(left("aws_elasticache_replication_group", "r")), cache).items
    assert item.takes == ("aws_elasticache_cluster r-001",)
    assert Deletion.from_json(item.to_json()) == item


def test_a_group_that_has_got_another_machine_since_is_not_touched() -> None:
    def holding(*names: str) -> Answering:
        return Answering({"AutoScalingGroups": [{"Instances": [{"InstanceId": name} for name in names]}]})

    group = left("aws_autoscaling_group", "g")
    plan = plan_deletions(found(group), holding("i-1", "i-2"))
    assert still_true(plan, found(group), holding("i-2")) == plan.items
    with pytest.raises(RunFailed, match="not as it was: it would take aws_instance i-3"):
        still_true(plan, found(group), holding("i-1", "i-3"))
