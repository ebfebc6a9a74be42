"""How fast an audit may ask: a burst that a small estate fits in, then a steady rate per service and region.

AWS throttles an account, not a program: an audit that asks too fast takes requests away from production.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

#: Calls a second once the burst is spent, well below the documented limits of the tightest services.
STEADY = {"iam": 15.0, "route53": 4.0, "sesv2": 1.0, "application-autoscaling": 4.0, "backup": 4.0}
USUAL = 20.0
BURST = 60.0


class Pace:
    """A token bucket for each service and region; ``turn`` waits for a token."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], list[float]] = defaultdict(lambda: [BURST, time.monotonic()])

    @contextmanager
    def turn(self, service: str, region: str) -> Iterator[None]:
        """Wait until one more call may be sent."""
        wait = self._take(service, region)
        if wait > 0:
            time.sleep(wait)
        yield

    def _take(self, service: str, region: str) -> float:
        rate = STEADY.get(service, USUAL)
        with self._lock:
            bucket = self._buckets[service, region]
            now = time.monotonic()
            bucket[0] = min(BURST, bucket[0] + (now - bucket[1]) * rate) - 1
            bucket[1] = now
            return max(0.0, -bucket[0] / rate)
