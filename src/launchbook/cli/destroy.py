"""Remove a platform: stack, then bootstrap, and nothing that is not its own."""

from __future__ import annotations

import click

from launchbook.cli._lifecycle import Asked, lifecycle_options, run_steps


@click.command("destroy")
@lifecycle_options(approves=True)
def command(asked: Asked) -> None:
    """Destroy the platform that launchbook.toml in PATH describes, its roots in reverse order.

    Shows the list and asks. Refuses when something on it is not in a state, or carries tags without the platform's. The
    bucket of the remote state is emptied of its versions and delete markers; no other bucket is.
    """
    from launchbook.lifecycle.destroy import Destroy

    run_steps("destroy", asked, lambda work: Destroy(work.platform).steps(), lambda code: _next(code, asked))


def _next(code: int, asked: Asked) -> str:
    return f"launchbook {'destroy' if code > 1 else 'sweep'}{asked.again}"
