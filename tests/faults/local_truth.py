"""The campaign of truth: what boto3 and the ``aws`` CLI say beside what /proc, curl and SQL say, under kill -9.

    python -m tests.faults.local_truth [--seconds 600] [--seed N] [--sabotage NAME]

Tasks, their replacements, haproxy and PostgreSQL are killed at random with -9, counts and deployments change, and
messages come and go. Two who ask look all the time; a look that finds a difference is repeated at once. The last
line is JSON; exit code 1 if a difference outlasted the time that its check allows (``CHECKS``), or if the campaign
was not a real one (``Demands``). ``--sabotage`` proves that it can fail: an embedded AWS of which one plane lies.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import secrets
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launchbook.local import control, instance
from launchbook.local.run import Options
from tests.faults.local_checks import CHECKS, Look
from tests.faults.local_killer import KINDS, Killer
from tests.faults.local_sabotage import SABOTAGES, sabotaged
from tests.faults.local_views import Ask, by_boto3, by_cli
from tests.faults.local_world import World
from tests.support.keeper import Keeper

#: Kills of each kind in ten minutes, and looks that told something: of each check by boto3, and by the CLI.
_KILLS = {"task": 60, "replacement": 20, "haproxy": 15, "postgres": 12, "postgres child": 6}
_LOOKS = {"boto3": 200, "aws": 4}
#: What must have been met: a campaign in which nothing was ever down has compared nothing.
_MET = (
    "running below desired", "a task that starts or stops", "exit code 137", "an event of a killed task", "healthy",
    "SQL works", "ALB 200", "messages in flight",
)  # fmt: skip
_PATIENT = "recovered"
#: A look that met a change is had again so often before the next check has its turn.
_AGAIN = 3
#: So often may a look meet a change before it counts for one that found nothing.
_TRIES = 20


@dataclass
class Findings:
    """What was seen: differences that lasted, looks that told something, the longest difference of each check."""

    lies: list[dict[str, Any]] = field(default_factory=list)
    looks: Counter[tuple[str, str]] = field(default_factory=Counter)
    longest: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    met: set[str] = field(default_factory=set)
    broke: list[str] = field(default_factory=list)

    def shortfalls(self, kills: Counter[str], seconds: float) -> list[str]:
        """Why this was no real campaign of so many seconds; empty if it was."""
        share = min(1.0, seconds / 600)
        found = [
            f"{kind} was killed {kills[kind]} times, not {max(1, int(wanted * share))}"
            for kind, wanted in _KILLS.items()
            if kills[kind] < max(1, int(wanted * share))
        ]
        for who, wanted in _LOOKS.items():
            for check in CHECKS:
                if (who, check) not in self.looks and who == "aws" and check in (_PATIENT, "pids"):
                    continue
                least = max(1, int(wanted * share)) if check != _PATIENT else 1
                if self.looks[who, check] < least:
                    found.append(f"{who} looked {self.looks[who, check]} times at {check}, not {least}")
        return found + [f"never met: {what}" for what in _MET if what not in self.met] + self.broke


class Watcher:
    """One who asks: goes round its checks until told to stop."""

    def __init__(
        self, name: str, ask: Ask, world: World, findings: Findings, checks: Sequence[str], rest: float = 0.0
    ) -> None:
        self._name, self._ask, self._world, self._findings = name, ask, world, findings
        self._checks, self._rest = checks, rest

    def run(self, done: threading.Event) -> None:
        """Look at everything, again and again; a trouble of the asking itself is a finding."""
        while not done.is_set():
            for check in self._checks:
                if done.is_set():
                    return
                try:
                    self.settle(check)
                except Exception as error:  # whatever it is: a look that can't be had proves nothing
                    self._findings.broke.append(
                        f"{self._name} {check}: {type(error).__name__}: {error}"[:400]
                    )
                    time.sleep(1)
                time.sleep(self._rest)
            time.sleep(0.1)

    def settle(self, check: str) -> bool:
        """Look until nothing differs; True unless a difference outlasted its time."""
        look = self._look(check)
        for _ in range(_AGAIN):
            if look.told:
                break
            look = self._look(check)
        lasting = dict(look.wrong)
        known, tries = time.monotonic(), 0
        while lasting:
            time.sleep(0.1)
            asked = time.monotonic()
            look = self._look(check)
            if not look.told and (tries := tries + 1) < _TRIES:
                continue
            lasting = {name: detail for name, detail in look.wrong.items() if name in lasting}
            # From the end of the first look to the beginning of the last: both knew, whatever a look takes.
            lasted = asked - known if lasting else time.monotonic() - known
            self._findings.longest[check] = max(self._findings.longest[check], round(lasted, 2))
            if lasting and lasted > CHECKS[check][1]:
                for name, detail in lasting.items():
                    self._findings.lies.append(
                        {"check": check, "by": self._name, "what": name, "detail": detail, "seconds": round(lasted, 1)}
                    )  # fmt: skip
                return False
        return True

    def _look(self, check: str) -> Look:
        look = CHECKS[check][0](self._world, self._ask)
        if look.told:
            self._findings.looks[self._name, check] += 1
            self._findings.met |= look.met
        return look


@contextlib.contextmanager
def embedded(sabotage: str | None, directory: Path) -> Iterator[World]:
    """An embedded AWS, sound or with one plane that lies, and the world on it."""
    before = os.environ.get("PYTHONPATH")
    if sabotage:
        os.environ["PYTHONPATH"] = str(sabotaged(sabotage, directory))
    try:
        one = control.start(Options(port=0))
    finally:
        os.environ.pop("PYTHONPATH", None)
        if before is not None:
            os.environ["PYTHONPATH"] = before
    keeper = Keeper()
    keeper.watch(one.pid)
    try:
        world = World(one, directory)
        world.furnish()
        yield world
    finally:
        control.stop(one)
        keeper.close()
        instance.clear_left()


def campaign(seconds: float, seed: int, sabotage: str | None = None) -> dict[str, Any]:
    """Kill for so long and look; then everything must come back by itself. The result as JSON has it."""
    findings, done = Findings(), threading.Event()
    with tempfile.TemporaryDirectory() as name, embedded(sabotage, Path(name)) as world:
        killer = Killer(world, random.Random(seed))
        quick = [check for check in CHECKS if check != _PATIENT]
        by_hand = [check for check in quick if check != "pids"]  # the pids are not the API's
        watchers = [
            Watcher("boto3", by_boto3(world.one), world, findings, quick),
            Watcher("boto3", by_boto3(world.one), world, findings, [_PATIENT]),
            Watcher("aws", by_cli(world.one), world, findings, by_hand, _CLI_RESTS),
        ]
        threads = [threading.Thread(target=watcher.run, args=(done,)) for watcher in watchers]
        threads.append(threading.Thread(target=world.hear, args=(done,)))
        for thread in threads:
            thread.start()
        try:
            killer.run(seconds)
            time.sleep(_TAIL_SECONDS)
            for _ in range(0 if sabotage else _MORE):
                if findings.lies or not findings.shortfalls(killer.kills, seconds):
                    break
                killer.run(_MORE_SECONDS)
                time.sleep(_TAIL_SECONDS)
        finally:
            done.set()
            for thread in threads:
                thread.join()
        for watcher, checks in zip(watchers, ([*quick], [_PATIENT], by_hand), strict=True):
            for check in checks if not findings.lies else ():
                watcher.settle(check)
    shortfalls = findings.shortfalls(killer.kills, seconds)
    return {
        "campaign": "local-truth", "ok": not (findings.lies or shortfalls), "seed": seed, "seconds": seconds,
        "kills": dict(killer.kills), "changes": dict(killer.changes),
        "looks": {f"{who} {check}": count for (who, check), count in sorted(findings.looks.items())},
        "allowed_seconds": {check: allowed for check, (_, allowed) in CHECKS.items()},
        "longest_seconds": dict(findings.longest), "met": sorted(findings.met),
        "lies": findings.lies, "shortfalls": shortfalls,
    }  # fmt: skip


#: Until the last kill's exit code, event and recovery may be judged.
_TAIL_SECONDS = 10.0
#: Between two looks of the CLI: each starts it anew, for half a second of a core.
_CLI_RESTS = 0.5
#: A busy machine looks and kills too seldom: so often, and so long, it goes on until it was a real campaign.
_MORE = 8
_MORE_SECONDS = 10.0


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--sabotage", choices=sorted(SABOTAGES))
    given = parser.parse_args()
    print(f"seed {given.seed}, kinds: {', '.join(KINDS)}", file=sys.stderr)
    result = campaign(given.seconds, given.seed, given.sabotage)
    print(json.dumps(result))
    sys.exit(0 if result["ok"] else 1)


if __name__ == "__main__":
    main()
