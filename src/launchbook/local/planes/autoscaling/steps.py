"""How many tasks a scaling policy asks for: step and target-tracking arithmetic of Application Auto Scaling. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any


def step_for(steps: Sequence[Mapping[str, Any]], breach: float) -> Mapping[str, Any] | None:
    """The step whose interval holds ``metric - threshold``.

    Above the threshold the lower bound is inclusive and the upper exclusive; below it the other way round.
    A missing bound is infinity.
    """
    for step in steps:
        low = float(step.get("MetricIntervalLowerBound", "-inf"))
        high = float(step.get("MetricIntervalUpperBound", "inf"))
        inside = low <= breach < high if breach >= 0 else low < breach <= high
        if inside:
            return step
    return None


def adjusted(current: int, adjustment: float, kind: str, minimum_magnitude: int = 0) -> int:
    """The capacity an adjustment leads to, before minimum and maximum are honoured.

    ``kind`` is ChangeInCapacity, ExactCapacity or PercentChangeInCapacity. A percentage rounds as AWS does: away
    from zero below one, otherwise towards zero; ``minimum_magnitude`` is its least change.
    """
    if kind == "ExactCapacity":
        return int(adjustment)
    if kind == "ChangeInCapacity":
        return current + int(adjustment)
    change = current * adjustment / 100
    whole = math.copysign(1, change) if 0 < abs(change) < 1 else math.trunc(change)
    if minimum_magnitude and adjustment:
        whole = math.copysign(max(abs(whole), minimum_magnitude), adjustment)
    return current + int(whole)


def bounded(capacity: int, low: int, high: int) -> int:
    """The capacity within the scalable target's minimum and maximum."""
    return max(low, min(high, capacity))


def tracked(current: int, metric: float, target: float) -> int:
    """The capacity at which a metric proportional to 1/capacity would be at its target, rounded up."""
    if target <= 0:
        return current
    # The metric comes out of division: 3.0000000001 tasks are three.
    return math.ceil(round(current * metric / target, 6))


def cooled_down(
    now: float, last: tuple[float, int] | None, cooldown: float, *, out: bool, change: int
) -> int:
    """How much of a change may happen now, given the last activity ``(when, size)`` of the same direction.

    During a scale-out cooldown only what exceeds the last scale-out counts; a scale-in waits the cooldown out.
    """
    if last is None or now - last[0] >= cooldown:
        return change
    return max(0, change - last[1]) if out else 0
