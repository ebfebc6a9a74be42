"""What the campaign of truth looks at: two services, a load balancer, a database and queues on one embedded AWS."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launchbook.local import control
from launchbook.local.instance import Instance
from tests.aws.conftest import client_factory
from tests.aws.ecs.conftest import REGION, Fleet, event_queue, until

#: In the environment of every task, so that its processes are found in /proc without asking the embedded AWS.
MARK = "LAUNCHBOOK_TRUTH"
DATABASE, PASSWORD = "truth", "of-a-test-only"
PORT = 8080
_SERVER = """
import http.server, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = os.environ["HOST"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer((os.environ["HOST"], 8080), Handler).serve_forever()
"""
_WORKER = """
import os, signal, time
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
while True: time.sleep(60)
"""
#: Beyond every campaign: what was received stays in flight until it is deleted.
_VISIBILITY = 43_200


@dataclass
class Ledger:
    """What this campaign did to the work queue: the truth about it. ``version`` changes with every change."""

    waiting: int = 0
    receipts: list[str] = field(default_factory=list)
    version: int = 0
    busy: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Killed:
    """A task that was killed: by the address that only it ever had."""

    service: str
    address: str
    at: float


class World:
    """Everything that is looked at, and what was done to it."""

    def __init__(self, one: Instance, directory: Path) -> None:
        self.one = one
        self.mark = uuid.uuid4().hex
        self.aws = client_factory(one.endpoint)
        self.fleet = Fleet(self.aws, directory)
        self.ledger = Ledger()
        self.killed: list[Killed] = []
        self.databases_killed = 0
        self.database_killed_at = 0.0
        self.events: list[dict[str, Any]] = []
        self.desired = {"web": 3, "worker": 2}
        self.lock = threading.Lock()

    def furnish(self) -> None:
        """Make it all, and wait until all of it runs."""
        fleet = self.fleet
        self.aws("rds").create_db_instance(
            DBInstanceIdentifier=DATABASE, Engine="postgres", DBInstanceClass="db.t4g.micro", AllocatedStorage=20,
            DBName="shop", MasterUsername="app", MasterUserPassword=PASSWORD, BackupRetentionPeriod=0,
        )  # fmt: skip
        self._balance()
        self.event_url = event_queue(
            fleet, self.aws, {"detail-type": ["ECS Task State Change"], "detail": {"lastStatus": ["STOPPED"]}}
        )
        sqs = self.aws("sqs", REGION)
        self.work_url = sqs.create_queue(
            QueueName=f"{fleet.name}-work", Attributes={"VisibilityTimeout": str(_VISIBILITY)}
        )["QueueUrl"]
        network = {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [self.security_group]}}
        task = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
        images = {"web": fleet.image("web", _SERVER), "worker": fleet.image("worker", _WORKER)}
        for name, image in images.items():
            definition = fleet.define(
                image, name, task=task, port=PORT, stopTimeout=10,
                environment=[{"name": MARK, "value": f"{self.mark}/{name}"}],
            )  # fmt: skip
            target = {"targetGroupArn": self.group, "containerName": "app", "containerPort": PORT}
            more = {"loadBalancers": [target], "healthCheckGracePeriodSeconds": 10} if name == "web" else {}
            fleet.serve(
                definition, self.desired[name], name, launchType="FARGATE", networkConfiguration=network,
                deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 200}, **more,
            )  # fmt: skip
        for name in images:
            fleet.steady(name, seconds=60)
        until(lambda: self._database_state() == "available", 90, "the database")

    def _balance(self) -> None:
        ec2, elb, name = self.aws("ec2", REGION), self.aws("elbv2", REGION), self.fleet.name
        vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.8.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")[
                "Subnet"
            ]["SubnetId"]
            for n, zone in enumerate("ab")
        ]
        self.security_group = ec2.create_security_group(GroupName=name, Description="x", VpcId=vpc)["GroupId"]
        made = elb.create_load_balancer(Name=name, Subnets=self.subnets)["LoadBalancers"][0]
        self.balancer = made["LoadBalancerArn"]
        self.group = elb.create_target_group(
            Name=name, Protocol="HTTP", Port=PORT, VpcId=vpc, TargetType="ip", HealthCheckPath="/health",
            HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2, UnhealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
        elb.modify_target_group_attributes(
            TargetGroupArn=self.group,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "2"}],
        )
        elb.create_listener(
            LoadBalancerArn=self.balancer, Protocol="HTTP", Port=8088,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )  # fmt: skip
        self.url = f"http://{made['DNSName'].partition(':')[0]}:8088/"

    def _database_state(self) -> str:
        found = self.aws("rds").describe_db_instances(DBInstanceIdentifier=DATABASE)["DBInstances"][0]
        return str(found["DBInstanceStatus"])

    def change(self, act: Callable[[Ledger, Any], None]) -> None:
        """Do something to the work queue and write it down; looks that meet it say nothing."""
        with self.ledger.lock:
            self.ledger.busy = True
            self.ledger.version += 1
            act(self.ledger, self.aws("sqs", REGION))
            self.ledger.busy = False

    def hear(self, done: threading.Event) -> None:
        """Take events off their queue until ``done``; each is kept with the time of its coming."""
        sqs = client_factory(self.one.endpoint)("sqs", REGION)
        while not done.is_set():
            found = sqs.receive_message(QueueUrl=self.event_url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in found.get("Messages", []):
                self.events.append({**json.loads(message["Body"]), "came": time.monotonic()})
                sqs.delete_message(QueueUrl=self.event_url, ReceiptHandle=message["ReceiptHandle"])

    def status(self) -> list[dict[str, Any]]:
        """The rows of ``launchbook local status``."""
        return list(control.ask(self.one, "status")["resources"])
