"""A CloudFormation stack's service runs as its properties say."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

from launchbook.local import control
from launchbook.local.instance import Instance
from tests.aws.ecs.conftest import REGION, Fleet, until


def template(image: str, cluster: str, count: int, version: str) -> str:
    container = {
        "Name": "app", "Image": image, "PortMappings": [{"ContainerPort": 8080}],
        "Environment": [{"Name": "VERSION", "Value": version}],
        "LogConfiguration": {"LogDriver": "awslogs", "Options": {
            "awslogs-group": f"/{cluster}", "awslogs-region": REGION, "awslogs-stream-prefix": "x",
        }},
    }  # fmt: skip
    return json.dumps({
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.7.0.0/16"}},
            "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {
                "VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.7.0.0/24",
            }},
            "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {
                "Family": cluster, "Cpu": 256, "Memory": "512", "NetworkMode": "awsvpc",
                "RequiresCompatibilities": ["FARGATE"], "ContainerDefinitions": [container],
            }},
            "Service": {"Type": "AWS::ECS::Service", "Properties": {
                "Cluster": cluster, "ServiceName": "web", "DesiredCount": count, "LaunchType": "FARGATE",
                "TaskDefinition": {"Ref": "Task"},
                "DeploymentConfiguration": {"MaximumPercent": 250, "DeploymentCircuitBreaker": {
                    "Enable": True, "Rollback": True,
                }},
                "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [{"Ref": "Subnet"}]}},
            }},
        },
    })  # fmt: skip


def test_a_stack_makes_changes_and_deletes_a_service(
    fleet: Fleet, embedded: Instance, aws: Callable[..., Any]
) -> None:
    stacks = aws("cloudformation", REGION)
    image = fleet.image("1")
    stacks.create_stack(StackName=fleet.name, TemplateBody=template(image, fleet.name, 2, "one"))
    service = fleet.steady()
    assert (service["launchType"], service["desiredCount"]) == ("FARGATE", 2)
    assert service["deploymentConfiguration"]["maximumPercent"] == 250
    assert service["deploymentConfiguration"]["deploymentCircuitBreaker"] == {
        "enable": True,
        "rollback": True,
    }
    stacks.update_stack(StackName=fleet.name, TemplateBody=template(image, fleet.name, 1, "two"))
    until(lambda: fleet.steady()["taskDefinition"].endswith(":2"))
    assert fleet.steady()["desiredCount"] == 1
    task = fleet.tasks()[0]["taskArn"]
    until(lambda: "ready two" in fleet.lines(task))
    rows = control.ask(embedded, "status")["resources"]
    host = next(r["address"] for r in rows if task.rpartition("/")[2] in r["id"])
    with urllib.request.urlopen(f"http://{host}:8080/", timeout=5) as answer:
        assert answer.read() == b"two"
    stacks.delete_stack(StackName=fleet.name)
    until(lambda: fleet.ecs.list_services(cluster=fleet.name)["serviceArns"] == [])
    until(lambda: fleet.tasks(name=None) == [])
    assert fleet.ecs.list_task_definitions(familyPrefix=fleet.name)["taskDefinitionArns"] == []
