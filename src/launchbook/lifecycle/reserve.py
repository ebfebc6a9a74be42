"""Space set aside while Terraform works: when the disk fills up, what it has made can still be stored.

Terraform writes a state in place. On a full disk it would cut off the old one and lose the new one, and what it made
would be in no state at all.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import TracebackType

_MEGABYTE = 1_000_000
_ASIDE = 16 * _MEGABYTE
_LOW = 4 * _MEGABYTE
#: With less than this a failure is the full disk's, and what was set aside may be in use already.
_FULL = 2 * (_ASIDE + _LOW)


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


def nearly_full(folder: str | Path) -> str:
    """How little is free beside a folder, in words; empty when there is enough to store a state."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return ""
    return f"{free / _MEGABYTE:.0f} MB are free beside {folder}" if free < _FULL else ""
