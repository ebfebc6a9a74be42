"""One Terraform command in a root's working folder: started at once, followed when somebody needs its end.

A command that asks (an apply without ``-auto-approve``) is followed to its question first; the answer is ours to give.
It keeps what it planned in its own memory and its state locked, so what it carries out is what it has shown. When we
are killed, its standard input ends, and it ends without having changed anything.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from launchbook import process
from launchbook.errors import RunFailed
from launchbook.lifecycle import leftovers
from launchbook.lifecycle.failures import LockHeld, terraform_failure
from launchbook.lifecycle.following import asked, follow

if TYPE_CHECKING:
    from launchbook.lifecycle.terraform import Terraform

#: The end of what Terraform has printed when it waits for a yes, and nothing else can be meant.
_QUESTION = re.compile(
    r"^Do you (?:want to perform these actions|really want to destroy all resources)[^\n]*\?\n"
    r"(?:  [^\n]*\n|\n)+  Enter a value: \Z",
    re.M,
)
_YES = b"yes\n"
#: What changes neither a platform nor its state.
_LOOKING = ("init", "plan")


class Command:
    """It works from now on. ``asks``: it will ask before it changes anything."""

    def __init__(self, terraform: Terraform, arguments: Sequence[str], *, asks: bool = False) -> None:
        self._terraform, self._name = terraform, arguments[0]
        self._said_as = "destroy" if "-destroy" in arguments else self._name
        self._from = terraform.log.stat().st_size if terraform.log.exists() else 0
        self._unseen = leftovers.began(terraform.folder, arguments)
        given: int | None = None
        self._answer: int | None = None
        if asks:
            given, self._answer = os.pipe()
        try:
            self._child = process.start(
                [terraform.tool.path, *arguments, "-no-color"], env=terraform.env(), cwd=terraform.folder,
                log=terraform.log, stdin=given,
            )  # fmt: skip
        finally:
            if given is not None:
                os.close(given)
        self._began = time.time()
        terraform.work.ours.add(self._child.pid)

    def question(self) -> str | None:
        """Wait until it asks: all that it has printed. None when it ended without a question (see :meth:`end`)."""
        try:
            waits = asked(self._child, self._terraform.log, self._from, self._terraform.work)
        except KeyboardInterrupt:
            self._let_go()
            raise
        if not waits:
            return None
        said = self._said()
        if not _QUESTION.search(said):  # of another kind: nobody may answer it
            self._close()
            return None
        self._note("plan", 0)
        self._from = self._terraform.log.stat().st_size
        return said

    def accept(self) -> None:
        """Answer yes to its question."""
        if self._answer is None:
            raise RunFailed(f"terraform {self._name} asks nothing")
        self._began = time.time()
        with suppress(BrokenPipeError):  # it has ended already, and says why
            os.write(self._answer, _YES)
        self._close()

    def end(self, codes: Sequence[int] = (0,)) -> leftovers.Said:
        """Wait for its end: what it printed since it began, or since its question. RunFailed for another code."""
        one = self._terraform
        try:
            code = follow(self._child, one.log, self._from, one.work, changes=self._name not in _LOOKING)
        finally:
            self._let_go()
        self._note(self._name, code)
        said = self._said()
        failure = None
        if code not in codes:
            failure = terraform_failure(one.root.name, said, str(one.log), str(one.folder), self._said_as)
        # Kept when it was killed, and when somebody's lock kept it out: one before it may have left that.
        if code < 128 and not (self._unseen and isinstance(failure, LockHeld)):
            leftovers.ended(one.folder)
        if failure is not None:
            raise failure
        return leftovers.Said(code, said)

    def stop(self) -> None:
        """End it without an answer, if it still works: it changes nothing and lets its lock go."""
        self._let_go()
        if self._child.poll() is not None:
            return
        with suppress(ProcessLookupError):
            os.kill(self._child.pid, signal.SIGINT)
        if self._child.wait() >= 0:
            leftovers.ended(self._terraform.folder)

    def _said(self) -> str:
        return self._terraform.log.read_bytes()[self._from :].decode(errors="replace")

    def _close(self) -> None:
        if self._answer is not None:
            os.close(self._answer)
            self._answer = None

    def _let_go(self) -> None:
        self._close()
        self._terraform.work.ours.discard(self._child.pid)

    def _note(self, name: str, code: int) -> None:
        """Its last line's time is its end: nobody may have looked until later."""
        until = max(self._began, min(time.time(), self._terraform.log.stat().st_mtime))
        seconds = round(until - self._began, 3)
        moment = datetime.fromtimestamp(until, UTC).isoformat(timespec="milliseconds")
        self._terraform.work.run.record(
            {"event": "terraform", "command": name, "code": code, "seconds": seconds, "until": moment}
        )
