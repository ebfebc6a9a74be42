"""What a killed embedded AWS may leave: its directory, and the System V segments of its PostgreSQL servers."""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path

_IPC_RMID = 0


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
