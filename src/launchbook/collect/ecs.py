"""Clusters, services, the definitions that their tasks run, and tasks that stopped."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.model import Unread, Value

CLUSTERS = Call("ecs", "ListClusters", each="clusterArns")
DEFINITION = "DescribeTaskDefinition"


@collector(
    "aws_ecs_cluster",
    CLUSTERS,
    Call(
        "ecs",
        "DescribeClusters",
        each="clusters",
        given={"clusters": ["$ListClusters"], "include": ["SETTINGS"]},
        take={
            "arn": "clusterArn",
            "name": "clusterName",
            "status": "status",
            "active_services": "activeServicesCount",
            "running_tasks": "runningTasksCount",
            "pending_tasks": "pendingTasksCount",
        },
        keep=["settings[].name", "settings[].value"],
    ),
)
def ecs_clusters(row: Row) -> Seen:
    """A cluster and what runs in it."""
    settings = row.get("DescribeClusters", "settings")
    return row.seen(id="arn", name="name", DescribeClusters={"setting": settings if settings else []})


@collector(
    "aws_ecs_service",
    CLUSTERS,
    Call("ecs", "ListServices", each="serviceArns", given={"cluster": "$ListClusters"}),
    Call(
        "ecs",
        "DescribeServices",
        always=["networkConfiguration.awsvpcConfiguration.assignPublicIp", "desiredCount", "runningCount"],
        each="services",
        given={"cluster": "$ListClusters", "services": ["$ListServices"]},
        take={
            "arn": "serviceArn",
            "name": "serviceName",
            "cluster": "clusterArn",
            "status": "status",
            "desired_count": "desiredCount",
            "running_count": "runningCount",
            "pending_count": "pendingCount",
            "task_definition": "taskDefinition",
            "launch_type": "launchType",
            "rollouts": "deployments[].rolloutState",
            "rollout_reasons": "deployments[].rolloutStateReason",
            "deployment_ids": "deployments[].id",
            "deployed_at": "deployments[].createdAt",
            "failed_tasks": "deployments[].failedTasks",
            "circuit_breaker": "deploymentConfiguration.deploymentCircuitBreaker.enable",
            "circuit_breaker_rollback": "deploymentConfiguration.deploymentCircuitBreaker.rollback",
            "deployment_minimum_healthy_percent": "deploymentConfiguration.minimumHealthyPercent",
            "deployment_maximum_percent": "deploymentConfiguration.maximumPercent",
            "scheduling_strategy": "schedulingStrategy",
            "subnets": "networkConfiguration.awsvpcConfiguration.subnets",
            "security_groups": "networkConfiguration.awsvpcConfiguration.securityGroups",
            "public_ip": "networkConfiguration.awsvpcConfiguration.assignPublicIp",
            "target_group_arns": "loadBalancers[].targetGroupArn",
            "events": "events[].message",
        },
        keep=["deploymentController.type"],
    ),
)
def ecs_services(row: Row) -> Seen:
    """A service: what should run, what runs, how its last rollouts went, where its tasks stand."""
    public = row.get("DescribeServices", "networkConfiguration.awsvpcConfiguration.assignPublicIp")
    network: dict[str, Value] = {
        "subnets": row.get("DescribeServices", "networkConfiguration.awsvpcConfiguration.subnets"),
        "security_groups": row.get(
            "DescribeServices", "networkConfiguration.awsvpcConfiguration.securityGroups"
        ),
        "assign_public_ip": public if isinstance(public, Unread) else public == "ENABLED",
    }
    controller: dict[str, Value] = {"type": row.get("DescribeServices", "deploymentController.type")}
    more: dict[str, Value] = {"network_configuration": [network], "deployment_controller": [controller]}
    return row.seen(id="arn", name="name", DescribeServices=more)


@collector(
    "aws_ecs_task_definition",
    CLUSTERS,
    Call("ecs", "ListServices", each="serviceArns", given={"cluster": "$ListClusters"}),
    Call(
        "ecs",
        "DescribeServices",
        each="services",
        given={"cluster": "$ListClusters", "services": ["$ListServices"]},
        keep=["taskDefinition"],
    ),
    Call(
        "ecs",
        DEFINITION,
        given={"taskDefinition": "$DescribeServices.taskDefinition"},
        take={
            "arn": "taskDefinition.taskDefinitionArn",
            "family": "taskDefinition.family",
            "task_role_arn": "taskDefinition.taskRoleArn",
            "execution_role_arn": "taskDefinition.executionRoleArn",
            "network_mode": "taskDefinition.networkMode",
            "cpu": "taskDefinition.cpu",
            "memory": "taskDefinition.memory",
        },
        keep=[
            "taskDefinition.containerDefinitions[].name",
            "taskDefinition.containerDefinitions[].image",
            "taskDefinition.containerDefinitions[].essential",
            "taskDefinition.containerDefinitions[].environment[].name",
            "taskDefinition.containerDefinitions[].environment[].value^",
            "taskDefinition.containerDefinitions[].secrets[].name",
            "taskDefinition.containerDefinitions[].secrets[].valueFrom",
            "taskDefinition.containerDefinitions[].portMappings[].containerPort",
            "taskDefinition.containerDefinitions[].healthCheck.command",
            "taskDefinition.containerDefinitions[].logConfiguration.logDriver",
            "taskDefinition.containerDefinitions[].logConfiguration.options.awslogs-group",
            "taskDefinition.containerDefinitions[].logConfiguration.options.awslogs-region",
        ],
    ),
)
def task_definitions(row: Row) -> Seen:
    """The definition behind each service. Of environment variables the names come in, and which are ARNs."""
    containers = row.get(DEFINITION, "taskDefinition.containerDefinitions")
    return row.seen(id="arn", name="family", DescribeTaskDefinition={"container_definitions": containers})


@collector(
    "ecs_task",
    CLUSTERS,
    Call("ecs", "ListTasks", each="taskArns", given={"cluster": "$ListClusters", "desiredStatus": "STOPPED"}),
    Call(
        "ecs",
        "DescribeTasks",
        each="tasks",
        given={"cluster": "$ListClusters", "tasks": ["$ListTasks"]},
        take={
            "arn": "taskArn",
            "group": "group",
            "started_by": "startedBy",
            "last_status": "lastStatus",
            "stop_code": "stopCode",
            "stopped_reason": "stoppedReason",
            "stopped_at": "stoppedAt",
            "exit_codes": "containers[].exitCode",
            "reasons": "containers[].reason",
        },
    ),
)
def stopped_tasks(row: Row) -> Seen:
    """A task that stopped within the last hour, and why."""
    return row.seen(id="arn", name="arn")
