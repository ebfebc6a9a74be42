"""Start an embedded AWS, let real things run in it, end it in every way there is, and look for what is left.

    python -m tests.faults.local_cycles --cycles 100

In each runs an ECS service whose task starts a process in a session of its own, which outlives its parent and
listens, and one whose process throws its environment away as well. Each cycle has a directory for temporary files
to itself. The last line is one JSON object; exit code 1 when anything was left.
"""

import argparse
import json
import os
import pwd
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from launchbook.local import control, instance
from launchbook.local.instance import Instance
from launchbook.local.run import Options
from tests.aws.conftest import client_factory
from tests.aws.ecs.conftest import Fleet, until
from tests.faults.local_traces import Traces
from tests.support.processes import port_open

WAYS = ("stop", "kill host", "kill keeper", "kill both", "stop under load")
_GONE_SECONDS = 15.0
_SIGNED = "AWS4-HMAC-SHA256 Credential=t/20260101/eu-west-1/sqs/aws4_request, SignedHeaders=h, Signature=s"


@dataclass
class Cycle:
    """What one cycle did, how long it took, and what it left (nothing)."""

    way: str
    started_seconds: float
    ended_seconds: float
    left: list[str] = field(default_factory=list)


#: Starts a process that nothing ties to it any more: its parent ends, its session is its own.
_ESCAPING = """
import os, subprocess, sys, time
listen = "import os, socket, time; s = socket.create_server((os.environ['HOST'], 9090)); time.sleep(600)"
if os.fork() == 0:
    os.setsid()
    subprocess.Popen([sys.executable, "-c", listen])
    subprocess.Popen(["/bin/sleep", "600"], env={}, start_new_session=True)
    os._exit(0)
os.wait()
time.sleep(600)
"""


@contextmanager
def own_temporary_directory() -> Iterator[Path]:
    """A directory for temporary files that this process and all that it starts use, and nobody else does."""
    before = os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="cycle-") as name:
        Path(name).chmod(0o711)  # the user of a database must get through
        os.environ["TMPDIR"], tempfile.tempdir = name, None
        try:
            yield Path(name)
        finally:
            os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before)
            tempfile.tempdir = None


def cycle(way: str, *, database: bool) -> Cycle:
    """One life of an embedded AWS with a queue, a load balancer, tasks and (``database``) a PostgreSQL server."""
    with tempfile.TemporaryDirectory(prefix="images-") as images, own_temporary_directory() as temporary:
        users = pwd.getpwall()
        began = time.monotonic()
        one = control.start(Options(port=0))
        started = time.monotonic() - began
        try:
            addresses = _furnish(one, Path(images), database=database)
            traces = Traces.of(one)
            began = time.monotonic()
            with _load(one, way):
                _end(one, way)
            left = _left(one, traces, addresses, temporary)
            left += [] if pwd.getpwall() == users else ["users differ"]
            return Cycle(way, round(started, 3), round(time.monotonic() - began, 3), left)
        finally:
            if psutil.pid_exists(one.pid):
                control.stop(one)


def _furnish(one: Instance, images: Path, *, database: bool) -> list[tuple[str, int]]:
    aws = client_factory(one.endpoint)
    aws("sqs").create_queue(QueueName="work")
    vpc = aws("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        aws("ec2").create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-west-1{zone}")[
            "Subnet"
        ]
        for n, zone in enumerate("ab")
    ]
    balancer = aws("elbv2").create_load_balancer(Name="lb", Subnets=[each["SubnetId"] for each in subnets])
    aws("elbv2").create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"], Protocol="HTTP", Port=80,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )  # fmt: skip
    wanted = {"aws_lb_listener"}
    if database:
        aws("rds").create_db_instance(
            DBInstanceIdentifier="db", Engine="postgres", DBInstanceClass="db.t4g.micro", AllocatedStorage=20,
            MasterUsername="app", MasterUserPassword="of-a-test-only",
        )  # fmt: skip
        wanted.add("aws_db_instance")
    address = _escape(one, Fleet(aws, images))
    return [*_addresses(one, wanted), (address, 9090)]


def _escape(one: Instance, fleet: Fleet) -> str:
    """A service whose task lets processes escape; the address of one that listens."""
    fleet.serve(fleet.define(fleet.image("1", _ESCAPING), port=0))
    fleet.steady(seconds=60)
    rows = [row for row in control.ask(one, "status")["resources"] if row["type"] == "aws_ecs_task"]
    address = str(rows[0]["address"])
    until(lambda: port_open(9090, address), 20, "the escaped process listens")
    return address


def _addresses(one: Instance, wanted: set[str]) -> list[tuple[str, int]]:
    deadline = time.monotonic() + 60
    while True:
        rows = {row["type"]: row for row in control.ask(one, "status")["resources"] if row["type"] in wanted}
        found = [
            row["address"].rpartition(":") for row in rows.values() if row["state"] in ("active", "available")
        ]
        addresses = [(host, int(port)) for host, _, port in found]
        if len(addresses) == len(wanted) and all(port_open(port, host) for host, port in addresses):
            return addresses
        if time.monotonic() > deadline:
            raise AssertionError(f"never ran: {wanted} in {rows}")
        time.sleep(0.05)


@contextmanager
def _load(one: Instance, way: str) -> Iterator[None]:
    """Twenty open long polls, which must not hold a stop up."""
    import http.client

    polls = []
    for _ in range(20 if way == "stop under load" else 0):
        connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=30)
        body = json.dumps({"QueueUrl": "work", "WaitTimeSeconds": 20})
        connection.request("POST", "/", body, {
            "X-Amz-Target": "AmazonSQS.ReceiveMessage",
            "Authorization": _SIGNED,
        })  # fmt: skip
        polls.append(connection)
    yield
    for connection in polls:
        connection.close()


def _end(one: Instance, way: str) -> None:
    if way.startswith("stop"):
        control.stop(one)
        return
    if way in ("kill host", "kill both"):
        os.kill(one.pid, signal.SIGKILL)
    if way in ("kill keeper", "kill both"):
        os.kill(one.keeper_pid, signal.SIGKILL)


def _left(one: Instance, traces: Traces, addresses: list[tuple[str, int]], temporary: Path) -> list[str]:
    """What is still there after 15 s. When both were killed at once, the next start has to clear the rest."""
    deadline = time.monotonic() + _GONE_SECONDS
    while True:
        instance.clear_left()
        left = traces.left()
        left += [f"port {host}:{port}" for host, port in addresses if port_open(port, host)]
        left += [f"file {path}" for path in temporary.iterdir()]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def main() -> None:
    """The campaign."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=100)
    count = parser.parse_args().cycles
    cycles = []
    for number in range(count):
        done = cycle(WAYS[number % len(WAYS)], database=number % 2 == 0)
        cycles.append(done)
        print(
            f"{number + 1}/{count} {done.way}: {done.ended_seconds} s, left {done.left or 'nothing'}",
            file=sys.stderr,
        )
    starts = sorted(each.started_seconds for each in cycles)
    everything = [line for each in cycles for line in each.left]
    result = {
        "cycles": count,
        "left": everything,
        "start_seconds_median": starts[len(starts) // 2],
        "end_seconds_max": max(each.ended_seconds for each in cycles),
        "ways": {way: sum(each.way == way for each in cycles) for way in WAYS},
    }
    print(json.dumps(result))
    sys.exit(1 if everything else 0)


if __name__ == "__main__":
    main()
