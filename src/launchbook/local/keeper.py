"""The keeper: a single-threaded process that starts, reaps and buries every child of one embedded AWS.

It is the parent of all of them because Linux's parent-death signal follows the *thread* that spawned a child,
and the host has many. It talks to the host in JSON lines over the socket on its standard input:

    host → keeper   {"id": 1, "op": "spawn", "argv", "env", "cwd", "log", "user"}
                    {"op": "signal", "pid", "number"}
    keeper → host   {"id": 1, "pid": 4711} or {"id": 1, "errno", "error"}
                    {"pid": 4711, "exit": 137}

When the host is gone (the socket ends, however the host ended) it kills everything it holds and clears the state
directory; when the keeper itself is killed, the kernel kills its children.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from launchbook import process
from launchbook.local import residue

_PR_SET_CHILD_SUBREAPER = 36


class _Keeper:
    """The state of the keeper process."""

    def __init__(self, host: socket.socket, state: Path) -> None:
        self._host = host
        self._state = state
        self._unread = b""
        self._serial = 0
        self._children: dict[int, tuple[Any, str]] = {}

    def run(self) -> None:
        """Serve until the host is gone, then leave nothing."""
        wake, alarm = socket.socketpair()
        for end in (wake, alarm):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(alarm.fileno(), warn_on_full_buffer=False)
        while True:
            ready, _, _ = select.select([self._host, wake], [], [])
            if wake in ready:
                wake.recv(4096)
                self._reap()
            if self._host in ready and not self._read():
                break
        self._bury()

    def _read(self) -> bool:
        try:
            received = self._host.recv(1 << 16)
        except OSError:
            return False
        *lines, self._unread = (self._unread + received).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))
        return bool(received)

    def _obey(self, order: dict[str, Any]) -> None:
        if order["op"] == "spawn":
            self._spawn(order)
        elif order["pid"] in self._children:  # else it has been reaped, and the number may be someone else's
            _kill_group(order["pid"], order["number"])

    def _spawn(self, order: dict[str, Any]) -> None:
        self._serial += 1
        mark = f"{self._state}:{self._serial}"
        try:
            child = process.keep(
                order["argv"],
                env={**order["env"], residue.MARK: mark},
                cwd=Path(order["cwd"]),
                log=Path(order["log"]) if order["log"] else None,
                user=order["user"],
            )
        except (OSError, KeyError, ValueError) as error:
            number = error.errno if isinstance(error, OSError) else None
            self._tell({"id": order["id"], "errno": number, "error": str(error)})
            return
        self._children[child.pid] = (child, mark)
        self._tell({"id": order["id"], "pid": child.pid})

    def _reap(self) -> None:
        while True:
            try:
                # WNOWAIT: while it is a zombie its group cannot be confused with another's.
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                return
            if ended.si_pid not in self._children:  # an orphan we adopted
                os.waitpid(ended.si_pid, 0)
                continue
            _kill_group(ended.si_pid, signal.SIGKILL)
            os.waitpid(ended.si_pid, 0)
            child, mark = self._children.pop(ended.si_pid)
            child.returncode = ended.si_status
            _kill_marked(mark)
            killed = ended.si_code in (os.CLD_KILLED, os.CLD_DUMPED)
            self._tell({"pid": ended.si_pid, "exit": ended.si_status + (128 if killed else 0)})

    def _tell(self, message: dict[str, Any]) -> None:
        try:
            self._host.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            return  # the host is gone; the next read says so

    def _bury(self) -> None:
        signal.set_wakeup_fd(-1)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            for pid in list(self._children):
                _kill_group(pid, signal.SIGKILL)
            for pid in _own_children():
                _kill(pid)
            self._reap()
            if not _own_children():
                break
            time.sleep(0.01)
        residue.clear(self._state)


def _own_children() -> list[int]:
    pid = os.getpid()
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _kill_marked(mark: str) -> None:
    wanted = f"{residue.MARK}={mark}".encode()
    for pid in _own_children():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in environment:
            _kill_group(pid, signal.SIGKILL)
            _kill(pid)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _kill_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def main() -> None:
    """Entry point of the keeper process: its one argument is the state directory."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A handler, because children inherit what is ignored (and could then not be asked to stop).
        signal.signal(number, lambda *_: None)
    _Keeper(socket.socket(fileno=os.dup(0)), Path(sys.argv[1])).run()


if __name__ == "__main__":
    main()
