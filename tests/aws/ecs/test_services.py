"""Services: counts that are true, rolling deployments, the circuit breaker, and processes killed for real."""

import contextlib
import os
import signal
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from launchbook.local.instance import Instance
from tests.aws.ecs.conftest import HEALTH, REGION, SERVER, Fleet, event_queue, received, running, until

Aws = Callable[..., Any]


def version(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}:8080/", timeout=5) as answer:
        return str(answer.read().decode())


def test_one_to_five_to_one(fleet: Fleet, embedded: Instance) -> None:
    fleet.serve(fleet.define(fleet.image("1")))
    first = fleet.steady()
    assert (first["runningCount"], first["pendingCount"], len(running(embedded, fleet))) == (1, 0, 1)
    fleet.ecs.update_service(cluster=fleet.name, service="web", desiredCount=5)
    assert fleet.steady()["runningCount"] == 5
    assert len({r["address"] for r in running(embedded, fleet).values()}) == 5
    assert len(fleet.tasks()) == 5
    described = fleet.ecs.describe_clusters(clusters=[fleet.name])["clusters"][0]
    assert (described["runningTasksCount"], described["activeServicesCount"]) == (5, 1)
    fleet.ecs.update_service(cluster=fleet.name, service="web", desiredCount=1)
    last = fleet.steady()
    until(lambda: len(running(embedded, fleet)) == 1)
    assert [d["id"] for d in last["deployments"]] == [d["id"] for d in first["deployments"]]
    reasons = {task["stoppedReason"] for task in fleet.tasks("STOPPED")}
    assert reasons == {f"Scaling activity initiated by (deployment {last['deployments'][0]['id']})"}
    said = fleet.messages()
    assert sum("has started 4 tasks: (task " in message for message in said) == 1
    assert sum("has stopped 4 running tasks: (task " in message for message in said) == 1
    assert said[-1] == "(service web) has reached a steady state."


def test_kill_9_falls_and_recovers_within_three_seconds(fleet: Fleet, embedded: Instance, aws: Aws) -> None:
    queue = event_queue(
        fleet, aws, {"detail-type": ["ECS Task State Change"], "detail": {"lastStatus": ["STOPPED"]}}
    )
    fleet.serve(fleet.define(fleet.image("1")))
    fleet.steady()
    task = fleet.tasks()[0]["taskArn"]
    pid = running(embedded, fleet)[task.rpartition("/")[2]]["pid"]
    killed = time.time()
    os.kill(pid, signal.SIGKILL)
    stopped = fleet.stopped(task)
    replacement = until(
        lambda: [t for t in fleet.tasks() if t["taskArn"] != task and t["lastStatus"] == "RUNNING"]
    )
    until(lambda: fleet.service()["runningCount"] == 1)
    fell, rose = stopped["executionStoppedAt"].timestamp(), replacement[0]["startedAt"].timestamp()
    assert killed - 0.01 <= fell < rose, "the count was 0 in between"
    assert fell - killed < 1
    assert rose - killed < 3
    assert stopped["containers"][0]["exitCode"] == 137
    assert stopped["stopCode"] == "EssentialContainerExited"
    assert fleet.service()["deployments"][0]["rolloutState"] == "COMPLETED"
    event = next(e for e in received(aws, queue) if e["resources"] == [task])
    detail = event["detail"]
    assert (event["source"], detail["lastStatus"], detail["group"]) == ("aws.ecs", "STOPPED", "service:web")
    assert detail["containers"][0]["exitCode"] == 137
    assert detail["stoppedReason"] == "Essential container in task exited"


def test_a_rolling_deployment_keeps_its_minimum_and_maximum(
    fleet: Fleet, embedded: Instance, aws: Aws
) -> None:
    first = fleet.define(fleet.image("1"), healthCheck=HEALTH)
    second = fleet.define(
        fleet.image("2"), healthCheck=HEALTH, environment=[{"name": "VERSION", "value": "2"}]
    )
    queue = event_queue(fleet, aws, {"detail-type": ["ECS Deployment State Change"]})
    fleet.serve(first, 2)
    before = fleet.steady()["deployments"][0]
    counts: list[int] = []
    done = threading.Event()

    def count() -> None:
        while not done.is_set():
            counts.append(fleet.service()["runningCount"])
            time.sleep(0.05)

    counting = threading.Thread(target=count)
    counting.start()
    fleet.ecs.update_service(cluster=fleet.name, service="web", taskDefinition=second)
    service = fleet.service()
    assert [d["status"] for d in service["deployments"]] == ["PRIMARY", "ACTIVE"]
    assert service["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    after = fleet.steady(seconds=60)["deployments"][0]
    done.set()
    counting.join()
    assert min(counts) >= 2
    assert max(counts) <= 4
    assert after["taskDefinition"] == second
    assert {version(r["address"]) for r in running(embedded, fleet).values() if r["state"] == "RUNNING"} == {
        "2"
    }
    assert f"(service web) (deployment {after['id']}) deployment completed." in fleet.messages()
    names = [(e["detail"]["deploymentId"], e["detail"]["eventName"]) for e in received(aws, queue)]
    for deployment in (before["id"], after["id"]):
        assert (deployment, "SERVICE_DEPLOYMENT_IN_PROGRESS") in names
        assert (deployment, "SERVICE_DEPLOYMENT_COMPLETED") in names


def test_a_forced_deployment_takes_what_the_tag_means_now(fleet: Fleet, embedded: Instance) -> None:
    image = fleet.image("stable")
    definition = fleet.define(image)
    fleet.serve(definition)
    fleet.steady()
    old = fleet.tasks()[0]["containers"][0]["imageDigest"]
    fleet.image("stable", SERVER.replace('"1")', '"two")'))
    # A replacement within the deployment still runs what the deployment began with, as on AWS.
    killed = fleet.tasks()[0]["taskArn"]
    os.kill(next(iter(running(embedded, fleet).values()))["pid"], signal.SIGKILL)
    fleet.stopped(killed)
    fleet.steady()
    assert fleet.tasks()[0]["containers"][0]["imageDigest"] == old
    fleet.ecs.update_service(cluster=fleet.name, service="web", forceNewDeployment=True)
    fleet.steady()
    task = fleet.tasks()[0]
    assert task["containers"][0]["imageDigest"] != old
    until(lambda: "ready two" in fleet.lines(task["taskArn"]))
    assert task["taskDefinitionArn"] == definition


def test_an_image_nobody_pushed_runs_nothing_and_says_so(fleet: Fleet, aws: Aws) -> None:
    missing = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/{fleet.repository}:never"
    fleet.serve(fleet.define(missing), 2)
    until(lambda: any("consistently" in message for message in fleet.messages()))
    service = fleet.service()
    assert (service["runningCount"], service["deployments"][0]["rolloutState"]) == (0, "IN_PROGRESS")
    assert service["deployments"][0]["failedTasks"] >= 3
    assert any("Reason: CannotPullContainerError" in message for message in fleet.messages())
    begun = service["deployments"][0]["failedTasks"]
    time.sleep(2)
    assert fleet.service()["deployments"][0]["failedTasks"] - begun <= 4, "restarts back off"
    fleet.image("never")
    assert fleet.steady(seconds=60)["runningCount"] == 2, "it comes up once the image is there"


def test_a_second_service_of_that_name_and_what_deletion_leaves(fleet: Fleet, embedded: Instance) -> None:
    definition = fleet.define(fleet.image("1"))
    fleet.serve(definition)
    fleet.steady()
    errors = fleet.ecs.exceptions
    with pytest.raises(errors.InvalidParameterException, match="not idempotent"):
        fleet.serve(definition)
    with pytest.raises(errors.InvalidParameterException, match="scaled above 0"):
        fleet.ecs.delete_service(cluster=fleet.name, service="web")
    assert (
        fleet.ecs.delete_service(cluster=fleet.name, service="web", force=True)["service"]["status"]
        == "DRAINING"
    )
    assert fleet.ecs.list_services(cluster=fleet.name)["serviceArns"] == []
    until(lambda: fleet.service()["status"] == "INACTIVE")
    assert running(embedded, fleet) == {}
    with pytest.raises(errors.ServiceNotActiveException):
        fleet.ecs.update_service(cluster=fleet.name, service="web", desiredCount=1)
    fleet.serve(definition)
    fleet.steady()


def test_what_terraform_reads_back_is_what_it_wrote(fleet: Fleet) -> None:
    definition = fleet.define(fleet.image("1"))
    fleet.serve(
        definition, 0, availabilityZoneRebalancing="ENABLED", enableECSManagedTags=True, propagateTags="SERVICE",
        enableExecuteCommand=True, tags=[{"key": "a", "value": "b"}],
        deploymentConfiguration={"maximumPercent": 150, "minimumHealthyPercent": 50},
        placementStrategy=[{"type": "spread", "field": "attribute:ecs.availability-zone"}],
    )  # fmt: skip
    service = fleet.service()
    assert service["availabilityZoneRebalancing"] == "ENABLED"
    assert (service["enableECSManagedTags"], service["enableExecuteCommand"]) == (True, True)
    assert (service["propagateTags"], service["schedulingStrategy"]) == ("SERVICE", "REPLICA")
    assert service["placementStrategy"] == [{"type": "spread", "field": "attribute:ecs.availability-zone"}]
    configuration = service["deploymentConfiguration"]
    assert (configuration["maximumPercent"], configuration["minimumHealthyPercent"]) == (150, 50)
    assert configuration["deploymentCircuitBreaker"] == {"enable": False, "rollback": False}
    begun = [d["id"] for d in service["deployments"]]
    fleet.ecs.update_service(cluster=fleet.name, service="web", taskDefinition=definition, desiredCount=0)
    assert [d["id"] for d in fleet.service()["deployments"]] == begun, "nothing changed, nothing rolls"


@pytest.mark.slow
def test_cpu_and_memory_are_those_of_the_processes(fleet: Fleet, embedded: Instance, aws: Aws) -> None:
    fleet.ecs.update_cluster(cluster=fleet.name, settings=[{"name": "containerInsights", "value": "enabled"}])
    fleet.serve(fleet.define(fleet.image("1")))
    fleet.steady()
    host = next(iter(running(embedded, fleet).values()))["address"]
    with contextlib.suppress(TimeoutError):
        urllib.request.urlopen(f"http://{host}:8080/burn", timeout=0.2)
    cloudwatch = aws("cloudwatch", REGION)

    def largest(namespace: str, name: str) -> float:
        now = time.time()
        found = cloudwatch.get_metric_statistics(
            Namespace=namespace, MetricName=name, Period=60, Statistics=["Maximum"],
            StartTime=now - 300, EndTime=now + 60,
            Dimensions=[{"Name": "ClusterName", "Value": fleet.name}, {"Name": "ServiceName", "Value": "web"}],
        )["Datapoints"]  # fmt: skip
        return max((point["Maximum"] for point in found), default=0.0)

    until(lambda: largest("AWS/ECS", "CPUUtilization") > 50, 25, "a busy loop on a quarter of a CPU")
    assert 1 < largest("AWS/ECS", "MemoryUtilization") < 50
    assert largest("ECS/ContainerInsights", "RunningTaskCount") == 1
