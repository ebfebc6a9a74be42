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
    click.echo(f"next: {_next(rows, path)}", err=True)


def _next(rows: list[dict[str, Any]], path: Path) -> str:
    """What goes on, if the last run that changed anything does: an older one on another target is nobody's wish now."""
    from launchbook.lifecycle.run import CHANGING

    where = "" if path == Path() else f" {path}"
    if not rows:
        return f"launchbook plan{where}"
    row = next((one for one in rows if one["kind"] in CHANGING), None)
    if row is not None and row["resumable"]:
        return f"launchbook {row['kind']}{where}{row['options']}"
    return f"launchbook history{where} --run ID"


def _line(row: dict[str, Any]) -> str:
    what = f"{row['began'][:19]}  {row['kind']:<9} {row['target']:<6} {row['seconds']:8.1f} s"
    return f"{what}  {_ended(row)}  {row['run']}\n"


def _ended(row: dict[str, Any]) -> str:
    if row["resumable"]:
        return f"{row['ended']}; launchbook {row['kind']}{row['options']} continues it"
    return f"{row['ended']}; its embedded AWS has ended" if row["world"] == "gone" else str(row["ended"])


def _one(row: dict[str, Any]) -> str:
    lines = [
        f"{row['kind']} {row['run']} on {row['target']}, {row['region']}: {_ended(row)}, {row['seconds']} s"
    ]
    lines += [
        f"  {one['status']:<9} {one['name']:<16} {one['seconds']:8.1f} s  {one['note']}".rstrip()
        for one in row["steps"]
    ]
    lines += [f"  {row['folder']}: {', '.join(row['evidence'])}"]
    return "\n".join(lines) + "\n"
