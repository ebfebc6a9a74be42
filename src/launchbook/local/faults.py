"""Faults on purpose: chosen operations are throttled, delayed, denied, reset or cut off, at a rate."""

from __future__ import annotations

import itertools
import math
import random
import threading
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from launchbook.local.calls import Call
from launchbook.local.names import service_named

KINDS = ("throttle", "delay", "reset", "deny", "truncate")


@dataclass
class Fault:
    """One rule. ``times`` is how often it may still happen (None: without end)."""

    id: int
    kind: str
    #: ``service:Operation`` with wildcards, such as ``ecs:Describe*``.
    operation: str
    rate: float = 1.0
    seconds: float = 1.0
    times: int | None = None
    happened: int = field(default=0)


class Faults:
    """The rules of one embedded AWS; the first that matches and happens, happens."""

    def __init__(self, seed: int | None = None) -> None:
        self._rules: list[Fault] = []
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._random = random.Random(seed)  # noqa: S311  not for secrets

    @property
    def active(self) -> bool:
        """Whether there is any rule: with none, a request costs nothing more."""
        return bool(self._rules)

    def add(self, given: dict[str, Any]) -> dict[str, Any]:
        """Add a rule from JSON. Raises ValueError for one that makes no sense."""
        kind = given.get("kind")
        if kind not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}, not {kind}")
        operation = _as_logged(str(given.get("operation", "")))
        rate, seconds = float(given.get("rate", 1.0)), float(given.get("seconds", 1.0))
        times = given.get("times")
        sensible = 0 < rate <= 1 and math.isfinite(seconds) and seconds >= 0
        if not sensible or (times is not None and int(times) < 1):
            raise ValueError(
                "a rate is above 0 and at most 1, seconds are finite and not negative, times are at least 1"
            )
        rule = Fault(next(self._ids), kind, operation, rate, seconds, None if times is None else int(times))
        with self._lock:
            self._rules.append(rule)
        return asdict(rule)

    def clear(self, kind: str | None = None, operation: str | None = None) -> int:
        """Remove the rules of that kind, of that operation as it was given; all without either. How many went.

        Raises ValueError for an operation that is none.
        """
        wanted = _as_logged(operation) if operation else None
        with self._lock:
            kept = [
                rule
                for rule in self._rules
                if (kind and rule.kind != kind) or (wanted and rule.operation != wanted)
            ]
            count = len(self._rules) - len(kept)
            self._rules[:] = kept
        return count

    def list(self) -> list[dict[str, Any]]:
        """The rules, with how often each happened."""
        return [asdict(rule) for rule in self._rules]

    def strike(self, call: Call) -> Fault | None:
        """The fault that happens to this call; None if none does."""
        name = str(call)
        with self._lock:
            for rule in self._rules:
                spent = rule.times is not None and rule.happened >= rule.times
                if not spent and fnmatchcase(name, rule.operation) and self._random.random() < rule.rate:
                    rule.happened += 1
                    return rule
        return None


def _as_logged(operation: str) -> str:
    if operation.count(":") != 1:
        raise ValueError(
            f"an operation is service:Operation, such as sqs:SendMessage or ecs:*, not {operation!r}"
        )
    service, _, name = operation.partition(":")
    if any(c in service for c in "*?["):
        return operation
    known = service_named(service)
    if known is None:
        raise ValueError(f"no service is called {service!r}: `launchbook local requests` shows the names")
    return f"{known}:{name}"
