"""Read a repository: what it deploys, how it is wired, and what it cannot tell."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from launchbook.errors import UnreadableInput
from launchbook.redact import shown
from launchbook.repo import Discovery, discover
from launchbook.repo.as_json import as_json, json_text
from launchbook.repo.environments import same_environment
from launchbook.repo.picture import environments


@click.command(name="discover")
@click.argument("path", default=".", type=click.Path())
@click.option(
    "--env", "environment", default="", help="Use the variable and parameter files of this environment."
)
@click.option("--json", "wants_json", is_flag=True, help="Print everything found as JSON.")
@click.option(
    "--html", "page", type=click.Path(dir_okay=False), help="Write one page with an architecture picture."
)
@click.option(
    "--all", "everything", is_flag=True, help="Print every line instead of the first of each group."
)
def command(path: str, environment: str, wants_json: bool, page: str | None, everything: bool) -> None:
    """Read the files of a repository and nothing outside it.

    Shows what deploys and where, the environments and their settings by name, the architecture by tier, the
    endpoints, what two files say differently, and what could not be read. Needs no account and no settings.
    """
    found = discover(path, environment)
    _say_which(found, environment)
    if page:
        _write_page(found, path, page)
        click.echo(f"written: {shown(page)}", err=True)
    if wants_json:
        click.echo(json_text(as_json(found)))
    elif not page:
        from launchbook.repo.as_text import as_text  # loaded only where it is printed

        click.echo(as_text(found, everything), nl=False)
    click.echo(f"\nnext: launchbook audit {shlex.quote(shown(path))}", err=True)


def _say_which(found: Discovery, environment: str) -> None:
    """A name that no file knows changes nothing: said, or nobody would notice."""
    known = environments(found.facts)
    if environment and not any(same_environment(name, environment) for name in known):
        told = f"they name {', '.join(map(shown, known))}" if known else "they name none"
        click.echo(f"no file here is about the environment {shown(environment)}: {told}\n", err=True)


def _write_page(found: Discovery, path: str, page: str) -> None:
    from launchbook.report.discovery_html import render  # templates are loaded only where they are drawn

    target = Path(page)
    link = os.path.relpath(Path(path).resolve(), target.resolve().parent) + "/"
    title = shown(Path(path).resolve().name)
    text = render(title, found.facts, found.contradictions, found.skipped, link)
    try:
        target.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UnreadableInput(
            f"cannot write {shown(page)}", error.strerror or "", hint="name a file in a folder that exists"
        ) from None
