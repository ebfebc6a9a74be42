"""A run and its journal: one line for everything that begins or ends, on the disk before anything follows.

``journal.jsonl`` is only ever appended to, so that ``kill -9`` at any moment leaves a true account: a step that began
and has no end was not finished. The same command again continues the run, unless what it works on has changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from launchbook import process
from launchbook.errors import RunFailed
from launchbook.lifecycle.home import Home
from launchbook.lifecycle.target import Target

JOURNAL = "journal.jsonl"
#: Runs that change a target; the others only look.
CHANGING = ("apply", "release", "destroy", "sweep")
#: The event that an apply writes before Terraform changes anything: a run without it has made nothing.
CARRIES_OUT = "carries-out"
#: How a step may have ended that is not done again.
FINISHED = ("done", "findings", "unproven")


@dataclass
class Run:
    """One run of one command. ``steps`` holds, by name, how each finished step ended, as the journal says it."""

    id: str
    kind: str
    folder: Path
    target: str
    key: str
    at: datetime
    resumed: bool = False
    steps: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def finished(self) -> set[str]:
        """The names of the steps that need not be done again."""
        return set(self.steps)

    def record(self, event: Mapping[str, Any]) -> None:
        """Append one event and wait until the disk has it. Raises RunFailed when it can't, to do nothing more."""
        line = json.dumps({"at": _now().isoformat(timespec="microseconds"), **event}, default=str) + "\n"
        try:
            descriptor = os.open(self.folder / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line.encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise RunFailed(
                f"the journal in {self.folder} cannot be written", error.strerror or str(error),
                hint="free some space and run the same command again",
            ) from None  # fmt: skip

    def end(self, code: int) -> None:
        """The run has come to its end: the same command again starts another one."""
        self.record({"event": "end", "code": code})


@dataclass(frozen=True)
class Past:
    """A run as its journal tells it: ``events`` in order, the first is its start."""

    folder: Path
    events: tuple[Mapping[str, Any], ...]

    @property
    def start(self) -> Mapping[str, Any]:
        """What it was: id, kind, target, key, account, region, fingerprint, at."""
        return self.events[0]

    @property
    def code(self) -> int | None:
        """Its exit code; None while it can be continued."""
        last = [event for event in self.events if event.get("event") == "end"]
        return int(last[-1]["code"]) if last else None

    @property
    def process(self) -> int | None:
        """The process that works on it now; None when it has ended, by itself or otherwise."""
        noted = [event for event in self.events if "pid" in event]
        if self.code is not None or not noted:
            return None
        pid, since = int(noted[-1]["pid"]), datetime.fromisoformat(str(noted[-1]["at"]))
        return pid if process.alive(pid, since.timestamp()) else None

    @property
    def carried_out(self) -> bool:
        """Whether it got to its first change: an apply that was refused before has made nothing."""
        return any(event.get("event") == CARRIES_OUT for event in self.events)

    def steps(self) -> dict[str, Mapping[str, Any]]:
        """How each step ended last, by name."""
        ended = (event for event in self.events if event.get("event") == "step-end")
        return {str(event["name"]): event for event in ended}

    def terraform_seconds(self) -> float:
        """How long Terraform worked: where several did at once, a second counts once."""
        whole, last = 0.0, 0.0
        for began, until in sorted(self._terraforms()):
            whole += max(0.0, until - max(began, last))
            last = max(last, until)
        return whole

    def _terraforms(self) -> Iterator[tuple[float, float]]:
        for event in self.events:
            if event.get("event") == "terraform":
                until = datetime.fromisoformat(str(event.get("until", event["at"]))).timestamp()
                yield until - float(event["seconds"]), until


def past_runs(home: Home) -> list[Past]:
    """Every run of this home, the newest first."""
    found = [read_run(folder) for folder in home.runs.iterdir() if folder.is_dir()]
    kept = [past for past in found if past is not None]
    return sorted(kept, key=lambda past: str(past.start["at"]), reverse=True)


def read_run(folder: Path) -> Past | None:
    """A run's journal; None when it has none. A last line that was cut off is left out."""
    events = tuple(_events(folder / JOURNAL))
    return Past(folder, events) if events and events[0].get("event") == "run" else None


def open_run(home: Home, kind: str, target: Target, *, fingerprint: str = "", resume: bool = True) -> Run:
    """The run to continue, or a new one.

    The last run that changes this target is continued when it is of the same kind, did not come to its end and worked
    on the same input (``fingerprint``). What only looks is always done anew.
    """
    past = next(
        (
            one
            for one in past_runs(home)
            if one.start.get("key") == target.key and one.start["kind"] in CHANGING
        ),
        None,
    )
    if (
        resume
        and kind in CHANGING
        and past is not None
        and past.code is None
        and (past.start.get("kind"), past.start.get("fingerprint")) == (kind, fingerprint)
    ):
        at = datetime.fromisoformat(str(past.start["at"]))
        done = {name: end for name, end in past.steps().items() if end["status"] in FINISHED}
        run = Run(str(past.start["id"]), kind, past.folder, target.name, target.key, at, True, done)
        run.record({"event": "resumed", "pid": os.getpid()})
        return run
    at = _now()
    name = f"{at:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    run = Run(name, kind, home.run(name), target.name, target.key, at)
    run.record(
        {
            "event": "run", "id": name, "kind": kind, "target": target.name, "key": target.key,
            "account": target.account, "region": target.region, "endpoint": target.endpoint,
            "fingerprint": fingerprint, "pid": os.getpid(),
        }
    )  # fmt: skip
    return run


def _events(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue  # the writer was killed in the middle of it
        if isinstance(event, dict):
            yield event


def _now() -> datetime:
    return datetime.now(UTC)
