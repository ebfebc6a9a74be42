"""Scaling that acts: alarms move the desired count of services. A minute takes a second here."""

from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.support.eventually import eventually

DIMENSION = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}


@pytest.fixture
def scaling(hurried_aws):
    return hurried_aws("application-autoscaling")


@pytest.fixture
def cloudwatch(hurried_aws):
    return hurried_aws("cloudwatch")


@pytest.fixture
def service(hurried_aws):
    """A service of one task; its resource id as Application Auto Scaling names it."""
    ecs, name = hurried_aws("ecs"), f"svc-{uuid4().hex[:12]}"
    ecs.create_cluster(clusterName=name)
    ecs.register_task_definition(
        family=name,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "main", "image": "nobody/pushed:this", "essential": True}],
    )
    subnet = hurried_aws("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    ecs.create_service(
        cluster=name, serviceName=name, taskDefinition=name, desiredCount=1, launchType="FARGATE",
        networkConfiguration=network,
    )  # fmt: skip
    yield f"service/{name}/{name}"
    ecs.delete_service(cluster=name, service=name, force=True)


@pytest.fixture
def desired(hurried_aws, service):
    _, cluster, name = service.split("/")

    def look():
        (found,) = hurried_aws("ecs").describe_services(cluster=cluster, services=[name])["services"]
        return found["desiredCount"]

    return look


def register(scaling, service, low=1, high=5, **more):
    asked = DIMENSION | {"ResourceId": service, "MinCapacity": low, "MaxCapacity": high} | more
    return scaling.register_scalable_target(**asked)["ScalableTargetARN"]


def step_policy(scaling, service, name, steps, kind="ChangeInCapacity", cooldown=0):
    return scaling.put_scaling_policy(
        PolicyName=name,
        ResourceId=service,
        PolicyType="StepScaling",
        **DIMENSION,
        StepScalingPolicyConfiguration={
            "AdjustmentType": kind,
            "StepAdjustments": steps,
            "Cooldown": cooldown,
            "MetricAggregationType": "Maximum",
        },
    )["PolicyARN"]


def alarm(cloudwatch, name, action, threshold, comparison="GreaterThanOrEqualToThreshold"):
    cloudwatch.put_metric_alarm(
        AlarmName=name, Namespace="Shop", MetricName=name.rsplit("#")[0], Statistic="Maximum", Period=60,
        EvaluationPeriods=1, Threshold=threshold, ComparisonOperator=comparison, AlarmActions=[action],
    )  # fmt: skip


def report(cloudwatch, name, value):
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": name, "Value": value}])


def activities(scaling, service):
    return scaling.describe_scaling_activities(ServiceNamespace="ecs", ResourceId=service)[
        "ScalingActivities"
    ]


def test_a_backlog_scales_out_by_its_step_and_back_in(scaling, cloudwatch, service, desired):
    name = service.split("/")[1]
    register(scaling, service, 1, 5)
    out = step_policy(
        scaling,
        service,
        "out",
        [
            {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 900, "ScalingAdjustment": 1},
            {"MetricIntervalLowerBound": 900, "ScalingAdjustment": 2},
        ],
        cooldown=120,
    )
    into = step_policy(scaling, service, "in", [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}])
    alarm(cloudwatch, f"{name}#high", out, 100)
    alarm(cloudwatch, f"{name}#low", into, 10, "LessThanThreshold")

    seen = [1]

    def look(value):
        report(cloudwatch, name, value)
        if desired() != seen[-1]:
            seen.append(desired())
        return seen[-1]

    eventually(lambda: look(1000), lambda count: count == 5)
    assert seen == [1, 3, 5], "two tasks a step, a cooldown between"
    eventually(lambda: look(0), lambda count: count == 1)
    assert seen == [1, 3, 5, 4, 3, 2, 1], "one task a step"
    descriptions = [activity["Description"] for activity in activities(scaling, service)]
    assert descriptions[-2:] == ["Setting desired count to 5.", "Setting desired count to 3."]
    cause = activities(scaling, service)[-1]["Cause"]
    assert cause == f"monitor alarm {name}#high in state ALARM triggered policy out"


def test_an_alarm_set_by_hand_scales_once(scaling, cloudwatch, service, desired):
    name = service.split("/")[1]
    register(scaling, service, 1, 10)
    action = step_policy(
        scaling, service, "double", [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 100}],
        "PercentChangeInCapacity", 600,
    )  # fmt: skip
    alarm(cloudwatch, name, action, 100)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="drill")
    assert desired() == 2


def test_a_capacity_outside_its_bounds_is_brought_inside(scaling, service, desired):
    register(scaling, service, 2, 5)
    eventually(desired, lambda count: count == 2)
    assert activities(scaling, service)[0]["Cause"] == "minimum capacity was set to 2"


def test_suspended_scaling_does_not_scale(scaling, cloudwatch, service, desired):
    name = service.split("/")[1]
    register(scaling, service, SuspendedState={"DynamicScalingOutSuspended": True})
    action = step_policy(scaling, service, "out", [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}])
    alarm(cloudwatch, name, action, 100)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="drill")
    assert desired() == 1
    assert activities(scaling, service) == []


def tracking(scaling, service, **configuration):
    given = {
        "TargetValue": 50.0,
        "ScaleOutCooldown": 60,
        "ScaleInCooldown": 60,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    } | configuration
    return scaling.put_scaling_policy(
        PolicyName="cpu",
        ResourceId=service,
        PolicyType="TargetTrackingScaling",
        **DIMENSION,
        TargetTrackingScalingPolicyConfiguration=given,
    )


def test_target_tracking_makes_its_own_alarms_and_acts_on_them(scaling, cloudwatch, service, desired):
    register(scaling, service, 1, 8)
    specification = {"MetricName": service, "Namespace": "Shop", "Statistic": "Average", "Dimensions": []}
    given = {"CustomizedMetricSpecification": specification}
    answer = scaling.put_scaling_policy(
        PolicyName="load",
        ResourceId=service,
        PolicyType="TargetTrackingScaling",
        **DIMENSION,
        TargetTrackingScalingPolicyConfiguration={"TargetValue": 50.0, "ScaleOutCooldown": 600} | given,
    )
    names = [each["AlarmName"] for each in answer["Alarms"]]
    alarms = {a["AlarmName"]: a for a in cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]}
    high, low = (alarms[name] for name in names)
    assert (high["ComparisonOperator"], high["Threshold"], high["EvaluationPeriods"]) == (
        "GreaterThanThreshold",
        50,
        3,
    )
    assert (low["ComparisonOperator"], low["Threshold"], low["EvaluationPeriods"]) == (
        "LessThanThreshold",
        45,
        15,
    )

    def look():
        report(cloudwatch, service, 200)
        return desired()

    eventually(look, lambda count: count == 4)


def test_an_updated_policy_keeps_its_arn_and_gives_up_its_alarms(scaling, cloudwatch, service):
    register(scaling, service)
    first = tracking(scaling, service)
    second = tracking(scaling, service, TargetValue=70.0)
    assert first["PolicyARN"] == second["PolicyARN"]
    old = [each["AlarmName"] for each in first["Alarms"]]
    assert cloudwatch.describe_alarms(AlarmNames=old)["MetricAlarms"] == []
    only = tracking(scaling, service, DisableScaleIn=True)
    assert ["AlarmHigh" in each["AlarmName"] for each in only["Alarms"]] == [True]


def test_a_target_that_goes_takes_policies_and_alarms_with_it(scaling, cloudwatch, service):
    register(scaling, service)
    made = [each["AlarmName"] for each in tracking(scaling, service)["Alarms"]]
    scaling.deregister_scalable_target(ResourceId=service, **DIMENSION)
    assert cloudwatch.describe_alarms(AlarmNames=made)["MetricAlarms"] == []
    assert (
        scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=service)["ScalingPolicies"] == []
    )
    with pytest.raises(ClientError, match="No scalable target registered"):
        tracking(scaling, service)


def test_tags_of_a_target(scaling, service):
    arn = register(scaling, service, Tags={"team": "a", "old": "x"})
    assert register(scaling, service, 2, 6) == arn
    scaling.tag_resource(ResourceARN=arn, Tags={"team": "b"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["old"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"team": "b"}
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        scaling.list_tags_for_resource(ResourceARN=arn[:-4] + "none")


def test_scheduled_actions_are_described(scaling, service):
    register(scaling, service)
    scaling.put_scheduled_action(
        ScheduledActionName="night", Schedule="cron(0 22 * * ? *)", ResourceId=service, **DIMENSION,
        ScalableTargetAction={"MinCapacity": 0, "MaxCapacity": 1},
    )  # fmt: skip
    (action,) = scaling.describe_scheduled_actions(ServiceNamespace="ecs", ResourceId=service)[
        "ScheduledActions"
    ]
    assert action["ScalableTargetAction"] == {"MinCapacity": 0, "MaxCapacity": 1}
