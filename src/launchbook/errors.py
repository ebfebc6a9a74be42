"""Every error that Launchbook raises on purpose.

::

    LaunchbookError              what happened, why, and the next command
    ├── UsageError               the command line or a settings file is wrong          exit 2
    ├── UnreadableInput          a file, a paste or an answer that cannot be used      exit 2
    ├── MissingTool              a program or package that a feature needs             exit 2
    ├── WriteRefused             the read-only door was asked for an undeclared call   exit 2
    ├── LocalAwsError            the embedded AWS did not start, stop or answer        exit 2
    └── RunFailed                a lifecycle step ended without its result             exit 3

``NotKnown`` is not among them: it belongs to facts (``launchbook.model``) and only ``evaluate`` catches it.
"""

from __future__ import annotations


class LaunchbookError(Exception):
    """An error a person can act on: ``what: why``, and a hint that names the next command."""

    exit_code = 2

    def __init__(self, what: str, why: str = "", *, hint: str = "") -> None:
        self.what, self.why, self.hint = what, why, hint
        super().__init__(f"{what}: {why}" if why else what)

    def render(self) -> str:
        """The message as printed on stderr: one paragraph, and the hint after a blank line."""
        return f"{self}\n\nhint: {self.hint}" if self.hint else str(self)


class UsageError(LaunchbookError):
    """The command line or a settings file is wrong."""


class UnreadableInput(LaunchbookError):
    """A file, a paste or an answer that cannot be used."""


class MissingTool(LaunchbookError):
    """A program or package that a feature needs is not on this machine; the hint says how to get it."""


class WriteRefused(LaunchbookError):
    """The read-only door was asked for an operation that no collector declared."""


class LocalAwsError(LaunchbookError):
    """The embedded AWS did not start, stop or answer."""


class RunFailed(LaunchbookError):
    """A lifecycle step ended without its result."""

    exit_code = 3
