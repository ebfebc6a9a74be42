"""Services behind a load balancer: rollouts that lose no request, kills that clients hardly see, bad health checks."""

import os
import signal
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from launchbook.local import control
from launchbook.local.instance import Instance
from tests.aws.ecs.conftest import REGION, Fleet, until

Aws = Callable[..., Any]


@dataclass
class Front:
    """A load balancer with one target group."""

    url: str
    group: str
    subnets: list[str]
    security_group: str
    elb: Any

    def network(self) -> dict[str, Any]:
        return {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [self.security_group]}}

    def balancers(self) -> list[dict[str, Any]]:
        return [{"targetGroupArn": self.group, "containerName": "app", "containerPort": 8080}]

    def states(self) -> list[str]:
        found = self.elb.describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        return sorted(target["TargetHealth"]["State"] for target in found)


@pytest.fixture
def front(aws: Aws) -> Front:
    ec2, elb = aws("ec2", REGION), aws("elbv2", REGION)
    name = f"f{uuid.uuid4().hex[:8]}"
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.8.{n}.0/24", AvailabilityZone=f"{REGION}{z}")["Subnet"][
            "SubnetId"
        ]
        for n, z in enumerate("ab")
    ]
    security_group = ec2.create_security_group(GroupName=name, Description="x", VpcId=vpc)["GroupId"]
    balancer = elb.create_load_balancer(Name=name, Subnets=subnets, SecurityGroups=[security_group])
    balancer = balancer["LoadBalancers"][0]
    group = elb.create_target_group(
        Name=name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip", HealthCheckPath="/health",
        HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2, UnhealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=8088,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )["Listeners"][0]  # fmt: skip
    host, _, port = balancer["DNSName"].partition(":")
    return Front(f"http://{host}:{port or listener['Port']}/", group, subnets, security_group, elb)


@dataclass
class Client:
    """Asks without pause and remembers the answers."""

    url: str
    answers: list[tuple[float, str]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Client":
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()

    def _ask(self) -> None:
        while not self.done.is_set():
            try:
                with urllib.request.urlopen(self.url, timeout=5) as answer:
                    said = answer.read().decode()
            except urllib.error.HTTPError as error:
                said = str(error.code)
            except OSError as error:
                said = type(error).__name__
            self.answers.append((time.monotonic(), said))
            time.sleep(0.005)


def define(fleet: Fleet, image: str, **more: Any) -> str:
    return fleet.define(image, task={"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}, **more)


def serve(fleet: Fleet, front: Front, definition: str, count: int, **more: Any) -> None:
    fleet.serve(
        definition, count, launchType="FARGATE", networkConfiguration=front.network(),
        loadBalancers=front.balancers(), **{"healthCheckGracePeriodSeconds": 10, **more},
    )  # fmt: skip


def pid_of(embedded: Instance, arn: str) -> int:
    rows = control.ask(embedded, "status")["resources"]
    return int(
        next(r["pid"] for r in rows if r["type"] == "aws_ecs_task" and arn.rpartition("/")[2] in r["id"])
    )


def test_a_rollout_loses_no_request(fleet: Fleet, front: Front) -> None:
    serve(fleet, front, define(fleet, fleet.image("1")), 2)
    fleet.steady()
    assert front.states() == ["healthy", "healthy"]
    second = define(fleet, fleet.image("2"), environment=[{"name": "VERSION", "value": "2"}])
    with Client(front.url) as client:
        until(lambda: len(client.answers) > 20)
        fleet.ecs.update_service(cluster=fleet.name, service="web", taskDefinition=second)
        fleet.steady(seconds=60)
        more = len(client.answers) + 20
        until(lambda: len(client.answers) > more)
    said = [answer for _, answer in client.answers]
    assert set(said) == {"1", "2"}
    assert said[-1] == "2"
    assert front.states() == ["healthy", "healthy"]
    messages = "\n".join(fleet.messages())
    assert f"registered 1 targets in (target-group {front.group})" in messages
    assert f"deregistered 1 targets in (target-group {front.group})" in messages
    assert "has begun draining connections on 1 tasks." in messages


def test_kill_9_behind_a_load_balancer(fleet: Fleet, front: Front, embedded: Instance) -> None:
    serve(fleet, front, define(fleet, fleet.image("1")), 1)
    fleet.steady()
    task = fleet.tasks()[0]["taskArn"]
    with Client(front.url) as client:
        until(lambda: len(client.answers) > 20)
        killed = time.monotonic()
        os.kill(pid_of(embedded, task), signal.SIGKILL)
        until(lambda: fleet.tasks() and fleet.tasks()[0]["taskArn"] != task, 3, "the task is replaced")
        until(lambda: fleet.service()["runningCount"] == 1, 3, "the count recovers")
        until(lambda: front.states() == ["healthy"], 5, "target health follows")
        until(lambda: client.answers[-1][1] == "1", 3, "clients are served again")
        recovered = time.monotonic()
    failed = [(at, said) for at, said in client.answers if said != "1"]
    assert {said for _, said in failed} <= {"502", "503", "504"}
    assert all(killed - 0.1 <= at <= recovered for at, _ in failed)
    assert recovered - killed < 5


@pytest.mark.slow
def test_targets_that_never_become_healthy_fail_the_deployment(fleet: Fleet, front: Front) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    serve(fleet, front, define(fleet, fleet.image("1")), 1, deploymentConfiguration=breaker,
          healthCheckGracePeriodSeconds=0)  # fmt: skip
    first = fleet.steady()["deployments"][0]["id"]
    bad = define(fleet, fleet.image("2"), environment=[{"name": "HEALTH", "value": "404"}])
    with Client(front.url) as client:
        fleet.ecs.update_service(cluster=fleet.name, service="web", taskDefinition=bad)
        until(
            lambda: [d for d in fleet.service()["deployments"] if d["rolloutState"] == "FAILED"], 60, "failed"
        )
        assert fleet.steady(seconds=60)["deployments"][0]["id"] == first
    assert {answer for _, answer in client.answers} == {"1"}
    messages = "\n".join(fleet.messages())
    assert "due to (reason Health checks failed with these codes: [404])" in messages
    assert "Task failed ELB health checks in (target-group" in messages


def test_interfaces_and_targets_go_with_the_service(fleet: Fleet, front: Front, aws: Aws) -> None:
    serve(fleet, front, define(fleet, fleet.image("1")), 2)
    fleet.steady()
    ec2 = aws("ec2", REGION)
    filters = [
        {"Name": "group-id", "Values": [front.security_group]},
        {"Name": "description", "Values": ["*attach*"]},
    ]
    assert len(ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]) == 2
    fleet.ecs.delete_service(cluster=fleet.name, service="web", force=True)
    until(lambda: fleet.service()["status"] == "INACTIVE")
    assert ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"] == []
    assert front.states() == []
