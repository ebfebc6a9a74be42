"""The one place that starts processes: always a session of their own, so that Ctrl-C reaches only us.

:func:`run` waits for a program and ends it politely (one SIGINT, a grace, then SIGKILL); :func:`start` hands
a running one to whoever supervises it; :func:`keep` does so for a child that must not outlive its parent.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1
#: How far the moments of the kernel and of the clock may lie apart.
_CLOCK_SECONDS = 2.0
#: A program that :func:`start` or :func:`keep` has started.
Child = subprocess.Popen[bytes]
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Finished:
    """How a program ended: its exit code (``128 + N`` for signal N) and all it wrote, decoded leniently."""

    argv: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    timed_out: bool = False


def run(
    argv: Sequence[str],
    *,
    timeout: float | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    stdin: str | None = None,
    grace: float = 10.0,
) -> Finished:
    """Run a program to its end and return what it wrote.

    After ``timeout`` seconds, or when this process is interrupted, its whole group gets one SIGINT and, ``grace``
    seconds later, SIGKILL. ``user`` counts only for root. Raises OSError if the program cannot be started.
    """
    child = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=None if env is None else dict(env),
        cwd=cwd,
        start_new_session=True,
        **_as_user(user),
    )
    given = None if stdin is None else stdin.encode()
    try:
        out, err = child.communicate(given, timeout)
    except subprocess.TimeoutExpired:
        out, err = _end(child, grace)
        return _finished(argv, child, out, err, timed_out=True)
    except BaseException:
        _end(child, grace)
        raise
    return _finished(argv, child, out, err)


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: int | None = None,
    log: Path | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program that lives on by itself; both its outputs append to ``log`` (dropped when None)."""
    output = _output(log)
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=output,
            stderr=output,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
            pass_fds=pass_fds,
        )
    finally:
        _close(output)


def ended(child: Child, seconds: float) -> bool:
    """Whether a child has ended, waited for so long at most."""
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def keep(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    log: Path | None = None,
    user: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program that the kernel kills when the *thread* that calls this ends (Linux).

    Call it from the main thread of a process that does nothing else; both outputs append to ``log``.
    """
    output = _output(log)
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_die_with_parent(_libc, os.getpid()) if _libc else None,
            **_as_user(user),
        )
    finally:
        _close(output)


def working_in(folder: Path, program: str) -> int | None:
    """The process of ``program`` (a file's name) whose working directory is ``folder``; None when there is none.

    A child that outlived whoever started it is found by where it works, which no id that was used again can fake.
    Only Linux tells; elsewhere the answer is None.
    """
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            argv = (entry / "cmdline").read_bytes().split(b"\0")
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            if (
                Path(os.fsdecode(argv[0])).name == program
                and state != "Z"
                and (entry / "cwd").samefile(folder)
            ):
                return int(entry.name)
        except OSError:
            continue  # it has just ended, or is somebody else's
    return None


def alive(pid: int, since: float) -> bool:
    """Whether the process that had an id at a moment (seconds of the epoch) still works.

    Another one that got the same id later is told apart on Linux alone.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, and it lives
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        booted = re.search(r"^btime (\d+)$", Path("/proc/stat").read_text(), re.M)
    except OSError:
        return True
    began = int(booted[1]) + int(rest[18]) / os.sysconf("SC_CLK_TCK") if booted else 0.0
    return state != "Z" and began <= since + _CLOCK_SECONDS


def _die_with_parent(libc: ctypes.CDLL, parent: int) -> Callable[[], None]:
    def before_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel knew what we want
            os._exit(128 + signal.SIGKILL)

    return before_exec


def _as_user(user: str | None) -> dict[str, Any]:
    if user is None or os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _output(log: Path | None) -> int | IO[bytes]:
    return subprocess.DEVNULL if log is None else log.open("ab")


def _close(output: int | IO[bytes]) -> None:
    if not isinstance(output, int):
        output.close()


def _end(child: subprocess.Popen[bytes], grace: float) -> tuple[bytes, bytes]:
    _signal_group(child, signal.SIGINT)
    try:
        return child.communicate(timeout=grace)
    except subprocess.TimeoutExpired:
        _signal_group(child, signal.SIGKILL)
        return child.communicate()


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return


def _finished(
    argv: Sequence[str], child: subprocess.Popen[bytes], out: bytes, err: bytes, *, timed_out: bool = False
) -> Finished:
    code = child.returncode if child.returncode >= 0 else 128 - child.returncode
    return Finished(tuple(argv), code, out.decode(errors="replace"), err.decode(errors="replace"), timed_out)
