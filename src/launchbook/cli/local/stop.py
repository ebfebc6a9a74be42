"""Stop an embedded AWS; nothing of it is left."""

from __future__ import annotations

import click

from launchbook.local import control, instance


@click.command()
@click.option("--port", type=int, help="Which, if several run.")
@click.option("--all", "everything", is_flag=True, help="Stop every one of yours.")
def command(port: int | None, everything: bool) -> None:
    """Stop an embedded AWS with everything that runs in it."""
    chosen = instance.running() if everything else [instance.find(port)]
    for one in chosen:
        control.stop(one)
        click.echo(
            f"The embedded AWS on port {one.port} has stopped; no process, port or file of it is left."
        )
    instance.clear_left()
