"""What state an alarm is in, given its data: the rules of CloudWatch as pure functions.

The rules and their tables: "How alarm state is evaluated when data is missing" in the CloudWatch user guide.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

#: CloudWatch looks at a few periods more than it evaluates, so that a late sample still counts.
EXTRA_PERIODS = 2

_BREACHES: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
_TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching", "missing": "Missing"}


@dataclass(frozen=True, slots=True)
class Condition:
    """When an alarm rings: ``datapoints`` breaching of the last ``periods``."""

    comparison: str
    threshold: float
    periods: int
    datapoints: int
    #: missing, ignore, breaching or notBreaching
    missing: str = "missing"

    def breaches(self, value: float) -> bool:
        """True if one datapoint is on the wrong side of the threshold."""
        return _BREACHES[self.comparison][0](value, self.threshold)


@dataclass(frozen=True, slots=True)
class Datapoint:
    """One period: its start (epoch seconds) and its statistic, or None when nothing was reported."""

    at: float
    value: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state an alarm belongs in, with AWS's wording of the reason and its data as JSON."""

    state: str
    reason: str
    data: str


def evaluate(condition: Condition, points: Sequence[Datapoint]) -> Verdict | None:
    """The state for these datapoints, oldest first, of the whole evaluation range.

    None means that the current state is kept: what ``ignore`` asks for when the data decides nothing.
    """
    state = _state(condition, [None if p.value is None else condition.breaches(p.value) for p in points])
    if state is None:
        return None
    real = [p for p in points if p.value is not None][-condition.periods :]
    return Verdict(state, _reason(condition, real, state), _data(condition, real, points))


def _state(condition: Condition, points: Sequence[bool | None]) -> str | None:
    real = [p for p in points if p is not None][-condition.periods :]
    breaching, unknown = sum(real), condition.periods - len(real)
    if breaching >= condition.datapoints:
        return "ALARM"
    if unknown <= 0 or condition.missing == "notBreaching":
        return "OK"
    if condition.missing == "breaching":
        return "ALARM" if breaching + unknown >= condition.datapoints else "OK"
    if breaching < len(real):
        return "OK"
    if condition.missing == "ignore":
        return None
    # Only breaching points, too few of them: an alarm when the oldest is old enough, else not yet known.
    age = next((len(points) - i for i, p in enumerate(points) if p is not None), 0)
    return "ALARM" if age >= condition.datapoints else "INSUFFICIENT_DATA"


def _reason(condition: Condition, real: Sequence[Datapoint], state: str) -> str:
    periods = condition.periods
    if state == "INSUFFICIENT_DATA":
        missing = periods - len(real)
        return f"Insufficient Data: {missing} datapoint{_were(missing)} unknown."
    if not real:
        treated = _TREATED[condition.missing]
        were = "were" if periods > 1 else "was"
        return (
            f"Threshold Crossed: no datapoints were received for {periods} period{_s(periods)} and "
            f"{periods} missing datapoint{_s(periods)} {were} treated as [{treated}]."
        )
    wanted = [p for p in real if condition.breaches(p.value or 0.0) == (state == "ALARM")]
    shown = wanted or list(real)
    listed = ", ".join(f"{p.value} ({_when(p.at)})" for p in reversed(shown))
    negation = "" if state == "ALARM" else "not "
    # To leave OK takes M breaching points; to leave ALARM, enough good ones that M are out of reach.
    needed = condition.datapoints if state == "ALARM" else periods - condition.datapoints + 1
    change = "OK -> ALARM" if state == "ALARM" else "ALARM -> OK"
    verb = "were" if len(shown) > 1 else "was"
    return (
        f"Threshold Crossed: {len(shown)} out of the last {periods} datapoints [{listed}] {verb} "
        f"{negation}{_BREACHES[condition.comparison][1]} the threshold ({condition.threshold}) "
        f"(minimum {needed} datapoint{_s(needed)} for {change} transition)."
    )


def _data(condition: Condition, real: Sequence[Datapoint], points: Sequence[Datapoint]) -> str:
    newest = points[-1].at if points else 0.0
    return json.dumps(
        {
            "version": "1.0",
            "queryDate": _iso(newest),
            "recentDatapoints": [p.value for p in real],
            "threshold": condition.threshold,
            "evaluatedDatapoints": [{"timestamp": _iso(p.at), "value": p.value} for p in reversed(real)],
        }
    )


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def _were(number: int) -> str:
    return " was" if number == 1 else "s were"


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%d/%m/%y %H:%M:%S")


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
