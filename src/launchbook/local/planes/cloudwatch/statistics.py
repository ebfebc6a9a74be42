"""One aggregated set of samples, and the statistics CloudWatch takes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: Distinct values kept exactly in one bucket; beyond that a value is kept to three figures (0.5 %).
EXACT_VALUES = 500

_SIMPLE = {"Average", "Sum", "Minimum", "Maximum", "SampleCount"}
_EXTENDED = re.compile(r"(p|tm|ts|tc|wm)(\d{1,2}(?:\.\d{1,10})?|100)")


@dataclass(slots=True)
class Samples:
    """The samples of one metric in one stretch of time: sums for all, a histogram for percentiles."""

    count: float = 0.0
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")
    #: value -> how often; empty for statistic sets, whose distribution nobody knows.
    values: dict[float, float] = field(default_factory=dict)

    def add(self, value: float, times: float = 1.0) -> None:
        """Count one value ``times`` times."""
        self.count += times
        self.total += value * times
        self.low, self.high = min(self.low, value), max(self.high, value)
        if value not in self.values and len(self.values) >= EXACT_VALUES:
            value = float(f"{value:.3g}")
        self.values[value] = self.values.get(value, 0.0) + times

    def merge(self, other: Samples, *, values: bool = True) -> None:
        """Take in another set, such as a statistic set somebody published; its histogram only if ``values``."""
        self.count += other.count
        self.total += other.total
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        for value, times in other.values.items() if values else ():
            if value not in self.values and len(self.values) >= EXACT_VALUES:
                value = float(f"{value:.3g}")
            self.values[value] = self.values.get(value, 0.0) + times

    def statistic(self, name: str) -> float | None:
        """The statistic CloudWatch gives under this name; None when it has no value (no samples)."""
        if self.count <= 0:
            return None
        simple = {
            "Average": self.total / self.count,
            "Sum": self.total,
            "Minimum": self.low,
            "Maximum": self.high,
            "SampleCount": self.count,
        }
        return simple[name] if name in simple else self._extended(name)

    def _extended(self, name: str) -> float | None:
        match = _EXTENDED.fullmatch(name)
        if match is None or not self.values:
            return None
        kind, share = match[1], float(match[2]) / 100
        kept = _up_to(self.values, share)
        if kind == "p":
            return max(kept)
        counted = sum(kept.values())
        summed = sum(value * times for value, times in kept.items())
        if kind == "wm":
            return (summed + max(kept) * (self.count - counted)) / self.count
        return {"tm": summed / counted, "ts": summed, "tc": counted}[kind]


def needs_values(name: str) -> bool:
    """True if a statistic is taken of the histogram, not of the sums."""
    return name not in _SIMPLE


def known(name: str) -> bool:
    """True if :meth:`Samples.statistic` can compute a statistic of this name."""
    return name in _SIMPLE or _EXTENDED.fullmatch(name) is not None


def _up_to(values: dict[float, float], share: float) -> dict[float, float]:
    """The smallest values that make up this share of all samples, by nearest rank: never empty."""
    wanted = max(share * sum(values.values()), 1e-9)
    kept: dict[float, float] = {}
    seen = 0.0
    for value in sorted(values):
        kept[value] = values[value]
        seen += values[value]
        if seen >= wanted - 1e-9:
            break
    return kept
