"""What a task can ask about itself: the metadata endpoint (version 4) and its role's credentials, on loopback."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from launchbook.local.planes.ecs.model import Container, Task
from launchbook.local.planes.ecs.wording import stamp

_CREDENTIAL_SECONDS = 6 * 3600


class Metadata:
    """The endpoint of one embedded AWS. ``assume`` turns a role's ARN and a session's name into credentials."""

    def __init__(self, assume: Callable[[str, str, str], Any]) -> None:
        self._assume = assume
        self._tasks: dict[str, tuple[Task, Container]] = {}
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> int:
        """Listen, once, and return the port; costs nothing before the first task."""
        if self._server:
            return self._server.server_port
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                code, document = endpoint.answer(self.path)
                body = json.dumps(document).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="task-metadata", daemon=True).start()
        return self._server.server_port

    def admit(self, task: Task, container: Container) -> dict[str, str]:
        """Let a container ask; returns the variables that tell it where. A task without a role gets no credentials."""
        base = f"http://127.0.0.1:{self.start()}"
        token = secrets.token_hex(16)
        self._tasks[token] = (task, container)
        variables = {
            "ECS_CONTAINER_METADATA_URI": f"{base}/v3/{token}",
            "ECS_CONTAINER_METADATA_URI_V4": f"{base}/v4/{token}",
        }
        if _role(task):
            variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"{base}/v2/credentials/{token}"
        return variables

    def forget(self, task: Task) -> None:
        """The task has ended."""
        self._tasks = {token: held for token, held in self._tasks.items() if held[0] is not task}

    def close(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        """The answer to a path, as (status, document)."""
        parts = [part for part in path.split("?")[0].split("/") if part]
        if parts[:2] == ["v2", "credentials"] and len(parts) == 3:
            return self._credentials(parts[2])
        held = self._tasks.get(parts[1]) if len(parts) > 1 and parts[0] in ("v3", "v4") else None
        if held is None:
            return 404, {"error": "not found"}
        task, container = held
        if len(parts) == 2:
            return 200, _container(container)
        if parts[2] in ("task", "taskWithTags"):
            return 200, _task(task)
        return 404, {"error": f"{parts[2]} is not served here"}

    def _credentials(self, token: str) -> tuple[int, dict[str, Any]]:
        held = self._tasks.get(token)
        role = _role(held[0]) if held else None
        if held is None or role is None:
            return 404, {"code": "NoIdInRequest", "message": "no such task"}
        task = held[0]
        current = task.access_key
        if current is None or _left(current) < 900:
            current = task.access_key = self._assume(task.region, role, task.id.replace("-", ""))
        return 200, {
            "RoleArn": role,
            "AccessKeyId": current.access_key_id,
            "SecretAccessKey": current.secret_access_key,
            "Token": current.session_token,
            "Expiration": stamp(current.expiration.replace(tzinfo=UTC)),
        }


def _left(session: Any) -> float:
    """Seconds until the session expires; negative afterwards."""
    return float((session.expiration - datetime.now(UTC).replace(tzinfo=None)).total_seconds())


def _role(task: Task) -> str | None:
    return task.overrides.get("taskRoleArn") or getattr(task.definition, "task_role_arn", None)


def _container(container: Container) -> dict[str, Any]:
    options = (container.definition.get("logConfiguration") or {}).get("options") or {}
    return {
        "DockerId": container.runtime_id,
        "Name": container.name,
        "DockerName": container.name,
        "Image": container.image,
        "ImageID": container.image_digest,
        "Labels": {
            "com.amazonaws.ecs.task-arn": container.task_arn,
            "com.amazonaws.ecs.container-name": container.name,
        },
        "DesiredStatus": "RUNNING",
        "KnownStatus": container.last_status,
        "Limits": {"CPU": int(container.cpu or 0)},
        "Type": "NORMAL",
        "LogDriver": (container.definition.get("logConfiguration") or {}).get("logDriver"),
        "LogOptions": options,
        "ContainerARN": container.container_arn,
        "Networks": [
            {"NetworkMode": "awsvpc", "IPv4Addresses": [item["privateIpv4Address"]]}
            for item in container.network_interfaces
        ],
    }  # fmt: skip


def _task(task: Task) -> dict[str, Any]:
    return {
        "Cluster": task.cluster_arn,
        "TaskARN": task.task_arn,
        "Family": task.definition.family,
        "Revision": str(task.definition.revision),
        "ServiceName": task.group.removeprefix("service:") if task.group.startswith("service:") else None,
        "DesiredStatus": task.desired_status,
        "KnownStatus": task.last_status,
        "PullStartedAt": stamp(task.pull_started_at),
        "PullStoppedAt": stamp(task.pull_stopped_at),
        "AvailabilityZone": task.availability_zone,
        "LaunchType": task.launch_type,
        "Limits": {"CPU": int(task.cpu or 0) / 1024, "Memory": int(task.memory or 0)},
        "TaskTags": {tag["key"]: tag["value"] for tag in task.tags},
        "Containers": [_container(container) for container in task.containers],
    }
