"""JSON logs on stdout, one object a line.

Lines gather until the event loop's current turn ends and are written together: an access log costs
microseconds, and nothing waits longer than a turn. Libraries that use `logging` come out in the same form.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
import traceback
from typing import Any

import msgspec

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}

_encode = msgspec.json.Encoder().encode


class Log:
    """A writer of log lines. `always` goes into every line: the part's name."""

    def __init__(self, level: str = "info", descriptor: int = 1, **always: Any) -> None:
        self.always = always
        self._least = LEVELS[level]
        self._descriptor = descriptor
        self._lines: list[bytes] = []
        self._second = (0, "")

    def debug(self, event: str, **fields: Any) -> None:
        """A detail for developers."""
        self._write("debug", event, fields)

    def info(self, event: str, **fields: Any) -> None:
        """Something that happened as it should."""
        self._write("info", event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something that went wrong and that the platform gets over by itself."""
        self._write("warning", event, fields)

    def error(self, event: str, **fields: Any) -> None:
        """Something that needs a person."""
        self._write("error", event, fields)

    def flush(self) -> None:
        """Write what has gathered."""
        lines, self._lines = self._lines, []
        data = memoryview(b"".join(lines))
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                time.sleep(0.001)
            except OSError:
                return  # whoever read the log is gone; the platform goes on

    def _write(self, level: str, event: str, fields: dict[str, Any]) -> None:
        if LEVELS[level] < self._least:
            return
        line = {"time": self._now(), "level": level, "event": event, **self.always, **fields}
        self._lines.append(_encode(line) + b"\n")
        if len(self._lines) == 1:
            try:
                asyncio.get_running_loop().call_soon(self.flush)
            except RuntimeError:  # before the event loop runs, or after it
                self.flush()

    def _now(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second[0]:  # formatting a date is the dear part of a line
            self._second = (second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second)))
        return f"{self._second[1]}.{int((now - second) * 1000):03d}Z"


class LibraryHandler(logging.Handler):
    """Passes what libraries log through `logging` on to a Log."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; an exception becomes one field, not many lines."""
        fields: dict[str, Any] = {"logger": record.name, "message": record.getMessage()}
        if record.exc_info and record.exc_info[1]:
            fields["exception"] = "".join(traceback.format_exception(record.exc_info[1]))
        level = "error" if record.levelno >= logging.ERROR else "warning"
        (self._log.error if level == "error" else self._log.warning)("library", **fields)


def start(level: str, **always: Any) -> Log:
    """The process's log, with the libraries' records routed into it."""
    log = Log(level, **always)
    logging.basicConfig(handlers=[LibraryHandler(log)], level=logging.WARNING, force=True)
    return log
