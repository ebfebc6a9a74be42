"""List the runs of a platform, or show one: its steps, how each ended, and where its evidence is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


@click.command("history")
@click.argument("path", default=Path(), type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--run", "run", help="One run, by its id or the start of it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(min=1), help="How many, from the newest."
)
def command(path: Path, run: str | None, as_json: bool, limit: int) -> None:
    """List what was run on the platform in PATH, newest first: when, what, where, how it ended, what goes on.

    With --run, that run's steps with their times and what they came to, and the files of its evidence.
    """
    from launchbook.lifecycle.home import Home
    from launchbook.lifecycle.platform import load_platform
    from launchbook.lifecycle.run import past_runs
    from launchbook.lifecycle.status import find_run, run_row

    home = Home.of(load_platform(path).folder)
    pasts = past_runs(home)
    if run is not None:
        chosen = find_run(home, run)
        pasts = [one for one in pasts if one.start.get("key") == chosen.start.get("key")]
        row = run_row(chosen, pasts)
        click.echo(json.dumps(row, indent=2) if as_json else _one(row), nl=as_json)
        return
    rows = [
        run_row(past, [one for one in pasts if one.start.get("key") == past.start.get("key")])
        for past in pasts[:limit]
    ]
    click.echo(json.dumps(rows, indent=2) if as_json else "".join(map(_line, rows)), nl=as_json)
    following = next((f"launchbook {row['kind']}" for row in rows if row["resumable"]), "")
    click.echo(f"next: {following or 'launchbook history --run ID' if rows else 'launchbook plan'}", err=True)


def _line(row: dict[str, Any]) -> str:
    goes_on = "  (goes on)" if row["resumable"] else ""
    what = f"{row['began'][:19]}  {row['kind']:<9} {row['target']:<6} {row['seconds']:8.1f} s"
    return f"{what}  {row['ended']}{goes_on}  {row['run']}\n"


def _one(row: dict[str, Any]) -> str:
    lines = [
        f"{row['kind']} {row['run']} on {row['target']}, {row['region']}: {row['ended']}, {row['seconds']} s"
    ]
    lines += [
        f"  {one['status']:<9} {one['name']:<16} {one['seconds']:8.1f} s  {one['note']}".rstrip()
        for one in row["steps"]
    ]
    lines += [f"  {row['folder']}: {', '.join(row['evidence'])}"]
    return "\n".join(lines) + "\n"
