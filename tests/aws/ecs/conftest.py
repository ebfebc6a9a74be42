"""A cluster, tiny Python images and what tests ask of them."""

import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from launchbook.local import control
from launchbook.local.images import build, layer, push
from launchbook.local.instance import Instance

REGION = "eu-west-1"
REGISTRY = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"

#: An HTTP server on $HOST that says its VERSION, logs each request, and does as its environment asks.
SERVER = """
import http.server, json, os, signal, sys, time, urllib.request
version = os.environ.get("VERSION", "1")
if os.environ.get("CRASH"):
    print("no database", file=sys.stderr, flush=True)
    sys.exit(3)
if os.environ.get("STUBBORN"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: (print("leaving", flush=True), sys.exit(0)))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/environment":
            body = json.dumps(dict(os.environ)).encode()
        elif self.path == "/metadata":
            body = urllib.request.urlopen(os.environ["ECS_CONTAINER_METADATA_URI_V4"] + "/task").read()
        elif self.path == "/directory":
            body = os.getcwd().encode()
        elif self.path == "/burn":
            end = time.time() + 20
            while time.time() < end: pass
            body = b"burnt"
        else:
            body = version.encode()
        healthy = os.environ.get("HEALTH", "200")
        self.send_response(int(healthy) if self.path == "/health" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        print("GET", self.path, flush=True)
    def log_message(self, *_): pass
print("ready", version, flush=True)
port = int(os.environ.get("PORT", "8080"))
http.server.ThreadingHTTPServer((os.environ["HOST"], port), Handler).serve_forever()
"""
DOCKERFILE = 'FROM python:3.11\nWORKDIR /app\nCOPY server.py .\nENTRYPOINT ["python", "-u", "server.py"]\n'


def until(found: Callable[[], Any], seconds: float = 40.0, what: str = "") -> Any:
    """The first true answer; fails after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        assert time.monotonic() < end, f"not within {seconds} s: {what or found}"
        time.sleep(0.05)


class Fleet:
    """What a test does with ECS, in short."""

    def __init__(self, aws: Callable[..., Any], work: Path) -> None:
        self.ecs, self.ecr, self.logs = aws("ecs", REGION), aws("ecr", REGION), aws("logs", REGION)
        self.work = work
        self.name = f"t{uuid.uuid4().hex[:8]}"
        self.repository = f"{self.name}/server"
        self.ecs.create_cluster(clusterName=self.name)
        self.ecr.create_repository(repositoryName=self.repository)
        self.logs.create_log_group(logGroupName=f"/{self.name}")

    def image(self, tag: str, source: str = SERVER, dockerfile: str = DOCKERFILE) -> str:
        """Build and push; returns the name that a task definition uses."""
        work = self.work / uuid.uuid4().hex
        (work / "context").mkdir(parents=True)
        (work / "context/server.py").write_text(source)
        (work / "Dockerfile").write_text(dockerfile)
        made = build.build(work / "context", work / "Dockerfile", work / "stages", python=sys.executable)
        push.push(self.ecr, self.repository, tag, layer.pack(made.stage))
        return f"{REGISTRY}/{self.repository}:{tag}"

    def define(self, image: str, family: str = "web", **container: Any) -> str:
        """Register a task definition of one container, which logs; returns its ARN."""
        task = container.pop("task", {})
        port = container.pop("port", 8080)
        definition = {
            "name": "app",
            "image": image,
            "stopTimeout": 2,
            "portMappings": [{"containerPort": port}] if port else [],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": f"/{self.name}", "awslogs-region": REGION, "awslogs-stream-prefix": "x",
                },
            },
            **container,
        }  # fmt: skip
        settings = {
            "cpu": "256", "memory": "512", "requiresCompatibilities": ["EC2"], "networkMode": "bridge",
            "containerDefinitions": [definition], **task,
        }  # fmt: skip
        made = self.ecs.register_task_definition(family=f"{self.name}-{family}", **settings)
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def serve(self, definition: str, count: int = 1, name: str = "web", **more: Any) -> None:
        self.ecs.create_service(
            cluster=self.name, serviceName=name, taskDefinition=definition, desiredCount=count, **more
        )

    def service(self, name: str = "web") -> dict[str, Any]:
        return dict(self.ecs.describe_services(cluster=self.name, services=[name])["services"][0])

    def tasks(self, status: str = "RUNNING", name: str | None = "web") -> list[dict[str, Any]]:
        filters = {"serviceName": name} if name else {}
        arns = self.ecs.list_tasks(cluster=self.name, desiredStatus=status, **filters)["taskArns"]
        return list(self.ecs.describe_tasks(cluster=self.name, tasks=arns)["tasks"]) if arns else []

    def task(self, arn: str) -> dict[str, Any]:
        return dict(self.ecs.describe_tasks(cluster=self.name, tasks=[arn])["tasks"][0])

    def run(self, definition: str, **more: Any) -> str:
        """Run one task; returns its ARN."""
        made = self.ecs.run_task(cluster=self.name, taskDefinition=definition, **more)
        return str(made["tasks"][0]["taskArn"])

    def stopped(self, arn: str, seconds: float = 40) -> dict[str, Any]:
        """The task once it has stopped."""
        return dict(until(lambda: (t := self.task(arn))["lastStatus"] == "STOPPED" and t, seconds, "stopped"))

    def steady(self, name: str = "web", seconds: float = 60) -> dict[str, Any]:
        """The service once its one deployment is complete."""

        def found() -> Any:
            service = self.service(name)
            deployments = service["deployments"]
            done = len(deployments) == 1 and deployments[0]["rolloutState"] == "COMPLETED"
            return done and service["runningCount"] == service["desiredCount"] and service

        return dict(until(found, seconds, "steady"))

    def messages(self, name: str = "web") -> list[str]:
        """Service events, oldest first."""
        return [event["message"] for event in reversed(self.service(name)["events"])]

    def lines(self, arn: str) -> list[str]:
        """What a task wrote."""
        stream = f"x/app/{arn.rpartition('/')[2]}"
        try:
            found = self.logs.get_log_events(
                logGroupName=f"/{self.name}", logStreamName=stream, startFromHead=True
            )
        except self.logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in found["events"]]

    def close(self) -> None:
        for arn in self.ecs.list_services(cluster=self.name)["serviceArns"]:
            self.ecs.delete_service(cluster=self.name, service=arn, force=True)
        for task in self.tasks(name=None):
            self.ecs.stop_task(cluster=self.name, task=task["taskArn"])


HEALTH = {
    "command": [
        "CMD-SHELL",
        "python -c \"import urllib.request as u; u.urlopen('http://localhost:8080/health')\"",
    ],
    "interval": 5,
    "retries": 2,
    "startPeriod": 0,
}


def running(embedded: Instance, fleet: Fleet) -> dict[str, dict[str, Any]]:
    """What really runs, by task id: the process must exist, at once or at a second look (it may end between)."""

    def look() -> list[dict[str, Any]] | None:
        rows = control.ask(embedded, "status")["resources"]
        mine = [r for r in rows if r["type"] == "aws_ecs_task" and r["id"].startswith(f"{fleet.name}/")]
        alive = all(Path(f"/proc/{r['pid']}").exists() for r in mine if r["state"] == "RUNNING")
        return [*mine, {}] if alive else None

    mine = until(look, 1.0, "a process behind every running task")[:-1]
    return {r["id"].split("/")[1]: r for r in mine}


def event_queue(fleet: Fleet, aws: Callable[..., Any], pattern: dict[str, Any]) -> str:
    """A queue that gets the events of a pattern."""
    sqs, events = aws("sqs", REGION), aws("events", REGION)
    url = sqs.create_queue(QueueName=fleet.name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
            "Resource": arn,
        }],
    }  # fmt: skip
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    events.put_rule(Name=fleet.name, EventPattern=json.dumps({"source": ["aws.ecs"], **pattern}))
    events.put_targets(Rule=fleet.name, Targets=[{"Id": "q", "Arn": arn}])
    return str(url)


def received(aws: Callable[..., Any], url: str) -> list[dict[str, Any]]:
    """Everything that came, until nothing more does for a second."""
    found: list[dict[str, Any]] = []
    while (
        batch := aws("sqs", REGION)
        .receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        .get("Messages")
    ):
        found += [json.loads(message["Body"]) for message in batch]
        for message in batch:
            aws("sqs", REGION).delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


@pytest.fixture
def fleet(aws: Callable[..., Any], tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(aws, tmp_path)
    yield made
    made.close()
