"""Terraform outputs from files, for a machine that can't ask every state itself: a release workflow."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from launchbook.errors import UsageError

if TYPE_CHECKING:
    from launchbook.lifecycle.steps import Step, Work

outputs_option = click.option(
    "--outputs", multiple=True, metavar="ROOT=FILE",
    help="A root's outputs, as terraform output -json prints them; kept for the commands that follow.",
)  # fmt: skip


def with_outputs(
    given: Sequence[str], steps: Callable[[Work], Sequence[Step]]
) -> Callable[[Work], Sequence[Step]]:
    """``steps`` on a platform whose outputs come from files, where some are given."""

    def prepared(work: Work) -> Sequence[Step]:
        for one in given:
            root, values = _read(one, [each.name for each in work.platform.roots])
            work.save_outputs(root, values)
        return steps(work)

    return prepared


def _read(given: str, roots: Sequence[str]) -> tuple[str, dict[str, Any]]:
    root, _, name = given.partition("=")
    hint = "launchbook release --outputs stack=stack.json   (from terraform output -json)"
    if root not in roots or not name:
        raise UsageError(f"--outputs {given} can't be used", f"ROOT is one of {', '.join(roots)}", hint=hint)
    try:
        data = json.loads(Path(name).read_text("utf-8"))
        return root, {key: value["value"] for key, value in data.items()}
    except OSError as error:
        raise UsageError(f"cannot read {name}", error.strerror or str(error), hint=hint) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(
            f"cannot read {name}", "it is not what terraform output -json prints", hint=hint
        ) from None
