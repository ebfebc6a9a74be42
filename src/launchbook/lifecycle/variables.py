"""The variables that a run gives to a root, in a file that only its owner reads: everybody may list arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from launchbook.errors import UsageError
from launchbook.lifecycle.home import read_json, write_json
from launchbook.lifecycle.platform import Root
from launchbook.lifecycle.steps import Work

#: In the working folder; its name says that Terraform does not read it by itself.
FILE = "given.launchbook.json"
_DECLARED = re.compile(r'^\s*variable\s+"([^"]+)"', re.M)


def given(root: Root, work: Work, folder: Path) -> list[str]:
    """The argument that names the file of :func:`values_of` in Terraform's working folder; none without a value."""
    values = values_of(root, work)
    if not values:
        return []
    write_json(folder / FILE, values)
    return [f"-var-file={FILE}"]


def values_of(root: Root, work: Work) -> dict[str, Any]:
    """The values by name: the platform's, the target's own over them, the region and the run's tag.

    Raises UsageError for a value of a variable that the root does not declare: Terraform would pass over it.
    """
    declared = set(_declared(root))
    values: dict[str, Any] = {}
    if "region" in declared:
        values["region"] = work.target.region
    if work.platform.run_variable in declared:
        values[work.platform.run_variable] = run_tag(work)
    values |= dict(root.variables) | dict(_of_target(root, work.target.name))
    unknown = sorted(set(values) - declared)
    if unknown and not any(root.path.glob("*.tf.json")):
        raise UsageError(
            f"{root.name} has no variable {', '.join(unknown)}", f"launchbook.toml gives one to {root.path}",
            hint="declare it there, or take it out of [[platform.root]]",
        )  # fmt: skip
    return values


def run_tag(work: Work) -> str:
    """The run that things are tagged with: the one that first made the platform here, until it has been destroyed.

    A later apply keeps it, or every plan would change every tag.
    """
    path = work.home.state(work.target.key) / "tag.json"
    kept = read_json(path)
    if isinstance(kept, str):
        return kept
    if work.run.kind == "apply":
        write_json(path, work.run.id)
    return work.run.id


def forget_run_tag(work: Work) -> None:
    """The platform is gone: the next apply begins another one."""
    (work.home.state(work.target.key) / "tag.json").unlink(missing_ok=True)


def _declared(root: Root) -> list[str]:
    return [
        name
        for path in sorted(root.path.glob("*.tf"))
        for name in _DECLARED.findall(path.read_text("utf-8", errors="replace"))
    ]


def _of_target(root: Root, target: str) -> Mapping[str, Any]:
    return root.local if target == "local" else root.aws
