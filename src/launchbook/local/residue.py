"""What a killed embedded AWS may leave: processes that escaped, its directory, the segments of its PostgreSQL servers.

A process that made itself a session of its own outlives its parent. As long as the keeper lives, it is the keeper's
to end; when the keeper was killed, it is known by the mark in its environment, or by a working directory of ours.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import time
from pathlib import Path

#: In the environment of every process that a keeper starts: ``STATE:SERIAL``.
MARK = "LAUNCHBOOK_CHILD"
_IPC_RMID = 0
_END_SECONDS = 2.0


def end(state: Path) -> None:
    """Kill what still runs of an embedded AWS whose host and keeper are gone; nothing is left to start more."""
    deadline = time.monotonic() + _END_SECONDS
    while (left := _processes_of(state)) and time.monotonic() < deadline:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        time.sleep(0.01)


def _processes_of(state: Path) -> list[int]:
    mark = f"{MARK}={state}:".encode()
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            marked = any(part.startswith(mark) for part in (directory / "environ").read_bytes().split(b"\0"))
            if marked or (directory / "cwd").readlink().is_relative_to(state):
                found.append(int(directory.name))
        except OSError:  # ended meanwhile, or someone else's
            continue
    return [pid for pid in found if pid != os.getpid()]


def clear(state: Path) -> None:
    """Remove the state directory of an embedded AWS that no longer runs, with its shared memory segments."""
    # os.walk passes over what vanishes meanwhile: the keeper and the next start may both be clearing.
    for folder, _, files in os.walk(state):
        if "postmaster.pid" in files:
            _release_segment(Path(folder, "postmaster.pid"))
    shutil.rmtree(state, ignore_errors=True)


def _release_segment(record: Path) -> None:
    # The seventh line of postmaster.pid is "key id" of the segment; the first is the postmaster.
    try:
        lines = record.read_text().splitlines()
        postmaster, segment = int(lines[0]), int(lines[6].split()[1])
    except (OSError, ValueError, IndexError):
        return
    if not _is_postgres(postmaster):
        ctypes.CDLL(None).shmctl(segment, _IPC_RMID, None)


def _is_postgres(pid: int) -> bool:
    try:
        return "postgres" in Path(f"/proc/{pid}/exe").readlink().name
    except OSError:
        return False
