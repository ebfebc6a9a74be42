"""What a rolling deployment does next: pure decisions on what is seen, without a process or a clock.

The rules are those of the ECS service scheduler: never fewer healthy tasks than ``minimumHealthyPercent`` (rounded
up), never more tasks than ``maximumPercent`` (rounded down), and a circuit breaker that counts tasks that failed
in a row. A task belongs to a deployment by the deployment's id, never by its task definition: a forced deployment
rolls onto the same one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST_PAUSE = 300.0


@dataclass(frozen=True)
class Seen:
    """A task of the service that has not stopped."""

    id: str
    #: The id of the deployment it belongs to.
    deployment: str
    #: It runs and its health checks pass, so that it counts towards the minimum.
    healthy: bool
    #: It is on its way out.
    leaving: bool = False


@dataclass(frozen=True)
class Limits:
    """How many tasks there should be, and the room a deployment has (percent of that)."""

    desired: int
    minimum_percent: int = 100
    maximum_percent: int = 200

    @property
    def fewest(self) -> int:
        """Healthy tasks that must stay."""
        return math.ceil(self.desired * self.minimum_percent / 100)

    @property
    def most(self) -> int:
        """Tasks that may exist at once, those on their way out not counted."""
        return math.floor(self.desired * self.maximum_percent / 100)


@dataclass(frozen=True)
class Moves:
    """What to do now: how many tasks of the primary deployment to start, and which tasks to stop."""

    start: int = 0
    stop: tuple[str, ...] = ()


def moves(limits: Limits, primary: str, tasks: Sequence[Seen], *, halted: bool = False) -> Moves:
    """The next step towards ``limits.desired`` tasks of the ``primary`` deployment and none of another.

    ``tasks`` come oldest first. ``halted`` is a deployment that failed: it starts nothing, and what still runs
    of the one before it stays.
    """
    staying = [task for task in tasks if not task.leaving]
    new = [task for task in staying if task.deployment == primary]
    old = [task for task in staying if task.deployment != primary]
    surplus = _surplus(new, limits.desired)
    if halted:
        return Moves(0, surplus)
    missing = max(0, limits.desired - len(new))
    start = min(missing, max(0, limits.most - len(staying)))
    return Moves(start, surplus + _old_to_stop(limits, staying, old, missing - start))


def _surplus(new: Sequence[Seen], desired: int) -> tuple[str, ...]:
    """The tasks to scale in: those that serve nobody first, then the youngest."""
    order = sorted(enumerate(new), key=lambda item: (item[1].healthy, -item[0]))
    return tuple(task.id for _, task in order[: max(0, len(new) - desired)])


def _old_to_stop(
    limits: Limits, staying: Sequence[Seen], old: Sequence[Seen], blocked: int
) -> tuple[str, ...]:
    """Tasks of earlier deployments that may go: what serves nobody at once, the rest as the minimum allows.

    ``blocked`` is how many starts wait because the maximum is reached.
    """
    healthy = sum(task.healthy for task in staying)
    useless = [task.id for task in old if not task.healthy]
    wanted = max(healthy - limits.desired, blocked - len(useless))
    allowed = max(0, min(wanted, healthy - limits.fewest))
    return (*useless, *[task.id for task in old if task.healthy][:allowed])


def stuck(limits: Limits, primary: str, tasks: Sequence[Seen]) -> bool:
    """Whether the limits leave a deployment no move at all, though every task that is there is healthy."""
    mine = [task for task in tasks if task.deployment == primary]
    quiet = all(task.healthy and not task.leaving for task in tasks)
    return quiet and len(mine) < limits.desired and moves(limits, primary, tasks) == Moves()


def complete(limits: Limits, primary: str, tasks: Sequence[Seen]) -> bool:
    """Whether the primary deployment has all its tasks healthy and nothing of another is left, leaving included."""
    mine = [task for task in tasks if task.deployment == primary and not task.leaving]
    strangers = any(task.deployment != primary for task in tasks)
    return not strangers and len(mine) == limits.desired and all(task.healthy for task in mine)


def breaker_threshold(desired: int) -> int:
    """Tasks that must fail in a row before the circuit breaker acts: half of desired, from 3 to 200."""
    return min(max(math.ceil(desired / 2), 3), 200)


def pause(failures: int) -> float:
    """Seconds before the next start after so many tasks in a row that never came to serve: none, then 1, 2, 4 …"""
    return 0.0 if failures < 2 else min(2.0 ** (failures - 2), _LONGEST_PAUSE)
