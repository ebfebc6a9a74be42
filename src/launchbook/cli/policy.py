"""Print the IAM policy that allows exactly what an audit reads."""

from __future__ import annotations

import json

import click


@click.command("policy")
def command() -> None:
    """Print the IAM policy that allows exactly what an audit reads.

    Attach it to the role that audits. It allows lists and descriptions, no value of a secret and no change.
    """
    from launchbook.collect import collectors
    from launchbook.collect.policy import policy

    click.echo(json.dumps(policy(collectors().values()), indent=2))
    click.echo("next: launchbook commands   (the same reads as a script for somebody else to run)", err=True)
