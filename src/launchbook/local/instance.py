"""Where running embedded AWSs are found: one directory each, named ``PORT-PID``, locked while its host lives.

The lock is the kernel's (``flock`` on the directory), so a record left by ``kill -9`` can never be taken for
a running instance, and process ids that were used again can't mislead.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from launchbook.errors import LocalAwsError
from launchbook.local import residue

DEFAULT_PORT = 4566
_RECORD = "instance.json"


@dataclass(frozen=True)
class Instance:
    """One running embedded AWS, as it recorded itself."""

    port: int
    pid: int
    keeper_pid: int
    endpoint: str
    #: Its loopback network, such as ``127.83.0.0/16``.
    network: str
    speed: float
    enforce_iam: bool
    started: str
    state: str

    def record(self) -> None:
        """Make it findable; its directory must have been claimed."""
        path = Path(self.state, _RECORD)
        path.with_suffix(".new").write_text(json.dumps(asdict(self)), encoding="utf-8")
        path.with_suffix(".new").rename(path)


def base() -> Path:
    """The directory that holds the instances of this user."""
    chosen = os.environ.get("LAUNCHBOOK_LOCAL_STATE")
    return Path(chosen) if chosen else Path(tempfile.gettempdir(), f"launchbook-{os.getuid()}")


def claim(port: int) -> tuple[Path, int]:
    """Make and lock the state directory of a new instance, clearing what killed ones left.

    Returns the directory and the descriptor that holds its lock. Root's directory may be entered (not listed)
    by the unprivileged user that databases run as; what is inside keeps its own modes.
    """
    with _base_lock():
        for left in _directories():
            if not _locked(left):
                residue.end(left)
                residue.clear(left)
        state = base() / f"{port}-{os.getpid()}"
        state.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)
        lock = os.open(state, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return state, lock


def running() -> list[Instance]:
    """Every embedded AWS of this user that is up, by port."""
    found = []
    for directory in _directories():
        try:
            record = json.loads((directory / _RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if _locked(directory):
            found.append(Instance(**record))
    return sorted(found, key=lambda instance: instance.port)


def find(port: int | None = None) -> Instance:
    """The running instance on ``port``, or the only one there is. Raises LocalAwsError."""
    instances = running()
    chosen = [i for i in instances if port is None or i.port == port]
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        ports = ", ".join(str(i.port) for i in chosen)
        raise LocalAwsError(
            "which embedded AWS?", f"{len(chosen)} run, on ports {ports}", hint="say which: --port N"
        )
    where = f"on port {port}" if port else "on this machine"
    raise LocalAwsError("no embedded AWS runs", where, hint="launchbook local start --detach")


def clear_left() -> None:
    """Remove what killed instances left, and the common directory when nothing is in it."""
    if not base().exists():
        return
    with _base_lock():
        for left in _directories():
            if not _locked(left):
                residue.end(left)
                residue.clear(left)
        try:
            base().rmdir()
        except OSError:
            return


def network() -> tuple[str, socket.socket]:
    """A loopback /16 that no other instance on this machine uses, as ``127.N``, and the socket that holds it.

    Whoever has bound ``127.N.255.254`` owns the network: the kernel ends the claim with the process.
    """
    for number in range(10, 255):
        lease = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            lease.bind((f"127.{number}.255.254", 4566))
        except OSError:
            lease.close()
            continue
        return f"127.{number}", lease
    raise LocalAwsError("no loopback network is free", "245 instances hold one each")


def _directories() -> list[Path]:
    try:
        return [path for path in base().iterdir() if path.name.partition("-")[0].isdecimal()]
    except FileNotFoundError:
        return []


def _locked(directory: Path) -> bool:
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def _base_lock() -> Iterator[None]:
    folder = base()
    while True:
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if found.st_uid != os.geteuid() or folder.is_symlink() or found.st_mode & 0o022:
            raise LocalAwsError(
                "the state directory can't be trusted",
                f"{folder} belongs to someone else or others may write to it",
                hint="remove it, or set LAUNCHBOOK_LOCAL_STATE to a directory of yours",
            )
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Another process may have removed the (then empty) directory while we waited for it.
            if folder.exists() and os.fstat(descriptor).st_ino == folder.stat().st_ino:
                yield
                return
        finally:
            os.close(descriptor)
