"""Show what the embedded AWS itself logged, or the log of something that runs in it."""

from __future__ import annotations

import time
from pathlib import Path

import click

from launchbook.errors import UsageError
from launchbook.local import instance


@click.command()
@click.argument("name", required=False)
@click.option("--port", type=int, help="Which embedded AWS, if several run.")
@click.option(
    "--lines", default=100, show_default=True, type=click.IntRange(min=1), help="How many, from the end."
)
@click.option("--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--list", "list_names", is_flag=True, help="List the names there are.")
def command(name: str | None, port: int | None, lines: int, follow: bool, list_names: bool) -> None:
    """Show the log of the host, or the one called NAME (--list names them)."""
    state = Path(instance.find(port).state)
    files = {str(path.relative_to(state)): path for path in sorted(state.rglob("*.log"))}
    if list_names:
        click.echo("\n".join(files))
        return
    chosen = files.get(name or "host.log")
    if chosen is None:
        raise UsageError(
            f"no log is called {name}", f"{len(files)} there are", hint="launchbook local logs --list"
        )
    with chosen.open(encoding="utf-8", errors="replace") as log:
        for line in log.readlines()[-lines:]:
            click.echo(line, nl=False)
        while follow:
            line = log.readline()
            if line:
                click.echo(line, nl=False)
            elif not state.exists():
                return
            else:
                time.sleep(0.2)
