"""Space set aside while Terraform works: when the disk fills up, what it has made can still be stored.

Terraform writes a state in place. On a full disk it would cut off the old one and lose the new one, and what it made
would be in no state at all. It is not interrupted then: that cuts off requests that AWS carries out all the same.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import TracebackType

from launchbook.errors import RunFailed

_MEGABYTE = 1_000_000
_ASIDE = 16 * _MEGABYTE
_LOW = 4 * _MEGABYTE
#: With less than this a failure is the full disk's, and what was set aside may be in use already.
_FULL = 2 * (_ASIDE + _LOW)
MADE_ROOM = (
    "the disk is full: what Terraform makes now is stored in room kept for that, and nothing more is begun"
)
_HINT = "free some space and run the same command again: what was stored is not repeated"


class Reserve:
    """The space, as a file in a folder of ours; taken on entry, given back on exit."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "reserve"
        self._given = False

    def __enter__(self) -> Reserve:
        try:
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(descriptor, 0, _ASIDE)
                else:
                    os.write(descriptor, bytes(_ASIDE))
            finally:
                os.close(descriptor)
        except OSError:  # full already: needed() says so at once
            self._file.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.unlink(missing_ok=True)

    def needed(self) -> bool:
        """True once: when the disk is full. The space is given back then."""
        if self._given or shutil.disk_usage(self._file.parent).free >= _LOW:
            return False
        self._given = True
        self._file.unlink(missing_ok=True)
        return True


def disk_full(folder: str | Path, root: str = "", words: str = "") -> RunFailed | None:
    """The error for a disk with too little room for a state; None where there is enough.

    ``root`` is what failed on it, ``words`` what was said of that.
    """
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return None
    if free >= _FULL:
        return None
    return RunFailed(
        f"{root}: the disk is full" if root else "the disk is full",
        f"{free / _MEGABYTE:.0f} MB are free beside {folder}{words}", hint=_HINT,
    )  # fmt: skip


def require_room(folder: Path) -> None:
    """Raises RunFailed where a state could not be stored."""
    full = disk_full(folder)
    if full is not None:
        raise full
