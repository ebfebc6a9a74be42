"""Start an embedded AWS on a port of this machine."""

from __future__ import annotations

import logging
import math
from typing import Any

import click

from launchbook.local import control
from launchbook.local.instance import DEFAULT_PORT, Instance


class _Speed(click.FloatRange):
    """A range that is not open to NaN, which compares false with every bound."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


@click.command()
@click.option(
    "--port",
    default=DEFAULT_PORT,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The API's port; 0 takes a free one.",
)
@click.option("--detach", is_flag=True, help="Return as soon as it answers; it runs on until `stop`.")
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=_Speed(1.0, 1000.0),
    help="Simulated seconds per real second, for alarm periods, cooldowns and back-offs.",
)
@click.option("--enforce-iam", is_flag=True, help="Make calls fail as their IAM policies say.")
def command(port: int, detach: bool, speed: float, enforce_iam: bool) -> None:
    """Start an embedded AWS. It listens on 127.0.0.1 alone."""
    from launchbook.local.run import Options, run

    options = Options(port, speed, enforce_iam)
    if detach:
        _announce(control.start(options), detached=True)
        return
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    run(options, lambda record: _announce(record, detached=False))


def _announce(record: Instance, *, detached: bool) -> None:
    click.echo(f"The embedded AWS answers on {record.endpoint} (account 123456789012, pid {record.pid}).")
    if record.speed != 1.0:
        click.echo(
            f"Time runs {record.speed:g} times as fast: nothing measured here is proof for a real AWS."
        )
    if record.enforce_iam:
        click.echo("IAM policies are enforced.")
    port = "" if record.port == DEFAULT_PORT else f" --port {record.port}"
    click.echo(f'next: eval "$(launchbook local env{port})"', err=True)
    if not detached:
        click.echo("Ctrl-C stops it.", err=True)
