"""Say which command of this machine stands for an image that the embedded AWS can't pull."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import click

from launchbook.errors import UsageError
from launchbook.local import instance


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("image", required=False)
@click.argument("program", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--stand-in", is_flag=True, help="A server that answers 200 to every request on the task's ports."
)
@click.option("--remove", is_flag=True, help="Forget what stands for IMAGE.")
@click.option("--port", type=int, help="Which embedded AWS, if several run.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    image: str | None, program: tuple[str, ...], stand_in: bool, remove: bool, port: int | None, as_json: bool
) -> None:
    """Let PROGRAM stand for IMAGE (a name, with or without tag; * fits anything): `alias nginx -- COMMAND …`.

    {host}, {port} and {ports} in the command are the task's address, its first container port and all of them.
    Without IMAGE, list what stands for what.
    """
    from launchbook.local.images import aliases

    state = Path(instance.find(port).state)
    if image:
        if sum((bool(program), stand_in, remove)) != 1:
            raise UsageError(
                "what stands for it?", "give a command, --stand-in or --remove",
                hint=f"launchbook local image alias {shlex.quote(image)} --stand-in",
            )  # fmt: skip
        server = [sys.executable, "-m", "launchbook.local.images.stand_in", "{host}", "{ports}"]
        aliases.write(state, image, server if stand_in else list(program))
        click.echo("next: tasks that start from now on use it", err=True)
    known = aliases.read(state)
    if as_json:
        click.echo(json.dumps(known))
        return
    for name, argv in known.items():
        click.echo(f"{name}  {shlex.join(argv)}")
