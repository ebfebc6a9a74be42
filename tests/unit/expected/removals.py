"""Take one thing away from ``examples/huntaze-ready``: the steps of ``huntaze-ready-removals.json``, done on a copy.

A step is one of: ``replace`` (``find`` by ``replace`` on the anchor's line), ``block`` (the Terraform block, the
CloudFormation resource or the YAML entry that begins on the anchor's line), ``delete`` and ``write`` (a whole file).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.unit.expected import reline

FILE = reline.HERE / "huntaze-ready-removals.json"


def load() -> list[dict[str, Any]]:
    """Every removal: ``id``, ``what``, ``requirement`` that must turn ``status``, ``steps``."""
    return list(json.loads(FILE.read_text())["removals"])


def apply(removal: dict[str, Any], root: Path) -> None:
    """Do the removal's steps in ``root``, a copy of the example. Raises ValueError when a step does not fit."""
    for step in removal["steps"]:
        path = root / step["file"]
        if step["op"] == "delete":
            path.unlink()
        elif step["op"] == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step["text"])
        else:
            lines = path.read_text().splitlines(keepends=True)
            at = reline.line_of(step, root) - 1
            edited = replaced(lines, at, step) if step["op"] == "replace" else without_block(lines, at)
            path.write_text("".join(edited))


def replaced(lines: list[str], at: int, step: dict[str, Any]) -> list[str]:
    """The lines with one text replaced on line ``at``."""
    if step["find"] not in lines[at]:
        raise ValueError(f"{step['file']}:{at + 1} has no {step['find']!r}")
    return [*lines[:at], lines[at].replace(step["find"], step["replace"], 1), *lines[at + 1 :]]


def without_block(lines: list[str], at: int) -> list[str]:
    """The lines without the block that begins at ``at``: up to its closing brace, or to what is indented no deeper."""
    indent = len(lines[at]) - len(lines[at].lstrip())
    end = at + 1
    while end < len(lines) and (
        not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent
    ):
        end += 1
    if lines[at].rstrip().endswith(("{", "[")):
        end += 1
    return lines[:at] + lines[end:]
