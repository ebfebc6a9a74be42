"""The reference stack applied for real to an embedded AWS: what its host weighs then, with tasks that run."""

import sys
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.support.embedded import Server
from launchbook.local import control, instance
from launchbook.local.images import aliases
from tests.aws.stacks import cycle
from tests.support.terraform import Terraform, available

_STACK = "platform"
_TASKS_SECONDS = 60.0


def measure(server: Server, directory: Path) -> dict[str, Any]:
    """``{"resources", "tasks", "apply_seconds", "host_mb", "children_mb"}``; ``{"why"}`` where there is no Terraform.

    The stack stays applied: it ends with the embedded AWS. A server that answers 200 stands for every image.
    """
    if why := available():
        return {"why": why}
    one = next(each for each in instance.running() if each.pid == server.pid)
    stand_in = [sys.executable, "-m", "launchbook.local.images.stand_in", "{host}", "{ports}"]
    aliases.write(Path(one.state), "*", stand_in)
    environment = cycle.environment(one, cycle.REGIONS[_STACK][0])
    terraform = Terraform.of(cycle.HERE / _STACK, directory / _STACK, environment)
    began = time.monotonic()
    terraform.apply()
    took = round(time.monotonic() - began, 1)
    terraform.changes()  # a plan reads everything once more
    deadline = time.monotonic() + _TASKS_SECONDS
    while not (tasks := _running(one)) and time.monotonic() < deadline:
        time.sleep(0.5)
    children = psutil.Process(one.keeper_pid).children(recursive=True)
    return {
        "resources": len(terraform.resources()),
        "tasks": tasks,
        "apply_seconds": took,
        "host_mb": server.megabytes,
        "children_mb": round(sum(_resident(child) for child in children) / 1e6, 1),
    }


def _running(one: instance.Instance) -> int:
    rows = control.ask(one, "status")["resources"]
    return sum(row["type"] == "aws_ecs_task" and row["state"] == "RUNNING" for row in rows)


def _resident(child: psutil.Process) -> int:
    try:
        return int(child.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
