"""Application autoscaling: what scales, between which bounds."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector

ECS = {"ServiceNamespace": "ecs"}


@collector(
    "aws_appautoscaling_target",
    Call(
        "application-autoscaling",
        "DescribeScalableTargets",
        each="ScalableTargets",
        given=ECS,
        take={
            "arn": "ScalableTargetARN",
            "resource_id": "ResourceId",
            "scalable_dimension": "ScalableDimension",
            "min_capacity": "MinCapacity",
            "max_capacity": "MaxCapacity",
        },
    ),
)
def scalable_targets(row: Row) -> Seen:
    """An ECS service that scales."""
    return row.seen(id="arn", name="resource_id")


@collector(
    "aws_appautoscaling_policy",
    Call(
        "application-autoscaling",
        "DescribeScalingPolicies",
        each="ScalingPolicies",
        given=ECS,
        take={
            "arn": "PolicyARN",
            "name": "PolicyName",
            "policy_type": "PolicyType",
            "resource_id": "ResourceId",
            "alarm_names": "Alarms[].AlarmName",
        },
    ),
)
def scaling_policies(row: Row) -> Seen:
    """A scaling policy and the alarms that make it act."""
    return row.seen(id="arn", name="name")
