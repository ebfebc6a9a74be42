"""Waiting for what happens soon, and saying what was seen instead when it does not."""

import time
from collections.abc import Callable
from typing import Any


def eventually(look: Callable[[], Any], wanted: Callable[[Any], bool] = bool, seconds: float = 60) -> Any:
    """Look until ``wanted`` holds for what is seen, and return that; fails with the last thing seen."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if wanted(seen):
            return seen
        assert time.monotonic() < end, f"not within {seconds} s; last seen: {seen!r}"
        time.sleep(0.1)
