"""The variables that a run gives to a root, as arguments of Terraform."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from launchbook.lifecycle.home import read_json, write_json
from launchbook.lifecycle.platform import Root
from launchbook.lifecycle.steps import Work

_DECLARED = re.compile(r'^\s*variable\s+"([^"]+)"', re.M)


def given(root: Root, work: Work) -> list[str]:
    """``-var=name=value`` for each: the platform's, the target's own over them, the region and the run's tag."""
    declared = set(_declared(root))
    values: dict[str, Any] = {}
    if "region" in declared:
        values["region"] = work.target.region
    if work.platform.run_variable in declared:
        values[work.platform.run_variable] = run_tag(work)
    values |= dict(root.variables) | dict(_of_target(root, work.target.name))
    return [f"-var={name}={_text(value)}" for name, value in values.items()]


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


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
