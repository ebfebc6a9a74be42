"""Health, failure and change: what clients see while targets die, drain and are replaced."""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.aws.alb.conftest import Balancing, fixed, forward, until
from tests.aws.alb.test_routing import get, says
from tests.aws.conftest import client_factory
from tests.support.embedded import embedded as embedded_aws

#: The shortest checks that the API takes; a host with --speed 10 makes them every half second.
QUICK = {
    "HealthCheckIntervalSeconds": 5,
    "HealthCheckTimeoutSeconds": 2,
    "HealthyThresholdCount": 2,
    "UnhealthyThresholdCount": 2,
}


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Any]:
    """An embedded AWS of its own on which intervals are a tenth."""
    with embedded_aws(speed=10) as started:
        yield started


@pytest.fixture
def quick(rehearsal: Any) -> Iterator[Balancing]:
    aws = client_factory(rehearsal.endpoint)
    ec2 = aws("ec2")
    subnets = ec2.describe_subnets()["Subnets"][:2]
    made = Balancing(aws("elbv2"), subnets[0]["VpcId"], [each["SubnetId"] for each in subnets])
    yield made
    for undo in reversed(made.made):
        undo()
    for target in made.targets:
        target.stop()


def test_two_ports_of_one_address_are_two_targets(balancing: Balancing) -> None:
    target = balancing.target()
    group = balancing.group()
    both = [target.id, {"Id": target.host, "Port": 1}]
    balancing.client.register_targets(TargetGroupArn=group, Targets=both)
    found = balancing.client.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert {each["Target"]["Port"] for each in found} == {target.port, 1}
    assert {each["TargetHealth"]["Reason"] for each in found} == {"Target.NotInUse"}
    balancing.client.deregister_targets(TargetGroupArn=group, Targets=both[1:])
    found = balancing.client.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [each["Target"]["Port"] for each in found] == [target.port]


def test_every_kind_of_failed_check_has_its_reason(quick: Balancing) -> None:
    good, wrong = quick.target(), quick.target(status=404)
    group = quick.group(good, wrong, HealthCheckPath="/slow?0.1", **QUICK)
    slow = quick.target()
    slow_group = quick.group(slow, HealthCheckPath="/slow?9", Matcher={"HttpCode": "200-299,301"}, **QUICK)
    quick.client.register_targets(
        TargetGroupArn=group, Targets=[{"Id": "127.201.255.9", "Port": 9}, {"Id": "10.1.2.3", "Port": 80}]
    )
    balancer = quick.balancer()
    listener = quick.listener(balancer, forward(group))
    quick.rule(listener, 1, forward(slow_group), {"Field": "path-pattern", "Values": ["/slow-group"]})
    assert {h["State"] for h in quick.health(slow_group).values()} == {"initial"}
    until(lambda: quick.health(slow_group)[slow.host]["State"] == "unhealthy")
    until(lambda: all(h["State"] != "initial" for h in quick.health(group).values()))
    found = quick.health(group)
    assert found[good.host] == {"State": "healthy"}
    assert found[wrong.host]["Reason"] == "Target.ResponseCodeMismatch"
    assert found[wrong.host]["Description"] == "Health checks failed with these codes: [404]"
    assert quick.health(slow_group)[slow.host]["Reason"] == "Target.Timeout"
    assert quick.health(slow_group)[slow.host]["Description"] == "Request timed out"
    assert found["127.201.255.9"]["Reason"] == found["10.1.2.3"]["Reason"] == "Target.FailedHealthChecks"
    wrong.status = 200
    until(lambda: quick.health(group)[wrong.host]["State"] == "healthy")


def test_a_killed_target_gives_502_until_it_is_out_then_nobody_notices(quick: Balancing) -> None:
    stays = quick.target()
    server = subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.201.254.1", "18123"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/usr/share",
    )  # fmt: skip
    try:
        group = quick.group(stays, **QUICK)
        mortal = {"Id": "127.201.254.1", "Port": 18123}
        quick.client.register_targets(TargetGroupArn=group, Targets=[mortal])
        balancer = quick.balancer()
        quick.listener(balancer, forward(group))
        quick.until_healthy(group, 2)
    finally:
        server.kill()
        server.wait()
    seen: Counter[int] = Counter()
    until(lambda: _count(seen, balancer) and quick.health(group)["127.201.254.1"]["State"] == "unhealthy")
    assert set(seen) == {200, 502}
    assert {get(balancer)[0] for _ in range(20)} == {200}


def _count(seen: Counter[int], balancer: dict[str, Any]) -> bool:
    seen[get(balancer)[0]] += 1
    return True


def test_502_503_and_504_as_aws_gives_them(quick: Balancing) -> None:
    target = quick.target()
    group, empty, refusing = quick.group(target, **QUICK), quick.group(**QUICK), quick.group(**QUICK)
    nobody = [{"Id": "127.201.255.10", "Port": 9}]
    quick.client.register_targets(TargetGroupArn=refusing, Targets=nobody)
    balancer = quick.balancer()
    idle = [{"Key": "idle_timeout.timeout_seconds", "Value": "1"}]
    quick.client.modify_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"], Attributes=idle)
    listener = quick.listener(balancer, forward(group))
    quick.rule(listener, 1, forward(empty), {"Field": "path-pattern", "Values": ["/empty"]})
    quick.rule(listener, 2, forward(refusing), {"Field": "path-pattern", "Values": ["/refusing"]})
    quick.until_healthy(group)
    until(lambda: get(balancer, "/refusing")[0] == 502)
    assert get(balancer, "/empty")[0] == 503
    assert get(balancer, "/broken")[0] == 502
    status, headers, body = get(balancer, "/slow?5")
    assert (status, headers["server"]) == (504, "awselb/2.0")
    assert "<center><h1>504 Gateway Time-out</h1></center>" in body
    assert get(balancer, "/status/418")[0] == 418


def test_all_unhealthy_fails_open(quick: Balancing) -> None:
    target = quick.target(status=500)
    group = quick.group(target, **QUICK)
    balancer = quick.balancer()
    quick.listener(balancer, forward(group))
    until(lambda: quick.health(group)[target.host]["State"] == "unhealthy")
    assert get(balancer, "/status/200")[0] == 200


def test_a_slow_request_survives_deregistration_and_then_the_target_is_gone(balancing: Balancing) -> None:
    leaving, staying = balancing.target(), balancing.target()
    group = balancing.group(leaving)
    balancer = balancing.balancer()
    balancing.listener(balancer, forward(group))
    balancing.until_healthy(group)
    answers: list[tuple[int, dict[str, str], str]] = []
    asking = threading.Thread(target=lambda: answers.append(get(balancer, "/slow?2")))
    asking.start()
    time.sleep(0.3)
    balancing.client.register_targets(TargetGroupArn=group, Targets=[staying.id])
    balancing.until_healthy(group, 2)
    balancing.client.deregister_targets(TargetGroupArn=group, Targets=[leaving.id])
    assert balancing.health(group)[leaving.host]["State"] == "draining"
    # A reload in the middle changes nothing: the old worker ends what it has in hand.
    balancing.listener(balancer, fixed(200, "other"), Port=81)
    time.sleep(0.5)
    assert {json.loads(get(balancer)[2])["target"] for _ in range(10)} == {staying.host}
    assert balancing.health(group)[leaving.host]["State"] == "draining"
    asking.join()
    assert (answers[0][0], json.loads(answers[0][2])["target"]) == (200, leaving.host)
    until(lambda: leaving.host not in balancing.health(group))


def test_the_deregistration_delay_ends_what_is_still_in_flight(balancing: Balancing) -> None:
    target = balancing.target()
    group = balancing.group(target, attributes={"deregistration_delay.timeout_seconds": "1"})
    balancer = balancing.balancer()
    balancing.listener(balancer, forward(group))
    balancing.until_healthy(group)
    started = time.monotonic()
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(get(balancer, "/slow?8")[0]))
    asking.start()
    time.sleep(0.2)
    balancing.client.deregister_targets(TargetGroupArn=group, Targets=[target.id])
    asking.join()
    assert time.monotonic() - started < 8
    assert answers == [502]


def test_changes_under_load_drop_nothing(balancing: Balancing) -> None:
    first, second = balancing.target(), balancing.target()
    group = balancing.group(first, second)
    balancer = balancing.balancer()
    listener = balancing.listener(balancer, forward(group))
    balancing.until_healthy(group, 2)
    seen: Counter[int] = Counter()
    done = threading.Event()
    workers = [threading.Thread(target=_load, args=(balancer["DNSName"], seen, done)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for number in range(4):  # each new rule is a reload
        path = {"Field": "path-pattern", "Values": [f"/new-{number}"]}
        balancing.rule(listener, number + 1, fixed(200, f"rule {number}"), path)
        until(lambda number=number: says(balancer, f"rule {number}", f"/new-{number}"))
        balancing.client.deregister_targets(TargetGroupArn=group, Targets=[second.id])
        until(lambda: second.host not in balancing.health(group))
        balancing.client.register_targets(TargetGroupArn=group, Targets=[second.id])
        balancing.until_healthy(group, 2)
    until(lambda: seen[200] > 200)  # a busy machine takes longer, and drops nothing either
    done.set()
    for worker in workers:
        worker.join()
    assert set(seen) == {200}


def _load(host: str, seen: Counter[int], done: threading.Event) -> None:
    """Ask without pause on one connection; ``seen[0]`` are the answers that never came."""
    connection = None
    while not done.is_set():
        fresh = connection is None
        connection = connection or http.client.HTTPConnection(host, timeout=10)
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection = None
            # Between two requests a connection may be closed, and every client asks again on another one.
            if fresh or not isinstance(
                error, http.client.RemoteDisconnected | BrokenPipeError | ConnectionResetError
            ):
                seen[0] += 1
            continue
        seen[answer.status] += 1
