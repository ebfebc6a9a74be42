"""What a step's findings come to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from launchbook.model import Finding


def worst(findings: Iterable[Finding]) -> Literal["done", "findings", "unproven"]:
    """The status of a step: any failure counts before anything unknown, and anything unknown before what holds."""
    statuses = {one.status for one in findings}
    return "findings" if "FAIL" in statuses else "unproven" if "UNKNOWN" in statuses else "done"
