"""Make images for the embedded AWS from Dockerfiles, and say what foreign images stand for."""

from __future__ import annotations

import click

from launchbook.cli import LazyCommands


@click.group(cls=LazyCommands, package=__name__, no_args_is_help=True)
def command() -> None:
    """Images of the embedded AWS: its ECS pulls from its own ECR, and from nowhere else."""
