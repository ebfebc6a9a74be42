"""What ECS refuses is refused, and `launchbook local status` tells each container's own state."""

from typing import Any

import pytest

from launchbook.local import control
from launchbook.local.instance import Instance
from tests.aws.ecs.conftest import Fleet, until


@pytest.mark.parametrize(
    ("size", "why"),
    [
        (
            {"cpu": "256", "memory": "9999"},
            "No Fargate configuration exists for given values: 256 CPU, 9999 memory",
        ),
        (
            {"cpu": "300", "memory": "512"},
            "No Fargate configuration exists for given values: 300 CPU, 512 memory",
        ),
        ({"cpu": "8 vCPU", "memory": "17 GB"}, "8192 CPU, 17408 memory"),
        ({"cpu": "256", "memory": "half"}, "Invalid 'memory' setting for task."),
        ({"cpu": "256"}, "Fargate requires that 'memory' be defined at the task level."),
    ],
)
def test_fargate_has_sizes(fleet: Fleet, size: dict[str, str], why: str) -> None:
    with pytest.raises(fleet.ecs.exceptions.ClientException) as refused:
        _define(fleet, **size)
    assert why in refused.value.response["Error"]["Message"]
    assert fleet.ecs.list_task_definitions(familyPrefix=fleet.name)["taskDefinitionArns"] == []


@pytest.mark.parametrize(
    ("cpu", "memory"), [("256", "512"), (".25 vCPU", "0.5GB"), ("1 vCPU", "8GB"), ("16384", "32768")]
)
def test_fargate_takes_its_sizes(fleet: Fleet, cpu: str, memory: str) -> None:
    _define(fleet, cpu=cpu, memory=memory)


def _define(fleet: Fleet, **size: Any) -> None:
    fleet.ecs.register_task_definition(
        family=fleet.name, requiresCompatibilities=["FARGATE"], networkMode="awsvpc",
        containerDefinitions=[{"name": "app", "image": "i"}], **size,
    )  # fmt: skip


def test_an_unknown_task_definition_is_not_found(fleet: Fleet) -> None:
    for name in ("nothing", "nothing:7"):
        with pytest.raises(fleet.ecs.exceptions.ClientException, match=r"TaskDefinition not found\."):
            fleet.ecs.run_task(cluster=fleet.name, taskDefinition=name)


def test_status_tells_an_ended_container_from_a_running_one(fleet: Fleet, embedded: Instance) -> None:
    def container(name: str, code: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "image": image, "entryPoint": ["python", "-uc", code], "memory": 64, **more}

    image = fleet.image("1")
    after = [{"containerName": "first", "condition": "SUCCESS"}]
    first, app = (
        container("first", "pass", essential=False),
        container("app", "import time; time.sleep(60)", dependsOn=after),
    )
    made = fleet.ecs.register_task_definition(family=fleet.name, containerDefinitions=[first, app])
    arn = fleet.run(made["taskDefinition"]["taskDefinitionArn"])
    until(lambda: fleet.task(arn)["lastStatus"] == "RUNNING")
    rows = control.ask(embedded, "status")["resources"]
    mine = {row["id"].rpartition("/")[2]: row for row in rows if arn.rpartition("/")[2] in row["id"]}
    assert (mine["first"]["state"], mine["first"]["pid"]) == ("STOPPED", None)
    assert mine["app"]["state"] == "RUNNING"
    assert mine["app"]["pid"]
