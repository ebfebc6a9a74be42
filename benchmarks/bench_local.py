"""The embedded AWS beside stock moto's server, in one run on one machine.

    make bench-local               # or: python -m benchmarks.bench_local [--seconds N] [--orders-seconds N]

wrk sends, sends in batches and sends-receives-deletes on SQS at 8 connections, on an empty queue and on one of
10,000 messages, and calls what Terraform and runbooks call most. Then the load balancer, the order platform at
200 orders a second, and memory after Terraform has applied the reference stack (about two minutes). The last line
is JSON; exit code 1 if an aim is missed or a peer is not installed.
"""

import argparse
import contextlib
import json
import shutil
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.support import embedded_orders, embedded_sqs, embedded_stack
from benchmarks.support.embedded import Call, Server, embedded, per_second, stock
from launchbook.local import control, instance
from tests.support.keeper import Keeper

_FORM = "Action=%s&Version=%s"
CALLS = {
    "sts:GetCallerIdentity": Call("sts", "", _FORM % ("GetCallerIdentity", "2011-06-15")),
    "iam:ListRoles": Call("iam", "", _FORM % ("ListRoles", "2010-05-08")),
    "ec2:DescribeVpcs": Call("ec2", "", _FORM % ("DescribeVpcs", "2016-11-15")),
    "ecs:DescribeClusters": Call("ecs", "AmazonEC2ContainerServiceV20141113.DescribeClusters", {}),
    "logs:DescribeLogGroups": Call("logs", "Logs_20140328.DescribeLogGroups", {}),
    "rds:DescribeDBInstances": Call("rds", "", _FORM % ("DescribeDBInstances", "2014-10-31")),
}
_ORDERS_A_SECOND = 200


def say(text: str) -> None:
    """Progress, to stderr."""
    print(text, file=sys.stderr, flush=True)


def measured(server: Server, directory: Path, seconds: int) -> dict[str, Any]:
    """What is measured on both servers."""
    say(f"{server.name}: SQS")
    figures: dict[str, Any] = {"fresh_mb": server.megabytes, "ready_seconds": server.ready_seconds}
    figures["sqs"] = embedded_sqs.measure(server, directory, seconds)
    say(f"{server.name}: other calls")
    figures["sts_beside_polls_ms"] = embedded_sqs.latency_beside_polls(server, directory)
    figures["calls"] = {}
    for name, call in CALLS.items():
        _loaded(server, call)
        figures["calls"][name] = round(per_second(server, [call], directory, seconds=seconds))
    return figures


def _loaded(server: Server, call: Call) -> None:
    """Let the server load the service: that may take seconds, the first time."""
    request = urllib.request.Request(server.endpoint, call.payload, call.headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


def balancer(server: Server, directory: Path, seconds: int) -> dict[str, int]:
    """Requests a second that the load balancer answers by itself, and through to a target (another one of it)."""
    say("load balancer")
    elb, ec2 = server.client("elbv2"), server.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"us-east-1{z}")["Subnet"][
            "SubnetId"
        ]
        for n, z in enumerate("ab")
    ]
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "ok"}}
    made = [
        elb.create_load_balancer(Name=name, Subnets=subnets)["LoadBalancers"][0] for name in ("front", "back")
    ]
    group = elb.create_target_group(
        Name="group", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip", HealthCheckIntervalSeconds=5
    )["TargetGroups"][0]["TargetGroupArn"]
    forward = {"Type": "forward", "TargetGroupArn": group}
    for load_balancer, action in zip(made, (forward, fixed), strict=True):
        elb.create_listener(
            LoadBalancerArn=load_balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[action],
        )
    addresses = _addresses(server, {"front:80", "back:80"})
    back, _, port = addresses["back:80"].rpartition(":")
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": back, "Port": int(port)}])
    elb.get_waiter("target_in_service").wait(
        TargetGroupArn=group, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    found = {}
    for name, listener in (("fixed response", "back:80"), ("through to a target", "front:80")):
        proxied = Server(name, f"http://{addresses[listener]}", server.pid, 0.0)
        found[name] = round(
            per_second(proxied, [Call("none", "", "")], directory, seconds=seconds, connections=32)
        )
    return found


def _addresses(server: Server, wanted: set[str]) -> dict[str, str]:
    one = next(each for each in instance.running() if each.pid == server.pid)
    for _ in range(100):
        rows = {
            row["id"]: row["address"]
            for row in control.ask(one, "status")["resources"]
            if row["id"] in wanted
        }
        if wanted <= set(rows):
            return rows
        time.sleep(0.1)
    raise RuntimeError(f"no listener came up: {wanted}")


def aims(ours: dict[str, Any], theirs: dict[str, Any], more: dict[str, Any]) -> dict[str, bool]:
    """What must be reached, and whether it was."""
    cases = [name for name in ours["sqs"] if not name.startswith("stored")]
    ratios = {name: ours["sqs"][name] / theirs["sqs"][name] for name in cases}
    flat = [
        ours["sqs"][f"{name} at 10000"] / ours["sqs"][f"{name} at 0"]
        for name in ("send", "send in batches", "send, receive, delete")
    ]
    calls = {name: ours["calls"][name] / theirs["calls"][name] for name in CALLS}
    more["sqs_ratio"] = {name: round(ratio, 1) for name, ratio in ratios.items()}
    more["calls_ratio"] = {name: round(ratio, 2) for name, ratio in calls.items()}
    orders, stack = more["orders"], more["stack"]
    return {
        "every case of SQS >= 30 x stock": min(ratios.values()) >= 30,
        "SQS at 10,000 >= 0.8 of SQS at 0": min(flat) >= 0.8,
        "every other call >= 1.5 x stock": min(calls.values()) >= 1.5,
        "ready in 1.5 s": ours["ready_seconds"] < 1.5,
        "fresh under 150 MB": ours["fresh_mb"] < 150,
        "under 450 MB with the reference stack": stack.get("host_mb", 450) < 450
        and stack.get("resources", 0) >= 60
        and stack.get("tasks", 0) > 0,
        "p99 POST to PROCESSED < 250 ms": orders["p99_ms"] < 250 and orders["processed"] == orders["orders"],
    }


@contextlib.contextmanager
def _kept() -> Iterator[Keeper]:
    keeper = Keeper()
    try:
        yield keeper
    finally:
        keeper.close()


def run(seconds: int, orders_seconds: int) -> int:
    """Measure, print, and judge the aims."""
    if shutil.which("wrk") is None:
        print(json.dumps({"aims": {}, "missed": ["wrk is not installed"]}))
        return 1
    more: dict[str, Any] = {}
    with _kept() as keeper, tempfile.TemporaryDirectory(prefix="bench-local-") as folder:
        directory = Path(folder)
        with embedded() as server:
            ours = measured(server, directory, seconds)
            say("the order platform")
            more["orders"] = embedded_orders.measure(
                server, keeper, rate=_ORDERS_A_SECOND, seconds=orders_seconds
            )
        with embedded() as server:
            more["balancer"] = balancer(server, directory, seconds)
        with embedded() as server:
            say("the reference stack, applied")
            more["stack"] = embedded_stack.measure(server, directory)
        with stock(keeper) as server:
            theirs = measured(server, directory, seconds)
    verdicts = aims(ours, theirs, more)
    missed = [name for name, reached in verdicts.items() if not reached]
    print(json.dumps({"embedded": ours, "stock": theirs, **more, "aims": verdicts, "missed": missed}))
    return 1 if missed else 0


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--orders-seconds", type=int, default=15, help="of orders at 200 a second")
    given = parser.parse_args()
    sys.exit(run(given.seconds, given.orders_seconds))


if __name__ == "__main__":
    main()
