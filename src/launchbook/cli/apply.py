"""Make a platform: bootstrap, stack, first images, migration, services steady, and a second plan that is empty."""

from __future__ import annotations

import click

from launchbook.cli._lifecycle import Asked, lifecycle_options, run_steps


@click.command("apply")
@lifecycle_options(approves=True)
def command(asked: Asked) -> None:
    """Apply the platform that launchbook.toml in PATH describes, from nothing to steady services.

    With --target local an embedded AWS is used, and started when none runs. With --target aws each plan is shown and
    the account's alias or id must be typed (or --yes --account ID). A run that was interrupted or killed goes on where
    it stood. Ends with 0, with 1 when a second plan would still change something, with 3 when something is missing.
    """
    from launchbook.lifecycle.apply import Apply

    run_steps(
        "apply", asked, lambda work: Apply(work.platform).steps(), lambda code: _next(code, asked),
        start=True, fingerprint=True,
    )  # fmt: skip


def _next(code: int, asked: Asked) -> str:
    return f"launchbook {'verify' if code in (0, 1) else 'apply'}{asked.again}"
