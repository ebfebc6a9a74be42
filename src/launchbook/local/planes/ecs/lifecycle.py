"""One task's way from PROVISIONING to STOPPED, a step at a time."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from concurrent.futures import Executor

from launchbook.local.plane import Host
from launchbook.local.planes.ecs import containers, network, wording
from launchbook.local.planes.ecs.metadata import Metadata
from launchbook.local.planes.ecs.model import (
    ACTIVATING,
    DEACTIVATING,
    DEPROVISIONING,
    PENDING,
    PROVISIONING,
    RUNNING,
    STOPPED,
    STOPPING,
    Container,
    Task,
    now,
)
from launchbook.local.planes.ecs.preparing import Preparer, described
from launchbook.local.planes.ecs.shipping import NoLogGroup, Shipping, open_stream

log = logging.getLogger(__name__)

FAILED_TO_START, EXITED, BY_SCHEDULER = (
    "TaskFailedToStart",
    "EssentialContainerExited",
    "ServiceSchedulerInitiated",
)


class Lifecycle:
    """Steps tasks. ``said`` is told (task, event, target group, error) of what the service's events mention."""

    def __init__(
        self, host: Host, preparer: Preparer, metadata: Metadata, pool: Executor,
        said: Callable[[Task, str, str, str | None], None],
    ) -> None:  # fmt: skip
        self._host = host
        self._preparer = preparer
        self._metadata = metadata
        self._pool = pool
        self._said = said
        self._streams: dict[Container, Shipping] = {}
        self._checks: dict[Container, containers.Checking] = {}
        self._steps = {
            PROVISIONING: self._provision,
            PENDING: self._start,
            ACTIVATING: self._activate,
            RUNNING: self._run,
            DEACTIVATING: self._deactivate,
            STOPPING: self._stop,
            DEPROVISIONING: self._deprovision,
        }

    def step(self, task: Task) -> None:
        """Go as far as it goes without waiting."""
        while task.last_status != STOPPED:
            before = task.last_status
            if task.leaving and before in (PROVISIONING, PENDING, ACTIVATING, RUNNING):
                self._enter(task, DEACTIVATING)
            else:
                self._steps[before](task)
            if task.last_status == before:
                break
        for container in task.containers:
            if stream := self._streams.get(container):
                self._ship(stream)

    def _enter(self, task: Task, status: str) -> None:
        task.last_status = status
        wording.task_changed(self._host, task)

    def _provision(self, task: Task) -> None:
        wording.task_changed(self._host, task)
        try:
            network.attach(self._host, task)
        except Exception as error:  # moto's own exceptions share no base
            task.ask_to_stop(f"ResourceInitializationError: {error}", FAILED_TO_START)
            return
        task.folder = self._host.state / "ecs" / task.id
        task.folder.mkdir(mode=0o700, parents=True)
        asked = {container.name: self._metadata.admit(task, container) for container in task.containers}
        task.pull_started_at = now()
        task.preparing = self._pool.submit(self._preparer.prepare, task, asked)
        task.connectivity, task.connectivity_at = "CONNECTED", now()
        self._enter(task, PENDING)

    def _start(self, task: Task) -> None:
        if not self._prepared(task):
            return
        others = {container.name: container for container in task.containers}
        for container in task.containers:
            self._watch(task, container)
            if container.child is None and container.last_status == PENDING:
                why = containers.hopeless(container, others)
                if why:
                    task.ask_to_stop(
                        f"Task failed to start: container {container.name}: {why}", FAILED_TO_START
                    )
                elif containers.ready(container, others):
                    self._start_one(task, container)
            if task.leaving:
                return
        if self._ended(task):
            return
        if all(container.child is not None for container in task.containers):
            self._enter(task, ACTIVATING)

    def _prepared(self, task: Task) -> bool:
        if task.preparing is None or not task.preparing.done():
            return False
        if task.pull_stopped_at is None:
            task.pull_stopped_at = now()
            error = task.preparing.exception()
            if error is not None:
                task.ask_to_stop(described(error), FAILED_TO_START)
                for container in task.containers:
                    container.reason = task.stopped_reason
                return False
            for container in task.containers:
                container.program = task.preparing.result()[container.name]
            if clash := network.taken(task):
                port, why = clash
                task.ask_to_stop(
                    "CannotStartContainerError: Error response from daemon: driver failed programming external "
                    f"connectivity: Bind for {task.address}:{port} failed: port is already allocated: {why}",
                    FAILED_TO_START,
                )
                return False
        return True

    def _start_one(self, task: Task, container: Container) -> None:
        try:
            containers.start(self._host, task, container)
            if stream := open_stream(self._host, task, container):
                self._streams[container] = stream
        except NoLogGroup as error:
            task.ask_to_stop(str(error), FAILED_TO_START)
        except OSError as error:
            container.reason = f"CannotStartContainerError: {error}"
            task.ask_to_stop(container.reason, FAILED_TO_START)
        else:
            if container.definition.get("healthCheck"):
                self._checks[container] = containers.Checking(self._host, task, container)

    def _activate(self, task: Task) -> None:
        for group, error in network.register(self._host, task):
            self._said(task, "registered", group, error)
        task.started_at = now()
        task.running_since = time.monotonic()
        self._enter(task, RUNNING)

    def _run(self, task: Task) -> None:
        for container in task.containers:
            self._watch(task, container)
        self._ended(task)

    def _watch(self, task: Task, container: Container) -> None:
        containers.watch(container)
        if container.last_status == RUNNING and (check := self._checks.get(container)):
            before = task.health_status
            check.step(time.monotonic())
            if task.health_status != before:
                wording.task_changed(self._host, task)

    def _ended(self, task: Task) -> bool:
        """Stop the task if an essential container, or every container, has ended."""
        ended = [c for c in task.containers if c.last_status == STOPPED]
        if any(c.essential for c in ended) or len(ended) == len(task.containers):
            task.ask_to_stop("Essential container in task exited", EXITED)
        return task.leaving

    def _deactivate(self, task: Task) -> None:
        if not task.deregistered:
            task.deregistered = True
            for group in network.deregister(self._host, task):
                self._said(task, "deregistered", group, None)
        alive = any(c.child is not None and c.child.poll() is None for c in task.containers)
        if not (alive and network.draining(self._host, task)):
            self._enter(task, STOPPING)

    def _stop(self, task: Task) -> None:
        for container in task.containers:
            if check := self._checks.pop(container, None):
                check.end()
        if task.preparing is not None and not task.preparing.done():
            return
        others = {container.name: container for container in task.containers}
        waited_for = {
            item["containerName"]
            for container in task.containers
            for item in container.definition.get("dependsOn") or ()
            if container.last_status == RUNNING and item["containerName"] in others
        }
        # In the reverse order of their start: nothing stops while what depends on it still runs.
        stopped = [containers.stop(c) for c in task.containers if c.name not in waited_for]
        if all(stopped) and not waited_for:
            task.execution_stopped_at = now()
            self._enter(task, DEPROVISIONING)

    def _deprovision(self, task: Task) -> None:
        for container in task.containers:
            stream = self._streams.get(container)
            if stream and not self._ship(stream, last=True):
                return
        for container in task.containers:
            self._streams.pop(container, None)
        self._metadata.forget(task)
        network.detach(self._host, task)
        if task.folder:
            self._pool.submit(shutil.rmtree, task.folder, ignore_errors=True)
        task.stopped_at = now()
        self._enter(task, STOPPED)

    def _ship(self, stream: Shipping, *, last: bool = False) -> bool:
        try:
            return stream.ship(self._host, last=last)
        except LookupError:  # the group was deleted: on AWS the lines are lost as well
            return True
