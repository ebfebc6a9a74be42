"""Processes that a test starts, waits for, kills by their own id, and proves gone."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

import psutil


class ProcessError(RuntimeError):
    """A process died or stayed silent when the test needed it."""


class Process:
    """One program in a session of its own, so that the terminal's Ctrl-C reaches only the test."""

    def __init__(
        self, name: str, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None,
        log: Path | None = None, stdout: int | IO[bytes] | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self.log = log
        output = log.open("ab") if log else (stdout if stdout is not None else subprocess.DEVNULL)
        try:
            self.popen = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True, env={**os.environ, **(env or {})},
            )  # fmt: skip
        finally:
            if log:
                output.close()  # type: ignore[union-attr]
        self.pid = self.popen.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.popen.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to this process alone; one that has ended is left in peace."""
        if self.alive:
            self.popen.send_signal(number)

    def kill(self) -> None:
        """kill -9 of the process and its children, then reap it."""
        if self.alive:
            kill_family(self.pid)
        self.popen.wait()

    def stop(self, grace: float = 30.0) -> int:
        """SIGTERM, then kill -9 after `grace` seconds; the exit code (negative: the signal that ended it)."""
        self.signal(signal.SIGTERM)
        return self.wait(grace)

    def wait(self, grace: float = 30.0) -> int:
        """Wait for it to end, then kill -9 after `grace` seconds; the exit code."""
        try:
            return self.popen.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.popen.returncode

    def wait_for_port(self, port: int, host: str = "127.0.0.1", timeout: float = 60.0) -> None:
        """Return when something takes connections on `port`; raise with the log's end if the process dies."""
        deadline = time.monotonic() + timeout
        while not port_open(port, host):
            if not self.alive or time.monotonic() > deadline:
                what = "is silent" if self.alive else f"ended with {self.popen.returncode}"
                raise ProcessError(f"{self.name} {what}, port {port} is closed: {self.last_lines()}")
            time.sleep(0.02)

    def last_lines(self, count: int = 8) -> str:
        """The end of its log, for an error message."""
        if self.log is None:
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


def port_open(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a TCP connection to `port` succeeds now."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((host, port)) == 0


def family(pid: int | None) -> list[psutil.Process]:
    """The process and all its descendants; empty if it has ended."""
    if pid is None:
        return []
    try:
        leader = psutil.Process(pid)
        return [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill_family(pid: int, timeout: float = 30.0) -> None:
    """kill -9 of a process and its descendants. A child of ours stays to be reaped by its Popen."""
    members = family(pid)
    for member in members:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(members[1:], timeout=timeout)


def assert_gone(pids: Iterable[int], timeout: float = 5.0) -> None:
    """Fail if any of these processes still runs after `timeout` seconds (a zombie counts as ended)."""
    if left := wait_until_gone(pids, timeout):
        raise AssertionError(f"still running: {', '.join(_describe(pid) for pid in left)}")


def wait_until_gone(pids: Iterable[int], timeout: float) -> list[int]:
    """Those that still run after `timeout` seconds; a zombie waits for its parent and counts as ended."""
    deadline = time.monotonic() + timeout
    left = [pid for pid in pids if _running(pid)]
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = [pid for pid in left if _running(pid)]
    return left


def _running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _describe(pid: int) -> str:
    try:
        return f"{pid} ({' '.join(psutil.Process(pid).cmdline())})"
    except psutil.NoSuchProcess:
        return str(pid)
