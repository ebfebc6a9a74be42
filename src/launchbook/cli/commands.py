"""Print the reads of an audit as AWS CLI commands for somebody else to run."""

from __future__ import annotations

import re
from pathlib import Path

import click

from launchbook.errors import UsageError


@click.command("commands")
@click.option("--region", "regions", multiple=True, help="A region to read; may be given more than once.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the script to a file.")
def command(regions: tuple[str, ...], out: Path | None) -> None:
    """Print the reads of an audit as AWS CLI commands for somebody else to run.

    The script only lists and describes, and leaves every field out that may hold a secret. It writes a folder of
    answers that can be pasted back.
    """
    from launchbook.collect import collectors
    from launchbook.collect.commands import script

    for region in regions:
        if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region):
            raise UsageError(
                f"{region} is no region",
                "a region looks like eu-west-1",
                hint="launchbook commands --region eu-west-1",
            )
    name = out.name if out else "launchbook-reads.sh"
    text = script(collectors().values(), regions or ("eu-west-1",), name)
    if out is None:
        click.echo(text, nl=False)
    else:
        try:
            out.write_text(text, "utf-8")
        except OSError as error:
            raise UsageError(
                f"cannot write {out}", error.strerror or "", hint="choose another --out"
            ) from None
    click.echo(f"next: bash {out or name}   (on a machine that may read the account)", err=True)
