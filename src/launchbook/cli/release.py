"""Release a commit: image under its SHA and the stable tag, migrations, rollout, checks; rolled back if it fails."""

from __future__ import annotations

import click

from launchbook.cli._lifecycle import Asked, lifecycle_options, run_steps
from launchbook.cli._outputs import outputs_option, with_outputs


@click.command("release")
@lifecycle_options()
@outputs_option
@click.option("--commit", default="", help="The commit's SHA, if not the one that PATH stands at.")
@click.option(
    "--timeout", default=900, show_default=True, type=click.IntRange(10, 7200), help="Seconds for a rollout."
)
def command(asked: Asked, outputs: tuple[str, ...], commit: str, timeout: int) -> None:
    """Release a commit of the platform that launchbook.toml in PATH describes.

    The image is built once and pushed under the commit's SHA (with --target aws: by Docker, unless it is there
    already); the stable tag moves to the same digest; the platform's tasks run; every service is rolled out and
    checked. A rollout that fails is rolled back, its first cause said first. Ends with 0, with 1 when it failed or a
    check does, with 3 when something could not be read.
    """
    from launchbook.lifecycle.release import release_steps

    run_steps(
        "release", asked, with_outputs(outputs, lambda work: release_steps(work, commit, float(timeout))),
        lambda code: _next(code, asked), every=True,
    )  # fmt: skip


def _next(code: int, asked: Asked) -> str:
    return f"launchbook {'validate' if code == 0 else 'verify'}{asked.again}"
