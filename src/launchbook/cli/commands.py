"""Print the reads of an audit as AWS CLI commands for somebody else to run."""

from __future__ import annotations

from pathlib import Path

import click

from launchbook.errors import UsageError

#: The region of a script for which none is named; who runs it may name others in REGIONS.
_DEFAULT = "eu-west-1"


@click.command("commands")
@click.argument("path", default=None, required=False, type=click.Path(path_type=Path))
@click.option("--region", "regions", multiple=True, help="A region to read; may be given more than once.")
@click.option(
    "--new-region", "new_regions", multiple=True, help="A region newer than this program's list of them."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the script to a file.")
def command(
    path: Path | None, regions: tuple[str, ...], new_regions: tuple[str, ...], out: Path | None
) -> None:
    """Print the reads of an audit as AWS CLI commands for somebody else to run.

    The script only lists and describes, and leaves every field out that may hold a secret. It writes a folder of
    answers that can be pasted back. With PATH it also asks the regions that the files and settings there name.
    """
    from launchbook.collect import collectors
    from launchbook.collect.commands import script
    from launchbook.collect.regions import check_regions

    check_regions(regions, new_regions)
    asked = [*regions, *new_regions, *(_named(path) if path is not None else ())]
    name = out.name if out else "launchbook-reads.sh"
    text = script(collectors().values(), list(dict.fromkeys(asked)) or [_DEFAULT], name)
    if out is None:
        click.echo(text, nl=False)
    else:
        try:
            out.write_text(text, "utf-8")
        except OSError as error:
            raise UsageError(
                f"cannot write {out}", error.strerror or "", hint="choose another --out"
            ) from None
    if not asked:
        click.echo(
            f"it reads {_DEFAULT}: nobody named a region (--region, PATH, or REGIONS=… when it runs)",
            err=True,
        )
    click.echo(f"next: bash {out or name}   (on a machine that may read the account)", err=True)


def _named(path: Path) -> list[str]:
    """The regions that a repository's settings and files name, those that exist."""
    from launchbook.account import regions_of
    from launchbook.collect.regions import check_regions, known_regions
    from launchbook.repo import discover
    from launchbook.settings import load_settings

    if not path.is_dir():
        why = "it is a file" if path.exists() else "there is no such folder"
        raise UsageError(f"cannot read {path}", why, hint="launchbook commands PATH")
    settings = load_settings(path)
    check_regions(settings.regions)
    files = regions_of(discover(path, settings.environment).facts)
    return [*settings.regions, *(one for one in files if one in known_regions())]
