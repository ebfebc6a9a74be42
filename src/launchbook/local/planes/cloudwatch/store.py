"""Metrics of one region, bounded: one-second buckets for hours, then minutes, then nothing."""

from __future__ import annotations

import time
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock

from launchbook.local.planes.cloudwatch.statistics import Samples

#: Buckets one series may hold; the oldest are folded into minutes, then dropped.
MAX_BUCKETS = 4_096
#: Series one region may hold; the one that was quiet longest is dropped.
MAX_SERIES = 20_000
_MINUTE = 60.0

#: Now, in seconds since the epoch.
now = time.time

Dimensions = tuple[tuple[str, str], ...]


def seconds(moment: datetime) -> float:
    """Seconds since the epoch; a moment without a zone is UTC, as moto has it."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@dataclass(frozen=True, slots=True)
class MetricKey:
    """What names a metric. Dimensions are sorted pairs, compared exactly, as CloudWatch does."""

    namespace: str
    name: str
    dimensions: Dimensions = ()

    @staticmethod
    def of(namespace: str, name: str, dimensions: Mapping[str, str]) -> MetricKey:
        """The key for dimensions in any order."""
        return MetricKey(namespace, name, tuple(sorted(dimensions.items())))


@dataclass(slots=True)
class _Series:
    starts: list[float] = field(default_factory=list)
    buckets: dict[float, Samples] = field(default_factory=dict)

    def bucket(self, start: float) -> Samples:
        found = self.buckets.get(start)
        if found is None:
            found = self.buckets[start] = Samples()
            if self.starts and start < self.starts[-1]:
                insort(self.starts, start)
            else:
                self.starts.append(start)
            if len(self.starts) > MAX_BUCKETS:
                self._shrink()
        return found

    def _shrink(self) -> None:
        half = len(self.starts) // 2
        old, self.starts = self.starts[:half], self.starts[half:]
        folded: dict[float, Samples] = {}
        for start in old:
            minute = start - start % _MINUTE
            folded.setdefault(minute, Samples()).merge(self.buckets.pop(start))
        if len(folded) > half // 2:  # already minutes: the oldest go
            folded = dict(sorted(folded.items())[-half // 2 :])
        for minute, samples in folded.items():
            # A minute that straddles the cut joins its first kept bucket's neighbourhood by its own start.
            self.buckets.setdefault(minute, Samples()).merge(samples)
        self.starts = sorted(set(self.starts) | set(folded))


class MetricStore:
    """Samples by metric, unit and time. Times are seconds since the epoch; safe from any thread."""

    def __init__(self, resolution: float = 1.0) -> None:
        self.resolution = resolution
        self._lock = RLock()
        self._series: OrderedDict[MetricKey, dict[str, _Series]] = OrderedDict()

    def add(self, key: MetricKey, value: float, *, at: float, unit: str = "None", times: float = 1.0) -> None:
        """Record one value ``times`` times."""
        with self._lock:
            self._bucket(key, unit, at).add(value, times)

    def add_set(self, key: MetricKey, samples: Samples, *, at: float, unit: str = "None") -> None:
        """Record a statistic set."""
        with self._lock:
            self._bucket(key, unit, at).merge(samples)

    def _bucket(self, key: MetricKey, unit: str, at: float) -> Samples:
        units = self._series.get(key)
        if units is None:
            units = self._series[key] = {}
            if len(self._series) > MAX_SERIES:
                self._series.popitem(last=False)
        self._series.move_to_end(key)
        start = at // self.resolution * self.resolution
        return units.setdefault(unit, _Series()).bucket(start)

    def between(
        self, key: MetricKey, start: float, end: float, unit: str | None = None, *, values: bool = True
    ) -> Samples:
        """All samples with ``start <= time < end``; of every unit when ``unit`` is None.

        Without ``values`` only the sums are right, which is much cheaper.
        """
        whole = Samples()
        with self._lock:
            for name, series in self._series.get(key, {}).items():
                if unit is not None and name != unit:
                    continue
                first = bisect_left(series.starts, start)
                last = bisect_left(series.starts, end)
                for at in series.starts[first:last]:
                    whole.merge(series.buckets[at], values=values)
        return whole

    def span(self, key: MetricKey) -> tuple[float, float] | None:
        """Times of the oldest and newest sample kept, or None."""
        with self._lock:
            series = list(self._series.get(key, {}).values())
            if not series:
                return None
            return min(s.starts[0] for s in series), max(s.starts[-1] for s in series)

    def units(self, key: MetricKey) -> list[str]:
        """The units samples of this metric came with."""
        with self._lock:
            return list(self._series.get(key, {}))

    def metrics(self) -> Iterator[MetricKey]:
        """Every metric that has samples, oldest activity first."""
        with self._lock:
            return iter(list(self._series))

    def __len__(self) -> int:
        return len(self._series)
