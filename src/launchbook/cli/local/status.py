"""Show what really runs: services, tasks, listeners, databases, queues, with addresses and pids."""

from __future__ import annotations

import json
from typing import Any

import click

from launchbook.local import control, instance


@click.command()
@click.option("--port", type=int, help="Which, if several run.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(port: int | None, as_json: bool) -> None:
    """Show what really runs in an embedded AWS, and what was asked of it that it does not serve."""
    status = control.ask(instance.find(port), "status")
    if as_json:
        click.echo(json.dumps(status, indent=2))
        return
    one = status["instance"]
    click.echo(f"{one['endpoint']}  pid {one['pid']}  network {one['network']}  since {one['started']}")
    if one["speed"] != 1.0:
        click.echo(f"time runs {one['speed']:g} times as fast")
    for row in status["resources"]:
        click.echo(_line(row))
    for name, why in status["broken"].items():
        click.echo(f"broken    {name}: {why}")
    for row in status["faults"]:
        click.echo(
            f"fault     {row['kind']} {row['operation']} at {row['rate']:g} (happened {row['happened']} times)"
        )
    for row in status["refused"]:
        click.echo(f"refused   {row['destination']} ({row['count']}): only loopback addresses are spoken to")
    for row in status["missing"]:
        click.echo(f"missing   {row['operation']} ({row['count']}): {row['why']}")


def _line(row: dict[str, Any]) -> str:
    known = [f"{row.get(key, '') or '':{width}}" for key, width in _COLUMNS]
    rest = [
        f"{k}={v}" for k, v in row.items() if k not in {"plane", *dict(_COLUMNS)} and v not in (None, "", [])
    ]
    return "  ".join([*known, *rest]).rstrip()


_COLUMNS = (("type", 24), ("id", 40), ("state", 12), ("address", 22), ("pid", 8))
