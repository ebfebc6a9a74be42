"""What Terraform would change: a plan as it is printed, as it is saved, and one that waits for its yes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from launchbook.errors import RunFailed
from launchbook.lifecycle.command import Command

if TYPE_CHECKING:
    from launchbook.lifecycle.terraform import Terraform

#: ``  # aws_sqs_queue.orders will be destroyed`` in a plan as it is printed.
_CHANGE = re.compile(
    r"^  # (.+?) (?:\(deposed object \w+\) )?(?:will|must) be (created|destroyed|replaced|updated in-place)",
    re.M,
)
PLAN_FILE = "launchbook.tfplan"


@dataclass(frozen=True)
class Shown:
    """A plan as Terraform prints it; ``changes`` where it would change anything, if only an output."""

    text: str = field(repr=False)
    changes: bool

    @property
    def summary(self) -> str:
        """Terraform's own last line of it, in words where only outputs change."""
        last = [line for line in self.text.splitlines() if line.startswith(("Plan:", "No changes"))]
        return last[-1] if last else "Plan: outputs change." if self.changes else ""

    @property
    def counts(self) -> str:
        """The same without its first word: ``2 to add, 0 to change, 0 to destroy``."""
        return self.summary.removeprefix("Plan: ").rstrip(".")

    def changed(self) -> list[tuple[str, str]]:
        """Each resource that would change: its address, and what would be done (``created``, ``replaced``, …)."""
        return [(found[1], found[2]) for found in _CHANGE.finditer(self.text)]


@dataclass(frozen=True)
class Plan(Shown):
    """One that was saved."""

    terraform: Terraform = field(repr=False)

    @cached_property
    def json(self) -> dict[str, Any]:
        """What ``terraform show -json`` says of it, at the price of a provider's start.

        May hold secrets: never written anywhere as it is.
        """
        shown: dict[str, Any] = json.loads(self.terraform.quiet("show", "-json", PLAN_FILE))
        return shown

    @property
    def file(self) -> Path:
        """Where it is, until the next one."""
        return self.terraform.folder / PLAN_FILE


class Planning:
    """A plan in the making: begun at once, waited for when somebody needs it."""

    def __init__(self, terraform: Terraform, arguments: Sequence[str]) -> None:
        self._terraform, self._arguments = terraform, arguments
        self._command: Command | None = Command(terraform, arguments)
        terraform.work.closing.callback(self._stop)

    def plan(self) -> Plan:
        """Wait for it. Raises RunFailed with what Terraform said."""
        return self._terraform.mended(self._plan)

    def _plan(self) -> Plan:
        command = self._command or Command(self._terraform, self._arguments)
        self._command = None
        said = command.end((0, 2))
        return Plan(said.text, said.code == 2, self._terraform)

    def _stop(self) -> None:
        if self._command is not None:
            self._command.stop()


class Proposal:
    """A Terraform that plans, shows what it planned and waits: after a yes it carries out that, and nothing else.

    It is one process from plan to end, as it is by hand, and holds the state's lock from its first look on: nobody can
    change the state between what was shown and what is done. The run that ends before a yes ends it.
    """

    def __init__(self, terraform: Terraform, arguments: Sequence[str]) -> None:
        self._terraform, self._arguments = terraform, arguments
        self._command: Command | None = Command(terraform, arguments, asks=True)
        self._shown: Shown | None = None
        terraform.work.closing.callback(self.refuse)

    def shown(self) -> Shown:
        """Wait for the plan. Raises RunFailed with what Terraform said."""
        if self._shown is None:
            self._shown = self._terraform.mended(self._look)
        return self._shown

    def accept(self) -> None:
        """Carry it out. Raises RunFailed with what Terraform said, and when there is nothing to carry out."""
        command, self._command = self._command, None
        if command is None or self._shown is None:
            raise RunFailed(f"{self._terraform.root.name}: no plan waits for a yes")
        command.accept()
        command.end()

    def refuse(self) -> None:
        """End it; nothing is changed. Of one that was carried out, or had nothing to do, nothing is left to end."""
        command, self._command = self._command, None
        if command is not None:
            command.stop()

    def _look(self) -> Shown:
        command = self._command or Command(self._terraform, self._arguments, asks=True)
        self._command = command
        said = command.question()
        if said is not None:
            return Shown(said, changes=True)
        self._command = None
        return Shown(command.end().text, changes=False)
