"""Check a platform that was provisioned: outputs, state store, services, load balancer, logs, its own answer."""

from __future__ import annotations

import click

from launchbook.cli._lifecycle import Asked, lifecycle_options, run_steps
from launchbook.cli._outputs import outputs_option, with_outputs


@click.command("verify")
@lifecycle_options()
@outputs_option
def command(asked: Asked, outputs: tuple[str, ...]) -> None:
    """Check the provisioned platform that launchbook.toml in PATH describes; changes nothing.

    Reads what the audit reads, and judges it by the same checks: every line of the platform checklist but the
    release's, each with its evidence; a service whose tasks stop is shown with the first cause. Then asks the health
    address itself.
    Ends with 0 when all is as expected, 1 when something is not, 3 when something could not be read.
    """
    from launchbook.lifecycle.verify import verify_steps

    run_steps(
        "verify",
        asked,
        with_outputs(outputs, verify_steps),
        lambda code: _next(code, asked),
        alone=False,
        every=True,
    )


def _next(code: int, asked: Asked) -> str:
    return f"launchbook {'validate' if code == 0 else 'verify'}{asked.again}"
