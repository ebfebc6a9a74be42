"""The host's end of the keeper: children as objects, started and signalled over a socket."""

from __future__ import annotations

import itertools
import json
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from launchbook import process

_REPLY_SECONDS = 30.0


class KeptChild:
    """A child of the keeper (``plane.Child``)."""

    def __init__(self, keeper: Keeper, pid: int) -> None:
        self.pid = pid
        self.code: int | None = None
        self._keeper = keeper

    def poll(self) -> int | None:
        """None while it runs; else its exit code, ``128 + N`` when signal N ended it."""
        return self.code

    def signal(self, number: int) -> None:
        """Send a signal to the child's whole process group; nothing happens if it has ended."""
        if self.code is None:
            self._keeper.tell({"op": "signal", "pid": self.pid, "number": int(number)})


class Keeper:
    """Starts the keeper process and speaks to it. ``lost`` is called, once, if it ends before ``close``."""

    def __init__(self, state: Path, lost: Callable[[], None]) -> None:
        ours, theirs = socket.socketpair()
        self._process = process.start(
            [sys.executable, "-m", "launchbook.local.keeper", str(state)],
            stdin=theirs.fileno(),
            log=state / "keeper.log",
        )
        theirs.close()
        self.pid = self._process.pid
        self._socket = ours
        self._lost = lost
        self._closing = False
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._children: dict[int, KeptChild] = {}
        self._reader = threading.Thread(target=self._listen, name="keeper", daemon=True)
        self._reader.start()

    def spawn(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path | None, user: str | None
    ) -> KeptChild:
        """Start a process (see ``plane.Host.spawn``). Raises OSError."""
        serial = next(self._ids)
        order: dict[str, Any] = {
            "op": "spawn",
            "id": serial,
            "argv": [str(part) for part in argv],
            "env": dict(env),
            "cwd": str(cwd),
            "log": str(log) if log else None,
            "user": user,
        }
        reply: Future[dict[str, Any]] = Future()
        self._waiting[serial] = reply
        self.tell(order)
        answer = reply.result(_REPLY_SECONDS)
        if "error" in answer:
            raise OSError(answer["errno"] or 0, answer["error"], str(argv[0]))
        child: KeptChild = answer["child"]
        return child

    def tell(self, message: dict[str, Any]) -> None:
        """Send one order; a keeper that has gone makes it an OSError."""
        with self._lock:
            self._socket.sendall(json.dumps(message).encode() + b"\n")

    def alive(self) -> list[KeptChild]:
        """The children that still run."""
        return list(self._children.values())

    def close(self) -> None:
        """Let the keeper bury what is left and clear the state directory; returns when it has."""
        self._closing = True
        self._socket.shutdown(socket.SHUT_RDWR)
        self._process.wait(15)
        self._socket.close()

    def _listen(self) -> None:
        with self._socket.makefile("rb") as lines:
            try:
                for line in lines:
                    self._hear(json.loads(line))
            except OSError:
                pass  # the same as the end of the stream
        for child in self.alive():
            child.code = 128 + 9
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(OSError(0, "the keeper has ended"))
        if not self._closing:
            self._lost()

    def _hear(self, message: dict[str, Any]) -> None:
        if "exit" in message:
            child = self._children.pop(message["pid"], None)
            if child is not None:
                child.code = message["exit"]
            return
        reply = self._waiting.pop(message["id"])
        if "pid" in message:  # known here, on the reading thread, before its end can be heard
            child = KeptChild(self, message["pid"])
            self._children[child.pid] = child
            message["child"] = child
        reply.set_result(message)
