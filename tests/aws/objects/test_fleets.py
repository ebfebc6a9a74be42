"""Groups of EC2 Auto Scaling, their hooks and notifications, what they launch from and what they leave."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Clients

_IMAGE = "ami-0abcdef1234567890"
_SPREAD = {"OnDemandPercentageAboveBaseCapacity": 25, "SpotAllocationStrategy": "price-capacity-optimized"}
_TYPES = [{"InstanceType": "t3.small", "WeightedCapacity": "2"}, {"InstanceType": "t3a.small"}]
_TOPIC = "arn:aws:sns:eu-west-1:123456789012:fleet"


@pytest.fixture
def subnet(aws: Clients) -> Iterator[str]:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.78.1.0/24")["Subnet"]["SubnetId"]
    yield made
    ec2.delete_subnet(SubnetId=made)  # refused while an interface of an instance is left in it
    ec2.delete_vpc(VpcId=vpc)


@pytest.fixture
def template(aws: Clients) -> Iterator[str]:
    ec2 = aws("ec2")
    tags = [{"Key": "team", "Value": "a"}]
    made: str = ec2.create_launch_template(
        LaunchTemplateName="fleet",
        LaunchTemplateData={
            "InstanceType": "t3.micro",
            "ImageId": _IMAGE,
            "TagSpecifications": [{"ResourceType": "instance", "Tags": tags}],
        },
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": tags}],
    )["LaunchTemplate"]["LaunchTemplateId"]
    yield made
    ec2.delete_launch_template(LaunchTemplateId=made)


@pytest.fixture
def group(aws: Clients, subnet: str, template: str) -> Iterator[str]:
    fleet = aws("autoscaling")
    specification = {"LaunchTemplateId": template, "Version": "1"}
    fleet.create_auto_scaling_group(
        AutoScalingGroupName="fleet", MinSize=1, MaxSize=3, VPCZoneIdentifier=subnet,
        DefaultInstanceWarmup=90, MaxInstanceLifetime=604800, CapacityRebalance=True,
        MixedInstancesPolicy={
            "InstancesDistribution": _SPREAD,
            "LaunchTemplate": {"LaunchTemplateSpecification": specification, "Overrides": _TYPES},
        },
        LifecycleHookSpecificationList=[
            {"LifecycleHookName": "boot", "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
             "HeartbeatTimeout": 60, "DefaultResult": "CONTINUE"},
        ],
    )  # fmt: skip
    yield "fleet"
    fleet.delete_auto_scaling_group(AutoScalingGroupName="fleet", ForceDelete=True)


def _only(aws: Clients) -> dict[str, Any]:
    (found,) = aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=["fleet"])[
        "AutoScalingGroups"
    ]
    return dict(found)


def test_a_group_keeps_its_settings_and_names_its_template_once(aws: Clients, group: str) -> None:
    told = _only(aws)
    assert (told["DefaultInstanceWarmup"], told["MaxInstanceLifetime"]) == (90, 604800)
    assert "LaunchTemplate" not in told, "the mixed policy has it"
    policy = told["MixedInstancesPolicy"]
    assert policy["LaunchTemplate"]["Overrides"] == _TYPES
    assert policy["InstancesDistribution"] == _SPREAD
    aws("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=group, DefaultCooldown=60, TerminationPolicies=["OldestInstance"]
    )
    told = _only(aws)
    assert (told["DefaultCooldown"], told["TerminationPolicies"]) == (60, ["OldestInstance"])
    assert told["MixedInstancesPolicy"] == policy, "what is not named stays"


def test_hooks_keep_whom_they_tell(aws: Clients, group: str) -> None:
    fleet = aws("autoscaling")
    whose = {"AutoScalingGroupName": group, "LifecycleHookName": "end"}
    role = "arn:aws:iam::123456789012:role/fleet"
    fleet.put_lifecycle_hook(
        **whose, LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING", NotificationMetadata="{}",
        NotificationTargetARN=_TOPIC, RoleARN=role,
    )  # fmt: skip
    fleet.put_lifecycle_hook(**whose, HeartbeatTimeout=120)
    hooks = {
        each["LifecycleHookName"]: each
        for each in fleet.describe_lifecycle_hooks(AutoScalingGroupName=group)["LifecycleHooks"]
    }
    assert hooks["boot"]["HeartbeatTimeout"] == 60
    assert "NotificationTargetARN" not in hooks["boot"]
    end = hooks["end"]
    assert (end["NotificationTargetARN"], end["RoleARN"], end["NotificationMetadata"]) == (_TOPIC, role, "{}")
    assert (end["HeartbeatTimeout"], end["LifecycleTransition"]) == (
        120,
        "autoscaling:EC2_INSTANCE_TERMINATING",
    )


def test_notifications_are_told_until_they_are_deleted(aws: Clients, group: str) -> None:
    fleet = aws("autoscaling")
    kinds = ["autoscaling:EC2_INSTANCE_LAUNCH", "autoscaling:EC2_INSTANCE_TERMINATE"]
    for wanted in (kinds, kinds[:1]):
        fleet.put_notification_configuration(
            AutoScalingGroupName=group, TopicARN=_TOPIC, NotificationTypes=wanted
        )
        told = fleet.describe_notification_configurations(AutoScalingGroupNames=[group])
        assert [each["NotificationType"] for each in told["NotificationConfigurations"]] == wanted
    fleet.delete_notification_configuration(AutoScalingGroupName=group, TopicARN=_TOPIC)
    assert not fleet.describe_notification_configurations()["NotificationConfigurations"]
    with pytest.raises(ClientError, match="not found"):
        fleet.put_notification_configuration(
            AutoScalingGroupName="nobody", TopicARN=_TOPIC, NotificationTypes=kinds
        )


def test_a_launch_template_has_no_tags_of_its_own_among_those_of_what_it_launches(
    aws: Clients, template: str
) -> None:
    (version,) = aws("ec2").describe_launch_template_versions(LaunchTemplateId=template)[
        "LaunchTemplateVersions"
    ]
    kinds = [each["ResourceType"] for each in version["LaunchTemplateData"]["TagSpecifications"]]
    assert kinds == ["instance"]
    (told,) = aws("ec2").describe_launch_templates(LaunchTemplateIds=[template])["LaunchTemplates"]
    assert told["Tags"] == [{"Key": "team", "Value": "a"}]


def test_detailed_monitoring_is_switched_on_and_off(aws: Clients, subnet: str) -> None:
    ec2 = aws("ec2")
    (made,) = ec2.run_instances(ImageId=_IMAGE, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"]
    name = made["InstanceId"]
    for change, pending, state in (
        (ec2.monitor_instances, "pending", "enabled"),
        (ec2.unmonitor_instances, "disabling", "disabled"),
    ):
        assert change(InstanceIds=[name])["InstanceMonitorings"][0]["Monitoring"]["State"] == pending
        (told,) = ec2.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"]
        assert told["Monitoring"]["State"] == state
    ec2.terminate_instances(InstanceIds=[name])
