"""An embedded AWS for as long as a test needs it, which ends with the test's process however that ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from launchbook.local import control, instance
from launchbook.local.instance import Instance
from launchbook.local.run import Options
from tests.support.keeper import Keeper


@contextmanager
def embedded(*, enforce_iam: bool = False, speed: float = 1.0) -> Iterator[Instance]:
    """Start one on a free port, and stop it; nothing of it is left, after a kill -9 of the test either."""
    started = control.start(Options(port=0, speed=speed, enforce_iam=enforce_iam))
    keeper = Keeper()
    keeper.watch(started.pid)
    try:
        yield started
    finally:
        control.stop(started)
        keeper.close()
        instance.clear_left()
