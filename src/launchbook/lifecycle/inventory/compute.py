"""What runs: containers, functions, groups of machines, balancers, images."""

from __future__ import annotations

from launchbook.lifecycle.inventory.declare import Listing, Values, called, gigabytes, gone, listing
from launchbook.model import Value

#: Every namespace of Application Auto Scaling: it lists targets of one at a time.
NAMESPACES = (
    "appstream", "cassandra", "comprehend", "custom-resource", "dynamodb", "ec2", "ecs", "elasticache",
    "elasticmapreduce", "kafka", "lambda", "neptune", "rds", "sagemaker", "workspaces",
)  # fmt: skip


def _image(row: Values) -> dict[str, Value]:
    """Two repositories may hold images of one digest."""
    return {**gigabytes("bytes")(row), "id": f"{row.get('repository')}@{row['id']}"}


_CLUSTERS = called("ecs", "ListClusters", "clusterArns")

LISTINGS: tuple[Listing, ...] = (
    listing(
        "aws_ecs_cluster",
        _CLUSTERS,
        called(
            "ecs", "DescribeClusters", "clusters", given={"clusters": ["$ListClusters"], "include": ["TAGS"]},
            pairs="tags", id="clusterArn", name="clusterName", arn="clusterArn", state="status",
        ),
        of_aws=gone("INACTIVE"),
    ),
    listing(
        "aws_ecs_service",
        _CLUSTERS,
        called("ecs", "ListServices", "serviceArns", given={"cluster": "$ListClusters"}),
        called(
            "ecs", "DescribeServices", "services",
            given={"cluster": "$ListClusters", "services": ["$ListServices"], "include": ["TAGS"]},
            pairs="tags", id="serviceArn", name="serviceName", arn="serviceArn", state="status",
            cluster="clusterArn", created="createdAt", running="runningCount",
        ),
        of_aws=gone("INACTIVE"),
    ),
    listing(
        "ecs_task",
        _CLUSTERS,
        called("ecs", "ListTasks", "taskArns", given={"cluster": "$ListClusters"}),
        called(
            "ecs", "DescribeTasks", "tasks",
            given={"cluster": "$ListClusters", "tasks": ["$ListTasks"], "include": ["TAGS"]},
            pairs="tags", id="taskArn", name="group", arn="taskArn", state="lastStatus", cluster="clusterArn",
            cpu="cpu", memory="memory", created="createdAt",
        ),
        of_aws=gone("STOPPED", "DEPROVISIONING"),
    ),
    listing(
        "aws_ecs_task_definition",
        called("ecs", "ListTaskDefinitions", "taskDefinitionArns", given={"status": "ACTIVE"}, id="", arn=""),
        tags=called("ecs", "ListTagsForResource", given={"resourceArn": "$id"}, pairs="tags"),
    ),
    listing(
        "aws_ecr_repository",
        called(
            "ecr", "DescribeRepositories", "repositories", id="repositoryName", name="repositoryName",
            arn="repositoryArn", created="createdAt",
        ),
        tags=called("ecr", "ListTagsForResource", given={"resourceArn": "$arn"}, pairs="tags"),
    ),
    listing(
        "ecr_image",
        called("ecr", "DescribeRepositories", "repositories", repository="repositoryName"),
        called(
            "ecr", "DescribeImages", "imageDetails",
            given={"repositoryName": "$DescribeRepositories.repositoryName"},
            id="imageDigest", digest="imageDigest", tags_of_image="imageTags", created="imagePushedAt",
            bytes="imageSizeInBytes",
        ),
        shape=_image,
    ),
    listing(
        "aws_lambda_function",
        called(
            "lambda", "ListFunctions", "Functions", id="FunctionName", name="FunctionName", arn="FunctionArn",
            created="LastModified",
        ),
        tags=called("lambda", "ListTags", given={"Resource": "$arn"}, tags="Tags*"),
    ),
    listing(
        "aws_lambda_event_source_mapping",
        called(
            "lambda", "ListEventSourceMappings", "EventSourceMappings", id="UUID", arn="EventSourceMappingArn",
            state="State",
        ),
    ),
    listing(
        "aws_lb",
        called(
            "elbv2", "DescribeLoadBalancers", "LoadBalancers", id="LoadBalancerArn", name="LoadBalancerName",
            arn="LoadBalancerArn", state="State.Code", created="CreatedTime", load_balancer_type="Type",
            subnets="AvailabilityZones[].ZoneName", scheme="Scheme",
        ),
        shape=lambda row: {"internal": row.get("scheme") == "internal"},
        tags=called(
            "elbv2", "DescribeTags", given={"ResourceArns": ["$arn"]}, pairs="TagDescriptions.0.Tags",
        ),
    ),
    listing(
        "aws_lb_target_group",
        called(
            "elbv2", "DescribeTargetGroups", "TargetGroups", id="TargetGroupArn", name="TargetGroupName",
            arn="TargetGroupArn",
        ),
        tags=called(
            "elbv2", "DescribeTags", given={"ResourceArns": ["$arn"]}, pairs="TagDescriptions.0.Tags",
        ),
    ),
    listing(
        "aws_elb",
        called(
            "elb", "DescribeLoadBalancers", "LoadBalancerDescriptions", id="LoadBalancerName",
            name="LoadBalancerName", created="CreatedTime",
        ),
    ),
    listing(
        "aws_autoscaling_group",
        called(
            "autoscaling", "DescribeAutoScalingGroups", "AutoScalingGroups", pairs="Tags",
            id="AutoScalingGroupName", name="AutoScalingGroupName", arn="AutoScalingGroupARN",
            created="CreatedTime",
        ),
    ),
    *(
        listing(
            "aws_appautoscaling_target",
            called(
                "application-autoscaling", "DescribeScalableTargets", "ScalableTargets",
                given={"ServiceNamespace": space}, id="ResourceId", resource="ResourceId", arn="ScalableTargetARN",
                dimension="ScalableDimension", namespace="ServiceNamespace", created="CreationTime",
                # Nothing but the namespace is said, so that nothing else can be wrong: there it does not exist.
                none_codes=("ValidationException",),
            ),
            shape=lambda row: {"id": f"{row['id']} {row.get('dimension')}"},
        )
        for space in NAMESPACES
    ),
    listing(
        "aws_cloudformation_stack",
        called(
            "cloudformation", "DescribeStacks", "Stacks", pairs="Tags", id="StackId", name="StackName",
            arn="StackId", state="StackStatus", created="CreationTime",
        ),
        of_aws=gone("DELETE_COMPLETE"),
    ),
    listing(
        "aws_eks_cluster",
        called("eks", "ListClusters", "clusters", id="", name=""),
    ),
    listing(
        "aws_sfn_state_machine",
        called(
            "stepfunctions", "ListStateMachines", "stateMachines", id="stateMachineArn", name="name",
            arn="stateMachineArn", created="creationDate",
        ),
        tags=called("stepfunctions", "ListTagsForResource", given={"resourceArn": "$arn"}, pairs="tags"),
    ),
)  # fmt: skip
