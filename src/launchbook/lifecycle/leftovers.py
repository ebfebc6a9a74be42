"""What a killed run leaves of Terraform: one that still works, and a lock that nobody holds any more."""

from __future__ import annotations

import getpass
import os
import re
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from launchbook import process
from launchbook.lifecycle.failures import Lock
from launchbook.lifecycle.home import read_json, write_json
from launchbook.lifecycle.reserve import require_room
from launchbook.lifecycle.steps import Work

if TYPE_CHECKING:
    from launchbook.lifecycle.terraform import Terraform

_NOTE = "running.launchbook.json"
_EVERY = 0.2
_CLOCK = timedelta(seconds=1)


@dataclass(frozen=True)
class Said:
    """How a Terraform ended, and all it printed."""

    code: int
    text: str


def began(folder: Path, arguments: Sequence[str]) -> bool:
    """Note, before it starts, that a Terraform of ours works in a folder from now on.

    A note that is still there (True) is of one whose end nobody saw: its time is kept, for the lock that it may hold.
    Raises RunFailed where there is no room for a state.
    """
    require_room(folder)
    before = read_json(folder / _NOTE) or {}
    since = before.get("since") or datetime.now(UTC).isoformat()
    write_json(folder / _NOTE, {"since": since, "command": list(arguments)})
    return bool(before)


def ended(folder: Path) -> None:
    """It ended by itself, so that it left no lock."""
    (folder / _NOTE).unlink(missing_ok=True)


def wait_for_orphan(folder: Path, program: str, work: Work) -> None:
    """Wait for a Terraform that a killed run left working in this folder: it stores what it made.

    The first interrupt is handed on to it, as it would have been then; a second ends the waiting.
    """
    pid = process.working_in(folder, program)
    if pid is None:
        return
    work.show.note(f"the Terraform of a run that was killed still works (pid {pid}): waiting for its end")
    started, interrupted = time.monotonic(), False
    while process.working_in(folder, program) == pid:
        try:
            work.say(f"waiting for it ({time.monotonic() - started:.0f} s)")
            time.sleep(_EVERY)
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            os.kill(pid, signal.SIGINT)
    if interrupted:
        raise KeyboardInterrupt


def unlock(terraform: Terraform, lock: Lock) -> bool:
    """Remove a lock that a Terraform of ours left when it was killed; False where it may be anybody else's.

    Ours: this user on this machine took it after a Terraform of ours began whose end nobody saw, and none works on the
    root any more, neither here nor in the user's own folder.
    """
    noted = read_json(terraform.folder / _NOTE)
    created = _moment(lock.created)
    if noted is None or created is None or lock.who != _me() or not lock.id:
        return False
    if not datetime.fromisoformat(noted["since"]) - _CLOCK <= created <= datetime.now(UTC) + _CLOCK:
        return False
    if any(
        process.working_in(where, terraform.tool.name) for where in (terraform.folder, terraform.root.path)
    ):
        return False
    terraform.work.show.note(
        f"{terraform.root.name}: removing the lock of a Terraform that was killed ({lock.id})"
    )
    terraform.quiet("force-unlock", "-force", lock.id)
    return True


def _me() -> str:
    """This user and machine, as Terraform writes them into a lock."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):
        return ""


def _moment(written: str) -> datetime | None:
    """Terraform's ``2026-01-31 12:00:00.123456789 +0000 UTC``."""
    found = re.match(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})?", written)
    return (
        datetime.fromisoformat(f"{found[1]}T{found[2]}{(found[3] or '.0').ljust(7, '0')}+00:00")
        if found
        else None
    )
