"""CPU and memory of services from the processes that really run, and Container Insights where it is switched on."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from launchbook.local.plane import Host
from launchbook.local.planes.ecs.model import RUNNING, STARTING, Task
from launchbook.local.planes.ecs.service import Service

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_EVERY = 10.0
_MIB = 1024 * 1024


class Meter:
    """Samples every ten simulated seconds (at least one real second)."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._every = max(1.0, _EVERY / host.speed)
        self._last = time.monotonic()
        self._used: dict[Task, float] = {}

    def step(self, clusters: Iterable[tuple[Any, list[Service], list[Task]]]) -> None:
        """Record a sample of everything when one is due."""
        now = time.monotonic()
        elapsed = now - self._last
        if elapsed < self._every:
            return
        self._last = now
        sessions = _sessions()
        before, self._used = self._used, {}
        for cluster, services, tasks in clusters:
            for service in services:
                self._service(cluster, service, [t for t in tasks if t.group == f"service:{service.name}"],
                              sessions, before, elapsed)  # fmt: skip
            if _insights(cluster):
                dimensions = {"ClusterName": cluster.name}
                self._insight(cluster.region_name, dimensions, "ServiceCount", len(services))
                running = sum(task.last_status == RUNNING for task in tasks)
                self._insight(cluster.region_name, dimensions, "TaskCount", running)

    def _service(
        self, cluster: Any, service: Service, tasks: list[Task], sessions: dict[int, tuple[float, int]],
        before: dict[Task, float], elapsed: float,
    ) -> None:  # fmt: skip
        running = [task for task in tasks if task.last_status == RUNNING]
        cpu_used = memory_used = cpu_had = memory_had = 0.0
        for task in running:
            pids = [c.child.pid for c in task.containers if c.child is not None]
            seconds = sum(sessions.get(pid, (0.0, 0))[0] for pid in pids)
            memory_used += sum(sessions.get(pid, (0.0, 0))[1] for pid in pids) / _MIB
            cpu_used += max(0.0, seconds - before.get(task, seconds)) / elapsed * 1024
            self._used[task] = seconds
            cpu_had += float(task.cpu or sum(int(c.cpu or 0) for c in task.containers) or 1024)
            memory_had += float(task.memory or sum(int(c.memory or 0) for c in task.containers) or 1024)
        dimensions = {"ClusterName": cluster.name, "ServiceName": service.name}
        if running:
            for name, used, had in (("CPU", cpu_used, cpu_had), ("Memory", memory_used, memory_had)):
                self._host.metric(
                    service.region_name, "AWS/ECS", f"{name}Utilization", used / had * 100,
                    dimensions=dimensions, unit="Percent",
                )  # fmt: skip
        if _insights(cluster):
            for name, value in {
                "DesiredTaskCount": service.desired_count,
                "RunningTaskCount": len(running),
                "PendingTaskCount": sum(task.last_status in STARTING for task in tasks),
                "DeploymentCount": len(service.service_deployments),
                "TaskSetCount": len(service.task_sets),
                "CpuUtilized": cpu_used,
                "CpuReserved": cpu_had,
                "MemoryUtilized": memory_used,
                "MemoryReserved": memory_had,
            }.items():
                self._insight(service.region_name, dimensions, name, value)

    def _insight(self, region: str, dimensions: dict[str, str], name: str, value: float) -> None:
        unit = "Megabytes" if name.startswith("Memory") else "None" if name.startswith("Cpu") else "Count"
        self._host.metric(region, "ECS/ContainerInsights", name, value, dimensions=dimensions, unit=unit)


def _insights(cluster: Any) -> bool:
    values = {item.get("name"): item.get("value") for item in cluster.settings or ()}
    return values.get("containerInsights") in ("enabled", "enhanced")


def _sessions() -> dict[int, tuple[float, int]]:
    """CPU seconds and resident bytes of each session: a container is the leader of one."""
    found: dict[int, tuple[float, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        session, ticks, pages = int(fields[3]), int(fields[11]) + int(fields[12]), int(fields[21])
        seconds, resident = found.get(session, (0.0, 0))
        found[session] = (seconds + ticks / _TICKS, resident + pages * _PAGE)
    return found
