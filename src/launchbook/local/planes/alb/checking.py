"""Who checks which target: one small task per registered target of a group that is in use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from launchbook.local.planes.alb import health, reading
from launchbook.local.planes.alb.objects import TargetGroup


class Checks:
    """The running checks; results go into ``TargetGroup.health`` and a change calls ``changed``."""

    def __init__(self, speed: float, changed: Callable[[], None]) -> None:
        self._speed = speed
        self._changed = changed
        self._running: dict[tuple[str, Any], tuple[dict[str, Any], asyncio.Task[None]]] = {}

    def reconcile(self, groups: Iterable[TargetGroup], addresses: Mapping[str, str]) -> None:
        """Check exactly the targets of these groups; a target registered anew starts anew."""
        wanted = {
            (group.arn, key): (group, entry)
            for group in groups
            if group.target_type != "lambda"
            for key, entry in list(group.targets.items())
        }
        for name, (entry, task) in list(self._running.items()):
            if name not in wanted or wanted[name][1] is not entry:
                task.cancel()
                del self._running[name]
        for name, (group, entry) in wanted.items():
            if name not in self._running:
                address = reading.destination(name[1][0], addresses)
                task = asyncio.create_task(self._watch(group, name[1], address))
                self._running[name] = entry, task

    def stop(self) -> None:
        """End them all."""
        for _, task in self._running.values():
            task.cancel()
        self._running.clear()

    async def _watch(self, group: TargetGroup, key: Any, address: str | None) -> None:
        clock = asyncio.get_running_loop().time
        verdict = health.Verdict(clock())
        while True:
            probe = reading.probe(group, self._speed)
            port = group.health_check_port or "traffic-port"
            if address is None:
                seen = health.FAILED
            else:
                number = key[1] if port == "traffic-port" else int(port)
                seen = await health.check(address, number, probe)
            verdict.observe(seen, probe, clock())
            if group.health.get(key) != verdict.health:
                group.health[key] = verdict.health
                self._changed()
            await asyncio.sleep(verdict.next_in(probe))
