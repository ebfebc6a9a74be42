"""States that a full disk cut off: put aside, so that they stop nothing, and never passed over in silence."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from launchbook.lifecycle.home import read_json

ERRORED = "errored.tfstate"
_STATE = "terraform.tfstate"


def put_aside(folder: Path) -> Iterator[str]:
    """Rename each state of a working folder that no one can read, and say what that means.

    The local state is replaced by the one before it, which Terraform keeps as its backup.
    """
    for name in (ERRORED, _STATE):
        path = folder / name
        if not path.is_file() or read_json(path) is not None:
            continue
        aside = path.with_name(f"{name}.cut-off")
        path.replace(aside)
        said = f"{aside} was cut off, as by a full disk: what it alone knew is in no state (launchbook sweep finds it)"
        backup = folder / f"{_STATE}.backup"
        if name == _STATE and read_json(backup) is not None:
            shutil.copyfile(backup, path)
            said += "; the state before it is used"
        yield said
