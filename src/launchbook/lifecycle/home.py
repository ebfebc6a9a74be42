"""``.launchbook/`` beside a platform's file: the runs, and what is known of each target. Only its owner reads it."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launchbook.errors import RunFailed, UsageError

FOLDER = ".launchbook"


@dataclass(frozen=True)
class Home:
    """The folder; ``of`` makes it."""

    folder: Path

    @classmethod
    def of(cls, platform_folder: Path) -> Home:
        """The home of a platform, made when it is not there. Raises UsageError where it can't be."""
        home = cls(platform_folder.absolute() / FOLDER)
        try:
            for folder in (home.folder, home.runs, home.folder / "state"):
                folder.mkdir(mode=0o700, exist_ok=True)
            ignore = home.folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"cannot write {home.folder}", error.strerror or str(error),
                hint="journals and state are kept beside launchbook.toml: make its folder writable",
            ) from None  # fmt: skip
        return home

    @property
    def runs(self) -> Path:
        """The folder of all runs."""
        return self.folder / "runs"

    def run(self, run: str) -> Path:
        """The folder of one run, made when it is not there."""
        return _made(self.runs / run)

    def state(self, key: str) -> Path:
        """The folder of one target's state, made when it is not there."""
        return _made(self.folder / "state" / key)

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """Work on a target as the only one of this home; the kernel lets go when the process ends.

        Raises RunFailed when another process does.
        """
        path = self.state(key) / "working"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = os.read(descriptor, 100).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise RunFailed(
                "another launchbook works on this platform and target", f"process {who}",
                hint="wait for it, or interrupt it once with Ctrl-C",
            ) from None  # fmt: skip
        try:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
            yield
        finally:
            os.close(descriptor)


def read_json(path: Path) -> Any:
    """What a file of ours holds; None when there is none or a killed writer left half of it."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def write_json(path: Path, value: Any) -> None:
    """Replace a file as a whole: a reader, and a killed writer's next run, see the old one or the new one.

    Raises RunFailed on a full disk, OSError for anything else.
    """
    write_text(path, json.dumps(value, indent=1))


def write_text(path: Path, text: str) -> None:
    """The same with a text."""
    new = path.with_name(f"{path.name}.new")
    with _room(path):
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)


@contextmanager
def _room(path: Path) -> Iterator[None]:
    """Say which file found no room, and on which disk."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise RunFailed(
            f"{path} cannot be written", f"the disk of {path.parent} is full",
            hint="free some space and run the same command again",
        ) from None  # fmt: skip


def _made(folder: Path) -> Path:
    with _room(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
