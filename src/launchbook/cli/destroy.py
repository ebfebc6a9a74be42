"""Remove a platform: stack, then bootstrap, and nothing that is not its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from launchbook.cli._lifecycle import Asked, lifecycle_options, run_steps

if TYPE_CHECKING:
    from launchbook.lifecycle.steps import Step, Work


@click.command("destroy")
@lifecycle_options(approves=True)
def command(asked: Asked) -> None:
    """Destroy the platform that launchbook.toml in PATH describes, its roots in reverse order.

    Shows the list and asks. Refuses when something on it is not in a state, or carries tags without the platform's. The
    bucket of the remote state is emptied of its versions and delete markers; no other bucket is.
    """
    from launchbook.lifecycle.destroy import Destroy

    begun: list[Destroy] = []

    def steps(work: Work) -> list[Step]:
        begun.append(Destroy(work.platform))
        return begun[-1].steps()

    run_steps("destroy", asked, steps, lambda code: _next(code, asked, any(one.ended for one in begun)))


def _next(code: int, asked: Asked, ended: bool) -> str:
    """Again until it has come to its end; what is open then, a sweep tells."""
    return f"launchbook {'sweep' if code <= 1 or ended else 'destroy'}{asked.again}"
