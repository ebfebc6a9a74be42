"""Repositories, clusters, services with the tasks they run, functions, the application on Amplify."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from launchbook.model import Fact
from tests.support.estate.builder import ACCOUNT, Estate, block, maker, only

#: Runs for ever and answers every path, on whichever port the task maps.
IMAGE = "example.test/stand-in:1"


@maker("aws_ecr_repository")
def repository(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    scan = block(given.get("image_scanning_configuration")).get("scan_on_push")
    made = estate.client("ecr", region).create_repository(
        repositoryName=given["name"],
        imageTagMutability=given.get("image_tag_mutability") or "MUTABLE",
        imageScanningConfiguration={"scanOnPush": bool(scan)},
    )["repository"]
    return {"id": given["name"], "arn": made["repositoryArn"], "repository_url": made["repositoryUri"]}


@maker("aws_ecs_cluster")
def cluster(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    settings = [{"name": one["name"], "value": one["value"]} for one in given.get("setting") or []]
    made = estate.client("ecs", region).create_cluster(clusterName=given["name"], **only(settings=settings))
    return {"id": given["name"], "name": given["name"], "arn": made["cluster"]["clusterArn"]}


@maker("aws_ecs_task_definition")
def task_definition(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    containers = [_container(one, region) for one in given["container_definitions"]]
    for one in containers:
        group = one.get("logConfiguration", {}).get("options", {}).get("awslogs-group")
        if group and not _has_group(estate, group, region):
            one.pop("logConfiguration")
    made = estate.client("ecs", region).register_task_definition(
        family=given["family"],
        cpu=str(given["cpu"]),
        memory=str(given["memory"]),
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        containerDefinitions=containers,
        **only(executionRoleArn=given.get("execution_role_arn"), taskRoleArn=given.get("task_role_arn")),
    )["taskDefinition"]["taskDefinitionArn"]
    return {"id": made, "arn": made, "family": given["family"]}


def _container(given: dict[str, Any], region: str) -> dict[str, Any]:
    """A container as declared; its values are not in the facts, and its image is a stand-in."""
    check = given.get("healthCheck")
    if check and "node" in check["command"]:
        check = {**check, "command": ["CMD-SHELL", "test -r /proc/self/status"]}
    options = (given.get("logConfiguration") or {}).get("options")
    log = options and {"logDriver": "awslogs", "options": {**options, "awslogs-region": region}}
    return only(
        name=given["name"],
        image=IMAGE,
        essential=given.get("essential", True),
        portMappings=given.get("portMappings"),
        environment=[
            {"name": one["name"], "value": one.get("value") or "value"}
            for one in given.get("environment") or []
        ],
        secrets=[one for one in given.get("secrets") or [] if one.get("valueFrom")],
        healthCheck=check,
        logConfiguration=log,
    )


def _has_group(estate: Estate, name: str, region: str) -> bool:
    found = estate.client("logs", region).describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return any(one["logGroupName"] == name for one in found)


@maker("aws_ecs_service")
def service(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    arn = f"arn:aws:ecs:{region}:{ACCOUNT}:service/{given['cluster']}/{given['name']}"
    return {"id": arn, "arn": arn, "name": given["name"], "cluster": given["cluster"]}


def services(estate: Estate) -> None:
    """The services, once the roles have their policies and the listeners stand."""
    for fact in estate.facts.seen("aws_ecs_service"):
        region = estate.region_of(fact)
        given = estate.value(dict(fact.attributes), region)
        if fact.id not in estate.made or not given.get("task_definition"):
            continue
        if _runs(estate, given, region):
            continue  # two templates declare one service
        breaker = block(given.get("deployment_circuit_breaker"))
        made = estate.client("ecs", region).create_service(
            cluster=given["cluster"],
            serviceName=given["name"],
            taskDefinition=given["task_definition"],
            desiredCount=given["desired_count"],
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": _placing(estate, given, region)},
            **only(
                loadBalancers=[
                    {
                        "targetGroupArn": one["target_group_arn"],
                        "containerName": one["container_name"],
                        "containerPort": one["container_port"],
                    }
                    for one in given.get("load_balancer") or []
                ],
                deploymentConfiguration=breaker
                and {
                    "deploymentCircuitBreaker": {"enable": breaker["enable"], "rollback": breaker["rollback"]}
                },
            ),
        )
        estate.made[fact.id]["arn"] = made["service"]["serviceArn"]


def _runs(estate: Estate, given: dict[str, Any], region: str) -> bool:
    listed = estate.client("ecs", region).list_services(cluster=given["cluster"])["serviceArns"]
    return any(arn.endswith(f"/{given['name']}") for arn in listed)


def _placing(estate: Estate, given: dict[str, Any], region: str) -> dict[str, Any]:
    network = block(given["network_configuration"])
    subnets = [one for one in network.get("subnets") or [] if one]
    groups = [one for one in network.get("security_groups") or [] if one]
    public = "ENABLED" if network.get("assign_public_ip") else "DISABLED"
    return {"subnets": subnets, "assignPublicIp": public, **only(securityGroups=groups)}


def scaling(estate: Estate) -> None:
    """Scalable targets and their policies, once the services run."""
    for fact in estate.facts.seen("aws_appautoscaling_target"):
        region = estate.region_of(fact)
        given = estate.value(dict(fact.attributes), region)
        resource = given.get("resource_id")
        if not resource:
            held = [one for one in estate.made.values() if "cluster" in one]
            resource = f"service/{held[0]['cluster']}/{held[0]['name']}" if held else None
        if resource:
            common = {
                "ServiceNamespace": "ecs",
                "ResourceId": resource,
                "ScalableDimension": "ecs:service:DesiredCount",
            }
            estate.client("application-autoscaling", region).register_scalable_target(
                **common, MinCapacity=given["min_capacity"], MaxCapacity=given["max_capacity"]
            )


@maker("aws_lambda_function")
def function(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    name = given["function_name"]
    made = estate.client("lambda", region).create_function(
        FunctionName=name,
        Runtime=given["runtime"],
        Role=given["role"],
        Handler=given["handler"],
        Code={"ZipFile": archive()},
    )
    return {"id": name, "arn": made["FunctionArn"], "function_name": name}


def archive() -> bytes:
    """Code that is never run."""
    held = BytesIO()
    with ZipFile(held, "w") as packed:
        packed.writestr("index.js", "exports.handler = async () => 1\n")
    return held.getvalue()


@maker("aws_amplify_app")
def application(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any] | None:
    if not fact.where.file.endswith((".yaml", ".json")) or "platform" not in given:
        return None
    made = estate.client("amplify", region).create_app(name=fact.name, platform=given["platform"])["app"]
    return {"id": made["appId"], "app_id": made["appId"], "domain": made["defaultDomain"]}


@maker("aws_amplify_branch")
def branch(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any] | None:
    app = given.get("app_id")
    if not app:
        return None
    amplify = estate.client("amplify", region)
    amplify.create_branch(appId=app, branchName=given["branch_name"], stage=given["stage"])
    return {"id": given["branch_name"], "app_id": app, "branch": given["branch_name"]}
