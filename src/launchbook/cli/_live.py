"""The progress of a run on stderr: one line a step, with its seconds and what is being waited for."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from launchbook.lifecycle.steps import StepResult


class Live:
    """One line a step on stderr, its waiting shown in place on a terminal and now and then elsewhere."""

    _EVERY = 20.0

    def __init__(self) -> None:
        self._tty = sys.stderr.isatty()
        self._colour = self._tty and "NO_COLOR" not in os.environ
        self._title = ""
        self._began = self._told = 0.0

    def begin(self, name: str, title: str) -> None:
        """A step begins."""
        self._title, self._began = title, time.monotonic()
        self._told = self._began
        self.say("")

    def say(self, text: str) -> None:
        """What is being waited for."""
        seconds = time.monotonic() - self._began
        line = f"  …    {self._title:<46} {seconds:6.1f} s  {text}".rstrip()
        if self._tty:
            click.echo(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}", nl=False, err=True)
        elif text and time.monotonic() - self._told >= self._EVERY:
            self._told = time.monotonic()
            click.echo(line, err=True)

    def note(self, text: str) -> None:
        """A line that stays."""
        self._line(f"  {text}")

    def ended(self, result: StepResult) -> None:
        """The step's own line."""
        word, colour = _WORDS[result.status]
        mark = f"\x1b[{colour}m{word}\x1b[0m" if self._colour else word
        said = result.outcome.note
        self._line(f"  {mark:<4} {result.title:<46} {result.seconds:6.1f} s  {said}".rstrip())

    def ask(self, question: str) -> bool | None:
        """Yes or no from the terminal."""
        if not sys.stdin.isatty():
            return None
        self._line("")
        try:
            return click.confirm(question, default=False, err=True)
        except click.Abort:
            raise KeyboardInterrupt from None

    def typed(self, question: str) -> str | None:
        """A line from the terminal."""
        if not sys.stdin.isatty():
            return None
        self._line("")
        try:
            return str(click.prompt(question, default="", show_default=False, err=True))
        except click.Abort:
            raise KeyboardInterrupt from None

    def _line(self, text: str) -> None:
        click.echo(f"\r\x1b[K{text}" if self._tty else text, err=True)


_WORDS = {
    "done": ("ok  ", "32"), "findings": ("FAIL", "31"), "unproven": ("?   ", "33"), "skipped": ("had ", "2"),
    "failed": ("FAIL", "31"), "interrupted": ("stop", "33"),
}  # fmt: skip
