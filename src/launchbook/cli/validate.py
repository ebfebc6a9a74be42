"""Send a request through a platform and prove each step of its way, then a burst and the backlog that falls."""

from __future__ import annotations

import click

from launchbook.cli._lifecycle import Asked, lifecycle_options, run_steps
from launchbook.cli._outputs import outputs_option, with_outputs


@click.command("validate")
@lifecycle_options()
@outputs_option
def command(asked: Asked, outputs: tuple[str, ...]) -> None:
    """Send the request that [platform.probe] in PATH's launchbook.toml describes, and prove each step of its way.

    What lies behind the platform's door is asked from inside its network, by a one-off task with its own image. Each
    proof is PASS, FAIL or UNKNOWN with its evidence and time; of what is missing the first cause is named. It leaves
    what the requests made. Ends with 0 when all is proven, 1 when a proof fails, 3 when one can't be had.
    """
    from launchbook.lifecycle.validate import validate_steps

    run_steps(
        "validate",
        asked,
        with_outputs(outputs, validate_steps),
        lambda code: _next(code, asked),
        alone=False,
        every=True,
    )


def _next(code: int, asked: Asked) -> str:
    return f"launchbook {'release' if code == 0 else 'verify'}{asked.again}"
