"""Everything a task needs before its first process starts: images, volumes, secrets, environment.

This takes seconds (layers are unpacked, secrets are read through the API), so it runs beside the reconciling thread.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from launchbook.local.plane import Host
from launchbook.local.planes.ecs.execution import ExecutionRole
from launchbook.local.planes.ecs.images import Puller
from launchbook.local.planes.ecs.model import Container, Program, Task
from launchbook.local.planes.ecs.program import NotFoundInPath, of_task, resolve
from launchbook.local.planes.ecs.shipping import stream_name

_ROLE_SECONDS = 3600.0
_NO_ROLE = {"aws_access_key_id": "ecs", "aws_secret_access_key": "ecs"}


class CannotStart(Exception):
    """The task can't start; the text is its stopped reason."""


class Preparer:
    """Prepares tasks of one embedded AWS. ``assume`` turns (region, role, session) into credentials."""

    def __init__(self, host: Host, puller: Puller, assume: Callable[[str, str, str], Any]) -> None:
        self._host = host
        self._puller = puller
        self._assume = assume
        self._roles: dict[tuple[str, str], tuple[float, ExecutionRole]] = {}

    def prepare(self, task: Task, asked: Mapping[str, Mapping[str, str]]) -> dict[str, Program]:
        """The program of each container by name. ``asked`` are the metadata variables of each.

        Raises CannotPull, Refused or CannotStart, whose text is the stopped reason.
        """
        if task.folder is None:
            raise CannotStart("the task has no folder")
        role = self._execution_role(task)
        programs: dict[str, Program] = {}
        for container in task.containers:
            root = task.folder / "files" / container.name
            if role.real:
                role.pull(container.image)
                role.log(container.definition.get("logConfiguration") or {}, stream_name(task, container))
            pulled = self._puller.pull(
                container.image,
                root,
                pinned=task.pinned.get(container.image),
                host=task.address,
                ports=container.ports,
            )
            _mount(self._host.state, task, container, root)
            added = {**self._platform(task), **asked[container.name]}
            secrets: dict[str, str] = {}
            for item in container.definition.get("secrets") or ():
                secrets[item["name"]] = role.secret(item["valueFrom"])
            definition = container.definition
            if pulled.digest is None:  # what stands for an image doesn't understand its arguments
                definition = {**definition, "entryPoint": None, "command": None, "workingDirectory": None}
            try:
                program = resolve(definition, pulled.config, root, added, secrets, digest=pulled.digest)
            except NotFoundInPath as error:
                raise CannotStart(
                    "CannotStartContainerError: ResourceInitializationError: failed to create new container runtime "
                    "task: failed to create shim task: OCI runtime create failed: runc create failed: unable to "
                    f"start container process: {error}: unknown"
                ) from None
            programs[container.name] = _neighbourly(program, task)
        return programs

    def _platform(self, task: Task) -> dict[str, str]:
        return {
            "HOST": task.address,
            "AWS_REGION": task.region,
            "AWS_DEFAULT_REGION": task.region,
            "AWS_ENDPOINT_URL": self._host.endpoint,
            "AWS_EXECUTION_ENV": f"AWS_ECS_{task.launch_type or 'FARGATE'}",
        }

    def _execution_role(self, task: Task) -> ExecutionRole:
        """The execution role's doors, kept for half of its session; without a role, doors that nobody checks."""
        arn = task.overrides.get("executionRoleArn") or getattr(task.definition, "execution_role_arn", None)
        if not arn:
            return ExecutionRole(self._host.endpoint, task.region, _NO_ROLE, real=False)
        until, held = self._roles.get((arn, task.region), (0.0, None))
        if held is None or time.monotonic() > until:
            assumed = self._assume(task.region, arn, "ecs-execution")
            credentials = {
                "aws_access_key_id": assumed.access_key_id,
                "aws_secret_access_key": assumed.secret_access_key,
                "aws_session_token": assumed.session_token,
            }
            held = ExecutionRole(self._host.endpoint, task.region, credentials)
            self._roles[arn, task.region] = (time.monotonic() + _ROLE_SECONDS, held)
        return held


def _neighbourly(program: Program, task: Task) -> Program:
    ports = [port for container in task.containers for port in container.ports]
    environment = {
        key: of_task(value, task.address, ports) if key != "AWS_ENDPOINT_URL" else value
        for key, value in program.environment.items()
    }
    argv = [program.argv[0], *(of_task(part, task.address, ports) for part in program.argv[1:])]
    return Program(argv, environment, program.workdir, program.stop_signal, program.digest, program.root)


def _mount(state: Path, task: Task, container: Container, root: Path) -> None:
    """Volumes: a folder of the task each, or for EFS one of the file system, linked at its mount point."""
    volumes = {volume["name"]: volume for volume in task.definition.volumes or ()}
    for mount in container.definition.get("mountPoints") or ():
        volume = volumes.get(mount.get("sourceVolume"), {})
        efs = volume.get("efsVolumeConfiguration") or {}
        name = str(mount.get("sourceVolume"))
        if efs:
            folder = (
                state / "efs" / str(efs["fileSystemId"]) / str(efs.get("rootDirectory") or "/").strip("/")
            )
        else:
            folder = root.parent.parent / "volumes" / Path(name).name
        folder.mkdir(parents=True, exist_ok=True)
        place = root / str(mount.get("containerPath") or f"/{name}").lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            place.symlink_to(folder, target_is_directory=True)


def image_names(task: Task) -> list[str]:
    """The images of a task, each once."""
    return list(dict.fromkeys(container.image for container in task.containers))


def described(error: BaseException) -> str:
    """A stopped reason for what went wrong in preparing; an unforeseen error keeps its type."""
    if isinstance(error, json.JSONDecodeError | OSError | AttributeError | TypeError | KeyError):
        return f"CannotStartContainerError: {type(error).__name__}: {error}"
    return str(error)
