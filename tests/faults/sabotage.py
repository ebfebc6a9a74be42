"""Proof that the campaign can fail: copies of the platform's source, each without one of its safeties.

The copy lives in a temporary directory; the product itself has no switch. A patch names the exact lines that it
replaces, so that it fails loudly when the source has moved on.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "services/orders/src/orders"


@dataclass(frozen=True)
class Patch:
    """In `file`, replace `old` (which must be there exactly once) by `new`."""

    file: str
    old: str
    new: str


SABOTAGES: dict[str, tuple[Patch, ...]] = {}


def sabotaged(name: str, directory: Path) -> Path:
    """A directory that holds the `orders` package without the safety `name`."""
    copy = directory / "sabotaged" / "orders"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for patch in SABOTAGES[name]:
        path = copy / patch.file
        text = path.read_text()
        if text.count(patch.old) != 1:
            found = text.count(patch.old)
            raise ValueError(
                f"the sabotage {name!r} no longer fits: its lines are {found} times in {patch.file}\n\n"
                "hint: bring SABOTAGES in tests/faults/sabotage.py up to the source"
            )
        path.write_text(text.replace(patch.old, patch.new))
    return copy.parent
