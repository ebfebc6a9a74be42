"""Say why a check matters, how it judges, and how to fix what it finds."""

from __future__ import annotations

import inspect
from difflib import get_close_matches

import click

from launchbook.errors import UsageError


@click.command("explain")
@click.argument("check", required=False)
def command(check: str | None) -> None:
    """Say why a check matters, how it judges, and how to fix what it finds. Without CHECK, list them all."""
    from launchbook.checks import checks

    known = checks()
    if check is None:
        for one in sorted(known.values(), key=lambda one: one.id):
            click.echo(f"{one.id:<42} {one.title}")
        return
    if check not in known:
        near = get_close_matches(check, known, 1)
        hint = f"launchbook explain {near[0]}" if near else "launchbook explain   (lists them all)"
        raise UsageError(f"there is no check {check}", "no check has that id", hint=hint)
    found = known[check]
    why = inspect.getdoc(found.body) or ""
    click.echo(f"{found.id} ({found.severity})\n{found.title}.\n\nwhy    {why}\nlooks  at each {found.kind}")
    if found.present:
        click.echo("       one that fits is enough; it fails only when all were listed and none fits")
    click.echo(f"fix    {found.fix}")
    click.echo("next: launchbook audit", err=True)
