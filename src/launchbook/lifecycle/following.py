"""A running Terraform: its progress shown as it is logged, and Ctrl-C handed on once."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

from launchbook import process
from launchbook.lifecycle.reserve import MADE_ROOM, Reserve
from launchbook.lifecycle.steps import Work

_EVERY = 0.05
#: What Terraform has printed last when it waits for an answer.
_PROMPT = b"Enter a value: "
_STORES = "interrupted: Terraform ends what it has begun and stores its state (Ctrl-C again asks)"
_CHANGES_NOTHING = "interrupted: Terraform ends; it has changed nothing"
_BUSY = re.compile(
    r"^(\S+): (Creating|Still creating|Creation complete|Modifying|Still modifying|Modifications complete|"
    r"Destroying|Still destroying|Destruction complete|Refreshing state|Reading|Still reading|Read complete)"
)
_DONE = (
    "Creation complete",
    "Modifications complete",
    "Destruction complete",
    "Read complete",
    "Refreshing state",
)


def follow(child: process.Child, log: Path, start: int, work: Work, *, changes: bool = True) -> int:
    """Wait for Terraform and return its exit code (128 + N for signal N), saying what it waits for.

    The first Ctrl-C goes to Terraform once, which ends what it has begun and stores its state; a second asks whether it
    shall end at once, and does so where nobody can answer, or where it ``changes`` nothing. Then KeyboardInterrupt is
    raised, with Terraform ended.
    """
    _watch(child, log, start, work, lambda _: False, changes)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def asked(child: process.Child, log: Path, start: int, work: Work) -> bool:
    """Wait in the same way until Terraform waits for an answer (True) or has ended."""
    return _watch(child, log, start, work, lambda last: last.endswith(_PROMPT), changes=False)


def _watch(
    child: process.Child,
    log: Path,
    start: int,
    work: Work,
    enough: Callable[[bytes], bool],
    changes: bool,
) -> bool:
    progress = _Progress(log, start, work)
    interrupts = 0
    with Reserve(work.home.state(work.target.key)) as reserve:
        while True:
            try:
                if child.poll() is not None:
                    break
                if reserve.needed():
                    work.show.note(MADE_ROOM)
                if enough(progress.look()) and not interrupts:
                    return True
                process.ended(child, _EVERY)  # sooner where it ends sooner
            except KeyboardInterrupt:
                interrupts += 1
                _interrupt(child, interrupts, work, changes)
    if interrupts:
        raise KeyboardInterrupt
    return False


def _interrupt(child: process.Child, count: int, work: Work, changes: bool) -> None:
    if count == 1:
        work.show.note(_STORES if changes else _CHANGES_NOTHING)
    elif changes and _refused(work):
        return
    try:
        os.kill(child.pid, signal.SIGINT)
    except ProcessLookupError:
        return


def _refused(work: Work) -> bool:
    """Whether a person wants to wait for it after all; one more Ctrl-C is an answer too."""
    question = "Terraform is still storing what it made. End it now, and lose track of that?"
    try:
        return work.show.ask(question) is False
    except KeyboardInterrupt:
        return False


class _Progress:
    """What Terraform is busy with, from the lines that it adds to its log."""

    def __init__(self, log: Path, start: int, work: Work) -> None:
        self._log, self._at, self._work = log, start, work
        self._busy: dict[str, float] = {}
        self._done = 0

    def look(self) -> bytes:
        """Read what is new and say what is being waited for; the last line, while it has no end yet."""
        with self._log.open("rb") as stream:
            stream.seek(self._at)
            new = stream.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._at += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            found = _BUSY.match(line)
            if found is None:
                continue
            address, what = found[1], found[2]
            if what.startswith(_DONE):
                self._busy.pop(address, None)
                self._done += 1
            else:
                self._busy.setdefault(address, time.monotonic())
        if self._busy:
            oldest = sorted(self._busy, key=self._busy.__getitem__)
            waited = time.monotonic() - self._busy[oldest[0]]
            more = f" and {len(oldest) - 1} more" if len(oldest) > 1 else ""
            self._work.say(f"{self._done} done; waiting for {oldest[0]} ({waited:.0f} s){more}")
        return new[len(whole) :]
