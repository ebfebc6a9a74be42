"""Show the log of API calls, with their callers."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from launchbook.local import control, instance


@click.command()
@click.option("--port", type=int, help="Which embedded AWS, if several run.")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(min=1), help="How many, from the newest."
)
@click.option("--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def command(port: int | None, limit: int, follow: bool, as_json: bool) -> None:
    """Show every API call that an embedded AWS answered: when, what, by whom, how it ended."""
    one = instance.find(port)
    after = 0
    while True:
        rows = control.ask(one, "requests", {"after": after, "limit": limit})
        for row in rows:
            click.echo(json.dumps(row) if as_json else _line(row))
        if not follow:
            return
        after = rows[-1]["serial"] if rows else after
        limit = 20_000
        time.sleep(0.3)


def _line(row: dict[str, Any]) -> str:
    name = f"{row['service']}:{row['operation']}"
    agent = row["agent"].split(" ")[0]
    status = row["status"] or "cut"
    return (
        f"{row['at']}  {status:>3}  {row['milliseconds']:>8.1f} ms  {name:<44} {row['region']:<12} "
        f"{row['caller']}  {agent}"
    )
