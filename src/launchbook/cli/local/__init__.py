"""The embedded AWS: start it, see what really runs in it, stop it."""

from __future__ import annotations

import click

from launchbook.cli import LazyCommands


@click.group(cls=LazyCommands, package=__name__, no_args_is_help=True)
def command() -> None:
    """Run an AWS on this machine: what its API says is what really runs."""
