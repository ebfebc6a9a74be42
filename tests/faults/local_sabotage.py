"""Proof that the campaign of truth can fail: copies of the embedded AWS's source, each with one plane that lies."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.faults.sabotage import Patch

SOURCE = Path(__file__).parents[2] / "src/launchbook"
_ECS, _ALB, _RDS, _SQS = (f"local/planes/{name}" for name in ("ecs", "alb", "rds", "sqs"))

SABOTAGES: dict[str, tuple[Patch, ...]] = {
    # A process that ends goes unnoticed.
    "ecs-deaf": (
        Patch(f"{_ECS}/containers.py", "if code is not None and container", "if False and container"),
    ),
    # Every end was a good one.
    "ecs-exit-code": (
        Patch(
            f"{_ECS}/containers.py", "container.exit_code = STOPPED, code", "container.exit_code = STOPPED, 0"
        ),
    ),
    # Nobody hears of what happens to tasks.
    "ecs-silent": (
        Patch(
            f"{_ECS}/wording.py",
            '    _send(host, task.region, "ECS Task State Change"',
            '    0 and _send(host, task.region, "ECS Task State Change"',
        ),
    ),
    # A task that ended stays a target, and its silence passes for health.
    "alb-hearsay": (
        Patch(f"{_ECS}/network.py", "backend.deregister_targets(group, [", "str([group, "),
        Patch(
            f"{_ALB}/health.py",
            "asyncio.LimitOverrunError):\n        return FAILED",
            "asyncio.LimitOverrunError):\n        return HEALTHY",
        ),
    ),
    # A proxy that was killed is not started again.
    "alb-asleep": (
        Patch(
            f"{_ALB}/proxy.py",
            "return self._child.pid if self._child and self._child.poll() is None else None",
            "return self._child.pid if self._child else None",
        ),
    ),
    # A database that was killed is still said to be there.
    "rds-asleep": (
        Patch(
            f"{_RDS}/engine.py",
            "if held.server.pid is None:\n            self",
            "if False:\n            self",
        ),
    ),
    # What is in flight is counted as waiting.
    "sqs-miscount": (
        Patch(
            f"{_SQS}/queue.py",
            "return self._counts[READY], self._counts[IN_FLIGHT],",
            "return self._counts[READY] + self._counts[IN_FLIGHT], 0,",
        ),
    ),
}


def sabotaged(name: str, directory: Path) -> Path:
    """A directory for PYTHONPATH that holds the package with one lie. Raises ValueError when a patch no longer fits."""
    copy = directory / "source" / "launchbook"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for patch in SABOTAGES[name]:
        path = copy / patch.file
        text = path.read_text()
        if text.count(patch.old) != 1:
            raise ValueError(
                f"the sabotage {name!r} no longer fits: its lines are {text.count(patch.old)} times in {patch.file}\n\n"
                "hint: bring SABOTAGES in tests/faults/local_sabotage.py up to the source"
            )
        path.write_text(text.replace(patch.old, patch.new))
    return copy.parent
