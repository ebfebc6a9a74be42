"""A load balancer with listeners and groups in a few words, and targets that really answer."""

import itertools
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.aws.conftest import Clients

_names = itertools.count(1)
_addresses = itertools.count(1)


def _handler(target: "Target") -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path == "/broken":
                self.close_connection = True
                return
            if path == "/slow":
                time.sleep(float(query))
            code = int(path.removeprefix("/status/")) if path.startswith("/status/") else target.status
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.dumps({"target": target.host, "path": self.path, "headers": headers}).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            return

    return Handler


class Target:
    """An HTTP server on an address of its own that says who it is and what it was asked.

    ``/slow?S`` answers after S seconds, ``/status/N`` with N, ``/broken`` closes without an answer.
    """

    def __init__(self, *, status: int = 200, certificate: Path | None = None) -> None:
        self.host = f"127.201.{next(_addresses) % 250}.1"
        self.status = status

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                """A proxy may close an idle connection as it likes."""

        self.server = Server((self.host, 0), _handler(self))
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def id(self) -> dict[str, Any]:
        return {"Id": self.host, "Port": self.port}

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Balancing:
    """What a test needs of elbv2: everything it makes is taken away again."""

    client: Any
    vpc: str
    subnets: list[str]
    made: list[Callable[[], Any]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def balancer(self, **more: Any) -> dict[str, Any]:
        name = f"lb-{next(_names)}"
        made = self.client.create_load_balancer(Name=name, Subnets=self.subnets, **more)["LoadBalancers"][0]
        self.made.append(lambda: self.client.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"]))
        return dict(made)

    def group(self, *targets: Target, attributes: dict[str, str] | None = None, **more: Any) -> str:
        defaults = {"Protocol": "HTTP", "Port": 8080, "VpcId": self.vpc, "TargetType": "ip"}
        made = self.client.create_target_group(Name=f"tg-{next(_names)}", **{**defaults, **more})
        arn = str(made["TargetGroups"][0]["TargetGroupArn"])
        if attributes:
            pairs = [{"Key": k, "Value": v} for k, v in attributes.items()]
            self.client.modify_target_group_attributes(TargetGroupArn=arn, Attributes=pairs)
        if targets:
            self.client.register_targets(TargetGroupArn=arn, Targets=[t.id for t in targets])
        self.made.insert(0, lambda: self.client.delete_target_group(TargetGroupArn=arn))
        return arn

    def listener(self, balancer: dict[str, Any], *actions: dict[str, Any], **more: Any) -> str:
        defaults = {"Protocol": "HTTP", "Port": 80}
        made = self.client.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], DefaultActions=list(actions), **{**defaults, **more}
        )
        return str(made["Listeners"][0]["ListenerArn"])

    def rule(self, listener: str, priority: int, action: dict[str, Any], *conditions: dict[str, Any]) -> str:
        made = self.client.create_rule(
            ListenerArn=listener, Priority=priority, Conditions=list(conditions), Actions=[action]
        )
        return str(made["Rules"][0]["RuleArn"])

    def target(self, **more: Any) -> Target:
        made = Target(**more)
        self.targets.append(made)
        return made

    def health(self, group: str) -> dict[str, dict[str, str]]:
        found = self.client.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return {each["Target"]["Id"]: each["TargetHealth"] for each in found}

    def until_healthy(self, group: str, count: int = 1) -> None:
        until(lambda: [h["State"] for h in self.health(group).values()].count("healthy") >= count)


def until(true: Callable[[], Any], seconds: float = 40.0) -> None:
    """Wait for a condition, and say so when it never came."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not true within {seconds} s"
        time.sleep(0.05)


def forward(*groups: str) -> dict[str, Any]:
    return {"Type": "forward", "TargetGroupArn": groups[0]}


def fixed(status: int, body: str = "", kind: str = "text/plain") -> dict[str, Any]:
    config = {"StatusCode": str(status), "ContentType": kind, "MessageBody": body}
    return {"Type": "fixed-response", "FixedResponseConfig": config}


@pytest.fixture
def balancing(aws: Clients) -> Iterator[Balancing]:
    ec2 = aws("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    made = Balancing(aws("elbv2"), vpc, [subnet["SubnetId"] for subnet in subnets[:2]])
    yield made
    for undo in reversed(made.made):
        undo()
    for target in made.targets:
        target.stop()
