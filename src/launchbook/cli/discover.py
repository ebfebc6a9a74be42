"""Read a repository: what it deploys, how it is wired, and what it cannot tell."""

from __future__ import annotations

import json
import shlex

import click

from launchbook.redact import shown
from launchbook.repo import discover
from launchbook.repo.as_json import as_json
from launchbook.repo.as_text import as_text


@click.command(name="discover")
@click.argument("path", default=".", type=click.Path())
@click.option(
    "--env", "environment", default="", help="Use the variable and parameter files of this environment."
)
@click.option("--json", "wants_json", is_flag=True, help="Print everything found as JSON.")
@click.option(
    "--all", "everything", is_flag=True, help="Print every line instead of the first of each group."
)
def command(path: str, environment: str, wants_json: bool, everything: bool) -> None:
    """Read the files of a repository and nothing outside it.

    Shows what deploys and where, the environments and their settings by name, the architecture by tier, the
    endpoints, what two files say differently, and what could not be read. Needs no account and no settings.
    """
    found = discover(path, environment)
    if wants_json:
        click.echo(json.dumps(as_json(found), indent=1))
        return
    click.echo(as_text(found, everything), nl=False)
    click.echo(f"\nnext: launchbook audit {shlex.quote(shown(path))}", err=True)
