"""Reconciles what ECS's API says with the processes that run."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from launchbook.local.plane import ACCOUNT, Host
from launchbook.local.planes.ecs import wording
from launchbook.local.planes.ecs.images import Puller
from launchbook.local.planes.ecs.lifecycle import Lifecycle
from launchbook.local.planes.ecs.metadata import Metadata
from launchbook.local.planes.ecs.metering import Meter
from launchbook.local.planes.ecs.model import RUNNING, STARTING, STOPPED, Task, make_containers
from launchbook.local.planes.ecs.preparing import Preparer, image_names
from launchbook.local.planes.ecs.scheduler import Scheduler
from launchbook.local.planes.ecs.service import Deployment, Service

log = logging.getLogger(__name__)

#: AWS shows a stopped task for about an hour; many of them for less.
_SHOWN_STOPPED = 3600.0
_MOST_STOPPED = 500
_CLOSE_SECONDS = 9.0


class Engine:
    """The services and tasks of one embedded AWS. ``lock`` guards them; API calls hold it too."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.lock = threading.RLock()
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="ecs")
        self._puller = Puller(lambda region: host.backend("ecr", region), host.state)
        self._metadata = Metadata(self._assume)
        preparer = Preparer(host, self._puller, self._assume)
        self._lifecycle = Lifecycle(host, preparer, self._metadata, self._pool, self._said)
        self._scheduler = Scheduler(host, self._launch)
        self._meter = Meter(host)
        self._broken: set[str] = set()

    # -- what the API asks for ------------------------------------------------------------------

    def begin(self, backend: Any, task: Task) -> None:
        """Take a new task in; the next step starts it."""
        backend.tasks.setdefault(task.cluster_name, {})[task.task_arn] = task

    def deploy(self, service: Service) -> Deployment:
        """Begin a deployment of a service."""
        made = service.deploy()
        made.deaf = bool(self._scheduler.ringing(service))
        wording.deployment_changed(self.host, service, made)
        return made

    def new_task(self, cluster: Any, definition: Any, **settings: Any) -> Task:
        """A task of a definition, not yet taken in. ``settings`` are attributes of :class:`Task`."""
        task_id = uuid.uuid4().hex
        region = cluster.region_name
        fargate = settings.get("launch_type") == "FARGATE" or (
            str(settings.get("capacity_provider_name")).startswith("FARGATE")
        )
        return Task(
            id=task_id,
            region=region,
            task_arn=f"arn:aws:ecs:{region}:{ACCOUNT}:task/{cluster.name}/{task_id}",
            cluster_arn=cluster.arn,
            cluster_name=cluster.name,
            task_definition_arn=definition.arn,
            definition=definition,
            containers=make_containers(definition, task_id, cluster.name, settings.get("overrides") or {}),
            cpu=definition.cpu,
            memory=definition.memory,
            platform_version="1.4.0" if fargate else None,
            platform_family="Linux" if fargate else None,
            ephemeral_storage=definition.ephemeral_storage or ({"sizeInGiB": 20} if fargate else None),
            attributes=[{"name": "ecs.cpu-architecture", "value": "x86_64"}],
            **settings,
        )

    # -- reconciling ----------------------------------------------------------------------------

    def step(self) -> None:
        """One look at everything."""
        with self.lock:
            measured = []
            for backend in self._backends():
                for task in [task for tasks in backend.tasks.values() for task in tasks.values()]:
                    self._guarded(task.id, lambda task=task: self._lifecycle.step(task))
                for service in list(backend.services.values()):
                    if service.status != "INACTIVE":
                        tasks = self._tasks_of(backend, service)
                        self._guarded(
                            service.arn,
                            lambda service=service, tasks=tasks: self._scheduler.step(service, tasks),
                        )
                measured += [self._count(backend, cluster) for cluster in backend.clusters.values()]
                self._forget(backend)
            self._guarded("metrics", lambda: self._meter.step(measured))

    def _backends(self) -> list[Any]:
        from moto.backends import get_backend

        return list(get_backend("ecs")[ACCOUNT].values())

    def _guarded(self, name: str, act: Any) -> None:
        """One resource's trouble is its own; it is logged once."""
        try:
            act()
        except Exception:
            if name not in self._broken:
                self._broken.add(name)
                log.exception("ECS: %s", name)

    @staticmethod
    def _tasks_of(backend: Any, service: Service) -> list[Task]:
        group = f"service:{service.name}"
        return [task for task in backend.tasks.get(service.cluster_name, {}).values() if task.group == group]

    @staticmethod
    def _count(backend: Any, cluster: Any) -> tuple[Any, list[Service], list[Task]]:
        tasks = list(backend.tasks.get(cluster.name, {}).values())
        services = [
            s for s in backend.services.values() if s.cluster_name == cluster.name and s.status == "ACTIVE"
        ]
        cluster.running_tasks_count = sum(task.last_status == RUNNING for task in tasks)
        cluster.pending_tasks_count = sum(task.last_status in STARTING for task in tasks)
        cluster.active_services_count = len(services)
        return cluster, services, tasks

    @staticmethod
    def _forget(backend: Any) -> None:
        for tasks in backend.tasks.values():
            stopped = [task for task in tasks.values() if task.last_status == STOPPED]
            for task in stopped[:-_MOST_STOPPED] if len(stopped) > _MOST_STOPPED else ():
                del tasks[task.task_arn]
            for task in stopped[-_MOST_STOPPED:]:
                if task.stopped_at and time.time() - task.stopped_at.timestamp() > _SHOWN_STOPPED:
                    del tasks[task.task_arn]

    def _launch(self, service: Service, deployment: Deployment) -> Task:
        backend = self.host.backend("ecs", service.region_name)
        definition = backend.describe_task_definition(deployment.task_definition)
        strategy = deployment.capacity_provider_strategy
        task = self.new_task(
            backend.clusters[service.cluster_name],
            definition,
            group=f"service:{service.name}",
            launch_type=deployment.launch_type,
            capacity_provider_name=strategy[0]["capacityProvider"] if strategy else None,
            started_by=deployment.id,
            tags=_propagated(service, definition),
            network_configuration=deployment.network_configuration or {},
            load_balancers=list(service.load_balancers),
            enable_execute_command=bool(service.enable_execute_command),
            deployment=deployment.id,
        )
        for image in image_names(task):
            found = None if image in deployment.pinned else self._puller.digest(image)
            if found:
                deployment.pinned[image] = found
        task.pinned = deployment.pinned
        self.begin(backend, task)
        return task

    def _said(self, task: Task, what: str, group: str, error: str | None) -> None:
        """What the service of a task says of its target groups."""
        backend = self.host.backend("ecs", task.region)
        service = backend.services.get(f"{task.cluster_name}:{task.group.removeprefix('service:')}")
        if service is None:
            return
        if error:
            service.say(f"failed to register targets in (target-group {group}) with (error {error})")
        elif what == "registered":
            service.say(f"registered 1 targets in (target-group {group})")
        else:
            service.say(f"deregistered 1 targets in (target-group {group})")
            service.say("has begun draining connections on 1 tasks.")

    def _assume(self, region: str, role: str, session: str) -> Any:
        return self.host.backend("sts", "aws").assume_role(region, session, role, None, 6 * 3600, None)

    # -- the end --------------------------------------------------------------------------------

    def status(self) -> list[dict[str, Any]]:
        """One row a service and a task that runs."""
        rows: list[dict[str, Any]] = []
        with self.lock:
            for backend in self._backends():
                for service in backend.services.values():
                    if service.status != "INACTIVE":
                        rows.append(_service_row(service))
                for task in [task for tasks in backend.tasks.values() for task in tasks.values()]:
                    rows += _task_rows(task)
        return rows

    def close(self) -> None:
        """Ask every task to stop, for at most nine seconds; the keeper ends the rest."""
        deadline = time.monotonic() + _CLOSE_SECONDS
        with self.lock:
            tasks = [t for b in self._backends() for held in b.tasks.values() for t in held.values()]
            for task in tasks:
                task.ask_to_stop("The embedded AWS stops", "TerminationNotice")
                task.registered = []  # nobody waits for load balancers that stop as well
        while time.monotonic() < deadline and any(task.last_status != STOPPED for task in tasks):
            with self.lock:
                for task in tasks:
                    self._guarded(task.id, lambda task=task: self._lifecycle.step(task))
            time.sleep(0.05)
        self._metadata.close()
        self._pool.shutdown(wait=False, cancel_futures=True)


def _propagated(service: Service, definition: Any) -> list[dict[str, str]]:
    if service.propagate_tags == "SERVICE":
        return list(service.tags)
    return list(definition.tags or ()) if service.propagate_tags == "TASK_DEFINITION" else []


def _service_row(service: Service) -> dict[str, Any]:
    primary = service.primary
    return {
        "type": "aws_ecs_service",
        "id": f"{service.cluster_name}/{service.name}",
        "region": service.region_name,
        "state": primary.rollout_state if primary else service.status,
        "desired": service.desired_count,
        "running": service.running_count,
        "pending": service.pending_count,
    }


def _task_rows(task: Task) -> list[dict[str, Any]]:
    if task.last_status == STOPPED:
        return []
    return [
        {
            "type": "aws_ecs_task",
            "id": f"{task.cluster_name}/{task.id}/{container.name}",
            "region": task.region,
            "state": container.last_status,
            "health": task.health_status,
            "address": task.address,
            "ports": container.ports,
            "pid": container.child.pid if container.child and container.last_status == RUNNING else None,
        }
        for container in task.containers
    ]
