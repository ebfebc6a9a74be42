"""Check everything that a run needs before it starts: file, Terraform, provider, disk, credentials, region."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from launchbook.cli._lifecycle import Asked, lifecycle_options, printed

if TYPE_CHECKING:
    from launchbook.lifecycle.target import Target


@click.command("doctor")
@lifecycle_options()
def command(asked: Asked) -> None:
    """Look at each thing that a run on the platform in PATH needs, and say what is missing and how to get it.

    Changes nothing: no embedded AWS is started. Ends with 0 when all is there, else with 3.
    """
    from launchbook.lifecycle.doctor import examine
    from launchbook.lifecycle.home import Home
    from launchbook.lifecycle.platform import load_platform
    from launchbook.lifecycle.target import TargetName, open_target

    platform = load_platform(asked.path)
    home = Home.of(platform.folder)
    name: TargetName = "aws" if asked.target == "aws" else "local"

    def target() -> Target:
        return open_target(
            platform,
            name,
            home=home,
            port=asked.port,
            profile=asked.profile,
            region=asked.region,
            start=False,
        )

    looks = list(examine(platform, home, name, target))
    good = all(look.good for look in looks)
    lines = []
    for look in looks:
        lines.append(f"{'ok  ' if look.good else 'FAIL'}  {look.name:<10} {look.said}")
        lines += [f"      {'':<10} hint: {look.hint}"] if look.hint and not look.good else []
    data = {"good": good, "looks": [vars(look) for look in looks]}
    printed(asked, data, "\n".join(lines) + "\n")
    click.echo(f"next: launchbook {'plan' if good else 'doctor'}{asked.again}", err=True)
    sys.exit(0 if good else 3)
