"""Kills at random with -9, and changes what is asked for: all that the campaign of truth does to its world."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.faults.local_views import Running, children, processes, servers
from tests.faults.local_world import Killed, Ledger, World

KINDS = ("task", "replacement", "haproxy", "postgres", "postgres child")
_WEIGHTS = (10, 4, 2, 2, 1)
#: A server that was killed is left in peace for so long, so that each of its ends is seen by itself.
_APART = {"haproxy": 5.0, "postgres": 7.0, "postgres child": 7.0}
_REPLACED_SECONDS = 8.0
_CALM_SECONDS = 8.0


class Killer:
    """Acts until it is told to stop; ``kills`` and ``changes`` count what it did."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.kills: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
        self.changes: Counter[str] = Counter()
        self._world = world
        self._chance = chance
        self._last: dict[str, float] = {}
        self._acts: dict[str, Callable[[], bool]] = {
            "task": self._task,
            "replacement": self._replacement,
            "haproxy": self._haproxy,
            "postgres": self._postgres,
            "postgres child": self._postgres_child,
        }

    def run(self, seconds: float) -> None:
        """Kill and change for so long; every kind has its turn, first in order and then by chance."""
        until = time.monotonic() + seconds
        first = list(KINDS)
        while time.monotonic() < until:
            kind = first.pop(0) if first else self._chance.choices(KINDS, _WEIGHTS)[0]
            if time.monotonic() - self._last.get(_place(kind), 0.0) > _APART.get(kind, 0.0):
                self._last[_place(kind)] = time.monotonic()
                self.kills[kind] += self._acts[kind]()
            elif self.kills[kind] == 0:
                first.append(kind)
            self._change()
            calm = self._chance.random() < 0.12
            time.sleep(_CALM_SECONDS if calm else self._chance.uniform(0.2, 2.0))

    # -- kills ----------------------------------------------------------------------------------

    def _task(self) -> bool:
        return self._kill(self._chance.choice(list(self._world.desired))) is not None

    def _replacement(self) -> bool:
        """A task, and then whatever takes its place, as soon as it is there."""
        known = processes(self._world.mark)
        victim = self._kill(self._chance.choice(list(self._world.desired)))
        if victim is None:
            return False
        self.kills["task"] += 1
        deadline = time.monotonic() + _REPLACED_SECONDS
        while time.monotonic() < deadline:
            new = [p for p in processes(self._world.mark) - known if p.service == victim.service]
            if new:
                return self._end(new[0])
            time.sleep(0.02)
        return False

    def _kill(self, service: str) -> Running | None:
        alive = sorted(p for p in processes(self._world.mark) if p.service == service)
        victim = self._chance.choice(alive) if alive else None
        return victim if victim and self._end(victim) else None

    def _end(self, victim: Running) -> bool:
        if not _kill_9(victim.pid):
            return False
        self._world.killed.append(Killed(victim.service, victim.address, time.monotonic()))
        return True

    def _haproxy(self) -> bool:
        """The master or its worker."""
        found = servers(self._world.one.state, "haproxy")
        return bool(found) and _kill_9(self._chance.choice(found))

    def _postgres(self) -> bool:
        for pid in self._postmasters():
            with self._world.lock:
                if _kill_9(pid):
                    self._world.databases_killed += 1
                    self._world.database_killed_at = time.monotonic()
                    return True
        return False

    def _postgres_child(self) -> bool:
        """One process of the server: it ends all the others and recovers by itself."""
        found = [child for pid in self._postmasters() for child in children(pid)]
        return bool(found) and _kill_9(self._chance.choice(found))

    def _postmasters(self) -> list[int]:
        return servers(self._world.one.state, "postgres")

    # -- changes --------------------------------------------------------------------------------

    def _change(self) -> None:
        """Messages always; now and then another count, another deployment, a task stopped by its user."""
        self._world.change(self._exchange)
        self.changes["messages"] += 1
        kind = self._chance.choices(("none", "count", "deployment", "stop"), (12, 2, 1, 2))[0]
        service = self._chance.choice(list(self._world.desired))
        ecs, cluster = self._world.fleet.ecs, self._world.fleet.name
        if kind == "count":
            count = self._chance.randint(1, 4)
            self._world.desired[service] = count
            ecs.update_service(cluster=cluster, service=service, desiredCount=count)
        elif kind == "deployment":
            ecs.update_service(cluster=cluster, service=service, forceNewDeployment=True)
        elif kind == "stop":
            arns = ecs.list_tasks(cluster=cluster, serviceName=service)["taskArns"]
            if not arns:
                return
            with contextlib.suppress(ecs.exceptions.InvalidParameterException):
                ecs.stop_task(cluster=cluster, task=self._chance.choice(arns))
        if kind != "none":
            self.changes[kind] += 1

    def _exchange(self, ledger: Ledger, sqs: Any) -> None:
        url, number = self._world.work_url, self._chance.randint(1, 5)
        sqs.send_message_batch(
            QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": "x"} for n in range(number)]
        )
        ledger.waiting += number
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=self._chance.randint(1, 4)).get(
            "Messages", []
        )
        ledger.waiting -= len(got)
        ledger.receipts += [message["ReceiptHandle"] for message in got]
        for _ in range(self._chance.randint(0, min(4, len(ledger.receipts)))):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=ledger.receipts.pop(0))


def _place(kind: str) -> str:
    return kind.split()[0]


def _kill_9(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
